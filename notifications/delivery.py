"""SMTP, verified: opens the outgoing server and hands over one letter to one person at a time.

Flask-Mail's own connection checks no certificate and waits for ever; this one does neither. What
the server says comes back as a typed `Outcome`, so that nobody has to read error messages.
"""

import re
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from types import TracebackType
from typing import Any, Literal, NamedTuple
from urllib.parse import urlsplit

from flask import Flask, current_app
from flask_mail import Connection, Mail, Message, email_dispatched
from flask_mail import _Mail as MailState

from notifications.models import Server
from notifications.smtp import as_sent, envelope_address, said, words

State = Literal["sent", "deferred", "failed", "refused", "in_doubt", "lost"]
# A server that checks the sender only at RCPT says so by these (RFC 3463): bad sender address,
# bad sender system, and "log in first" (RFC 4954).
SENDER_STATUS = re.compile(r"5\.1\.[78]\b|5\.7\.0\b")
LOGIN_CODES = (530, 534, 535, 538)


class Unreachable(Exception):
    """The server cannot be used now. `step` is connect, tls or login; `answer` its own words."""

    def __init__(self, step: str, answer: str) -> None:
        super().__init__(f"{step}: {answer}")
        self.step = step
        self.answer = answer


@dataclass(frozen=True)
class Relay:
    """The outgoing server as plain values: asking the database for them would keep it busy
    while the network is slow. Times in seconds."""

    host: str
    port: int
    security: str = "starttls"  # tls, starttls, none
    username: str = ""
    password: str = field(default="", repr=False)
    sender: str = ""
    per_minute: int | None = None
    hello: str = "[127.0.0.1]"
    connect_timeout: float = 30
    answer_timeout: float = 300
    final_timeout: float = 600  # for the answer to a whole letter
    connections: int = 1


class Outcome(NamedTuple):
    """What became of one letter, and the server's words.

    sent: taken over. deferred: not now (4xx). failed: not to this person (5xx). refused: not from
    us (5xx). lost: the connection ended before the text was begun, so nothing was handed over.
    in_doubt: it ended after that, so nobody on this side knows.
    """

    state: State
    answer: str
    alive: bool = True  # the connection can take another one


def verdict(code: int, answer: str, at: str) -> State:
    """What a refusal (4xx or 5xx) means. `at`: "mail" is about us, anything else about this
    person or this text, unless the server says otherwise."""
    if code < 500:
        return "deferred"
    from_us = at == "mail" or code in LOGIN_CODES or SENDER_STATUS.search(answer)
    return "refused" if from_us else "failed"


def relay(server: Server) -> Relay:
    """The plain values of the outgoing server's row."""
    config = current_app.config
    return Relay(
        host=server.host,
        port=server.port,
        security=server.security,
        username=server.username,
        password=server.password or "",
        sender=server.sender,
        per_minute=server.per_minute,
        hello=own_name(config["SETTINGS"].url),
        connect_timeout=config["MAIL_CONNECT_TIMEOUT"],
        answer_timeout=config["MAIL_ANSWER_TIMEOUT"],
        final_timeout=config["MAIL_FINAL_TIMEOUT"],
        connections=server.connections,
    )


def own_name(url: str) -> str:
    """How we greet: the name in our public address, never the machine's (RFC 5321 4.1.3)."""
    name = urlsplit(url).hostname or "localhost"
    with suppress(ValueError):
        return f"[{ip_address(name)}]"
    return name if "." in name else "[127.0.0.1]"


class Post(Connection):
    """A connection to the outgoing server. `with connect(server) as post: post.hand_over(...)`."""

    def __init__(self, relay: Relay) -> None:
        state: Any = MailState(
            relay.host,
            relay.username,
            relay.password,
            relay.port,
            relay.security == "starttls",
            relay.security == "tls",
            relay.sender,
            0,
            None,
            False,
            False,
        )
        super().__init__(state)
        self.relay = relay

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Say good-bye if the server still listens. Safe to call twice."""
        if self.host is not None:
            with suppress(smtplib.SMTPException, OSError):
                self.host.quit()
            self.host.close()
            self.host = None

    def configure_host(self) -> smtplib.SMTP:
        """Connect, encrypt, log in. Raises Unreachable; never logs in over a plain connection."""
        host: smtplib.SMTP | None = None
        step = "connect"
        try:
            host = self._greeted()
            if self.relay.security == "starttls":
                step = "tls"
                host.starttls(context=ssl.create_default_context())
            host.sock.settimeout(self.relay.answer_timeout)  # type: ignore[union-attr]
            if self.relay.username:
                step = "login"
                if self.relay.security == "none":
                    raise Unreachable(step, "No password is sent over an unencrypted connection.")
                host.login(self.relay.username, self.relay.password)
            host.ehlo_or_helo_if_needed()
        except (smtplib.SMTPException, OSError, UnicodeError) as error:
            if host is not None:
                host.close()
            step = "tls" if isinstance(error, ssl.SSLError) else step
            raise Unreachable(step, words(error)) from error
        except Unreachable:
            host.close()  # type: ignore[union-attr]
            raise
        return host

    def _greeted(self) -> smtplib.SMTP:
        relay = self.relay
        timeout = relay.connect_timeout
        if relay.security == "tls":
            return smtplib.SMTP_SSL(
                relay.host,
                relay.port,
                relay.hello,
                timeout=timeout,
                context=ssl.create_default_context(),
            )
        return smtplib.SMTP(relay.host, relay.port, relay.hello, timeout=timeout)

    def hand_over(self, message: Message, envelope_sender: str) -> Outcome:
        """Hand one letter with exactly one recipient to the server; says what became of it.

        Raises ValueError, before anything is sent, for a letter that must not leave: several
        recipients, or a header with control characters in it.
        """
        (person,) = message.send_to
        to = person if isinstance(person, str) else person[1]
        outcome = self.carry(as_sent(message), envelope_sender, to)
        if outcome.state == "sent":
            email_dispatched.send(current_app._get_current_object(), message=message)  # type: ignore[attr-defined]
            self.num_emails += 1
        return outcome

    def carry(self, raw: bytes, envelope_sender: str, person: str) -> Outcome:
        """Hand over these very bytes to one person; says what became of it."""
        to = envelope_address(person)
        sender = envelope_address(envelope_sender) if envelope_sender else ""
        if to is None or sender is None:
            return Outcome("failed", "The address has letters that mail servers do not take.")
        begun = False
        assert self.host is not None
        try:
            outcome = self._envelope(raw, sender, to)
            if outcome is None:
                begun = True
                outcome = self._text(raw)
        except (smtplib.SMTPException, OSError, UnicodeError) as error:
            self.close()
            return Outcome("in_doubt" if begun else "lost", words(error), alive=False)
        if not outcome.alive:
            self.close()
        return outcome

    def _envelope(self, raw: bytes, sender: str, to: str) -> Outcome | None:
        """MAIL, RCPT, DATA. None when the server waits for the text."""
        host = self.host
        assert host is not None
        reply = host.mail(sender, [f"SIZE={len(raw)}"] if host.has_extn("size") else [])
        if reply[0] != 250:
            return self._refusal(*reply, at="mail")
        reply = host.rcpt(to)
        if reply[0] not in (250, 251):
            return self._refusal(*reply, at="person")
        reply = host.docmd("DATA")
        if reply[0] != 354:
            return self._refusal(*reply, at="person")
        return None

    def _text(self, raw: bytes) -> Outcome:
        host = self.host
        assert host is not None
        host.send(re.sub(rb"(?m)^\.", b"..", raw) + b".\r\n")
        code, text = host.getreply()
        if code == 250:
            return Outcome("sent", said(code, text))
        if code < 400:  # -1: no reply that can be read
            raise smtplib.SMTPServerDisconnected(said(code, text))
        return self._refusal(code, text, at="text")

    def _refusal(self, code: int, text: bytes, at: str) -> Outcome:
        """What a refusal means, and whether the connection still stands after it."""
        answer = said(code, text)
        if code == 421:  # the server hangs up: nothing was taken over
            return Outcome("deferred" if at == "text" else "lost", answer, alive=False)
        if code < 400:
            raise smtplib.SMTPServerDisconnected(answer)
        assert self.host is not None
        alive = at == "text" or self.host.rset()[0] == 250
        return Outcome(verdict(code, answer, at), answer, alive)


def connect(server: Server | Relay) -> Post:
    """A connection to be opened by `with`. Opening raises Unreachable."""
    return Post(server if isinstance(server, Relay) else relay(server))


def init_app(app: Flask) -> None:
    """Flask-Mail for its messages; the server comes from the settings page, not from here."""
    app.config.setdefault("MAIL_CONNECT_TIMEOUT", 30)  # seconds
    # RFC 5321 4.5.3.2 has five minutes for most answers, and ten for that to the final dot.
    app.config.setdefault("MAIL_ANSWER_TIMEOUT", 300)
    app.config.setdefault("MAIL_FINAL_TIMEOUT", 600)
    Mail(app)
