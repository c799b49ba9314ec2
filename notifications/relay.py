"""Pure: the outgoing server as plain values, how it is opened, and what its answers mean.

The application uses it, and so does the process that has the wire, which knows no application, and
no dataclass either: these alone would take a megabyte there.
"""

import re
import smtplib
import ssl
from collections.abc import Callable
from typing import Literal, NamedTuple

from notifications.smtp import words

State = Literal["sent", "deferred", "failed", "refused", "in_doubt", "lost", "held"]
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


class Relay(NamedTuple):
    """The outgoing server as plain values: asking the database for them would keep it busy
    while the network is slow. Times in seconds."""

    host: str
    port: int
    security: str = "starttls"  # tls, starttls, none
    username: str = ""
    password: str = ""
    sender: str = ""
    per_minute: int | None = None
    hello: str = "[127.0.0.1]"
    connect_timeout: float = 30
    answer_timeout: float = 300
    final_timeout: float = 600  # for the answer to a whole letter
    connections: int = 1

    def __repr__(self) -> str:
        return f"Relay({self.host}:{self.port})"  # never the password


class Outcome(NamedTuple):
    """What became of one letter, and the server's words.

    sent: taken over. deferred: not now (4xx). failed: not to this person (5xx). refused: not from
    us (5xx). lost: the connection ended before the text was begun, so nothing was handed over.
    in_doubt: it ended after that, so nobody on this side knows. held: not begun by our own wish.
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


def opened(relay: Relay, told: Callable[[str], object] = lambda _step: None) -> smtplib.SMTP:
    """Connect, encrypt, log in; `told` hears of "connect" and "ehlo" as they are done.

    Raises Unreachable; never logs in over a plain connection.
    """
    host: smtplib.SMTP | None = None
    step = "connect"
    try:
        host = _greeted(relay)
        told("connect")
        if relay.security == "starttls":
            step = "tls"
            host.starttls(context=ssl.create_default_context())
        host.sock.settimeout(relay.answer_timeout)  # type: ignore[union-attr]
        if relay.username:
            step = "login"
            if relay.security == "none":
                raise Unreachable(step, "No password is sent over an unencrypted connection.")
            host.login(relay.username, relay.password)
        host.ehlo_or_helo_if_needed()
        told("ehlo")
    except (smtplib.SMTPException, OSError, UnicodeError) as error:
        if host is not None:
            host.close()
        step = "tls" if isinstance(error, ssl.SSLError) else step
        raise Unreachable(step, words(error)) from error
    except Unreachable:
        host.close()  # type: ignore[union-attr]
        raise
    return host


def _greeted(relay: Relay) -> smtplib.SMTP:
    to = relay.host, relay.port, relay.hello
    timeout = relay.connect_timeout
    if relay.security == "tls":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(*to, timeout=timeout, context=context)
    return smtplib.SMTP(*to, timeout=timeout)
