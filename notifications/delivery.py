"""SMTP, verified: opens the outgoing server and hands over one letter to one person at a time.

Flask-Mail's own connection checks no certificate and waits for ever; this one does neither. What
the server says comes back as a typed `Outcome`, so that nobody has to read error messages.
"""

import re
import smtplib
from contextlib import suppress
from ipaddress import ip_address
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app
from flask_mail import Connection, Mail, Message, email_dispatched
from flask_mail import _Mail as MailState

from notifications.models import Server
from notifications.relay import Outcome, Relay, opened, verdict
from notifications.smtp import as_sent, envelope_address, said, words


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
        """Connect, encrypt, log in. Raises Unreachable."""
        return opened(self.relay)

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
