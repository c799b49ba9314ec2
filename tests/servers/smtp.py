"""An SMTP server that keeps what it gets and answers as it is told."""

import asyncio
import ssl
import threading
import time
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from servers.parts import free_port


@dataclass(frozen=True)
class ReceivedMail:
    """One mail as it came over the wire."""

    sender: str  # the envelope's, "" for a mail that wants no bounce
    recipients: tuple[str, ...]
    raw: bytes
    encrypted: bool
    user: str | None  # who logged in

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=policy.default)


@dataclass
class SmtpSink:
    """A server on 127.0.0.1 that can be told what to answer, stopped, and started again.

    *answers*: address in lower case -> what RCPT gets, e.g. "550 5.1.1 no such user".
    *data_answers*: the same, for the end of DATA; such a mail is not kept.
    """

    host: str = "127.0.0.1"
    port: int = field(default_factory=free_port)
    tls: ssl.SSLContext | None = None  # offered by STARTTLS
    require_tls: bool = False
    login: tuple[str, str] | None = None  # asked for when set
    mails: list[ReceivedMail] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    data_answers: dict[str, str] = field(default_factory=dict)
    connections: int = 0

    def __post_init__(self) -> None:
        self._controller: Controller | None = None
        self._held = threading.Event()

    def start(self) -> "SmtpSink":
        """Listen; on the same port again after stop()."""
        options = {
            "tls_context": self.tls,
            "require_starttls": self.require_tls,
            "auth_required": self.login is not None,
            "auth_require_tls": self.require_tls,
            "authenticator": self._authenticate if self.login else None,
        }
        self._controller = Controller(
            self, hostname=self.host, port=self.port, ready_timeout=30, **options
        )
        self._controller.start()
        return self

    def stop(self) -> None:
        """Stop listening: a client gets "connection refused". Safe to call twice."""
        self.resume()
        if self._controller:
            self._controller.stop()
            self._controller = None

    def hold(self) -> None:
        """Leave clients waiting for the answer to their DATA until resume()."""
        self._held.set()

    def resume(self) -> None:
        self._held.clear()

    def wait_for(self, count: int, seconds: float = 20) -> list[ReceivedMail]:
        """Return the mails once there are at least *count*; AssertionError when there never are."""
        end = time.monotonic() + seconds
        while len(self.mails) < count and time.monotonic() < end:
            time.sleep(0.01)
        assert len(self.mails) >= count, f"{len(self.mails)} of {count} mails came"
        return list(self.mails)

    def to(self, address: str) -> list[ReceivedMail]:
        """The mails that *address* got."""
        return [mail for mail in self.mails if address in mail.recipients]

    # aiosmtpd calls what follows, in the thread of its own loop.

    async def handle_EHLO(self, server, session, envelope, hostname, responses) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:
        answer = self.answers.get(address.lower(), "250 2.1.5 ok")
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope) -> str:
        while self._held.is_set():
            await asyncio.sleep(0.01)
        for address in envelope.rcpt_tos:
            if address.lower() in self.data_answers:
                return self.data_answers[address.lower()]
        self.mails.append(
            ReceivedMail(
                sender=envelope.mail_from or "",
                recipients=tuple(envelope.rcpt_tos),
                raw=envelope.original_content,
                encrypted=session.ssl is not None,
                user=session.auth_data,
            )
        )
        return "250 2.0.0 kept"

    def _authenticate(self, server, session, envelope, mechanism, data) -> AuthResult:
        if not isinstance(data, LoginPassword) or self.login is None:
            return AuthResult(success=False, handled=False)
        given = (data.login.decode(), data.password.decode())
        return AuthResult(success=given == self.login, handled=False, auth_data=given[0])


@pytest.fixture
def smtp_sink():
    """A started SmtpSink, plain and open, that is this test's alone."""
    sink = SmtpSink()
    sink.start()
    yield sink
    sink.stop()
