"""Pure: the outgoing server as plain values, how it is opened, and what its answers mean.

The application uses it, and so does the process that has the wire, which knows no application, and
no dataclass either: these alone would take a megabyte there.
"""

import re
import smtplib
import ssl
from collections.abc import Callable
from time import monotonic
from typing import Any, Literal, NamedTuple

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
    host: _InTime | None = None
    step = "connect"
    try:
        host = _greeted(relay)
        told("connect")
        if relay.security == "starttls":
            step = "tls"
            host.starttls(context=ssl.create_default_context())
        host.timeout = relay.answer_timeout
        host.sock.settimeout(host.timeout)  # type: ignore[union-attr]
        if relay.username:
            step = "login"
            if relay.security == "none":
                raise Unreachable(step, "No password is sent over an unencrypted connection.")
            host.login(relay.username, relay.password)
        host.ehlo_or_helo_if_needed()
        host.until = None
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


def _greeted(relay: Relay) -> "_InTime":
    to = relay.host, relay.port, relay.hello
    # Whatever it answers, and in however small pieces: a connection takes no longer than this.
    until = monotonic() + relay.connect_timeout + relay.answer_timeout
    more: dict[str, Any] = {"timeout": relay.connect_timeout, "until": until}
    if relay.security == "tls":
        return _InTimeTLS(*to, context=ssl.create_default_context(), **more)
    return _InTime(*to, **more)


class _InTime(smtplib.SMTP):
    """Waits for each reply as a whole no longer than `timeout`, and for none after `until`: the
    time-out of a socket begins anew with each byte, and a reply may have lines without end."""

    def __init__(self, *to: Any, until: float, **more: Any) -> None:
        self.until: float | None = until
        super().__init__(*to, **more)

    def getreply(self) -> tuple[int, bytes]:
        if self.file is None:
            self.file = _Lines(self)
        self.file.end = monotonic() + self.timeout
        if self.until is not None:
            self.file.end = min(self.file.end, self.until)
        return super().getreply()


class _InTimeTLS(_InTime, smtplib.SMTP_SSL):
    """The same, encrypted from the first byte."""


class _Lines:
    """The lines of a connection, as smtplib reads them from `file`, each whole before `end`."""

    def __init__(self, host: smtplib.SMTP) -> None:
        self.end = 0.0
        self._host = host
        self._came = bytearray()

    def readline(self, most: int) -> bytes:
        """One line, or the first so many bytes of it; less at the end of all. Raises OSError."""
        sock = self._host.sock
        assert sock is not None
        try:
            while b"\n" not in self._came and len(self._came) < most:
                left = self.end - monotonic()
                if left <= 0:
                    raise TimeoutError("timed out")
                sock.settimeout(left)
                piece = sock.recv(8192)
                if not piece:
                    break
                self._came += piece
        finally:
            sock.settimeout(self._host.timeout)
        size = min(self._came.find(b"\n") + 1 or len(self._came), most)
        line = bytes(self._came[:size])
        del self._came[:size]
        return line

    def close(self) -> None:
        """Nothing of its own is open."""
