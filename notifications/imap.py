"""IMAP, verified: opens the folder that people write to, and reads from it without a trace.

Nothing is marked, moved or deleted by reading (BODY.PEEK); sizes are asked for before bytes.
"""

import contextlib
import hashlib
import imaplib
import re
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from imap_tools.errors import ImapToolsError
from imap_tools.mailbox import BaseMailBox
from sqlalchemy import select

from incidents.db import db
from notifications.models import Server

TROUBLE = (OSError, imaplib.IMAP4.error, ImapToolsError, ValueError)
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


class NoPlainLogin(ValueError):
    """A password would cross a network in the clear."""


@dataclass(frozen=True)
class Account:
    """The incoming server as plain values: nothing of the database is held while waiting for it.
    `timeout` in seconds, for each answer."""

    host: str
    port: int
    security: str  # tls, starttls, none
    username: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    timeout: float = 30
    version: int = 1

    @property
    def name(self) -> str:
        """The mailbox in 16 hex digits: another one when host, user or folder is another."""
        text = f"{self.host.lower()}\0{self.username}\0{self.folder}"
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def account() -> Account | None:
    """The mailbox that is set up, or None. Ends the transaction."""
    server = db.session.scalar(select(Server).where(Server.direction == "in"))
    found = None
    if server and server.host:
        found = Account(
            host=server.host,
            port=server.port,
            security=server.security,
            username=server.username,
            password=server.password or "",
            folder=server.folder or "INBOX",
            version=server.version,
        )
    db.session.commit()
    return found


class Box(BaseMailBox):
    """A connection to a mailbox; `opened(account)` makes one, logged in, with its folder open."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.uidvalidity = 0
        self.writable = True
        super().__init__()

    def _get_mailbox_client(self) -> imaplib.IMAP4:
        account = self.account
        if account.security == "none" and account.host not in _LOOPBACK:
            raise NoPlainLogin("No password is sent over an unencrypted connection.")
        if account.security == "tls":
            return imaplib.IMAP4_SSL(
                account.host,
                account.port,
                ssl_context=ssl.create_default_context(),
                timeout=account.timeout,
            )
        client = imaplib.IMAP4(account.host, account.port, timeout=account.timeout)
        try:
            if account.security == "starttls":
                client.starttls(ssl.create_default_context())
        except BaseException:
            with contextlib.suppress(OSError):  # a failed handshake closed it already
                client.shutdown()
            raise
        return client

    def enter(self) -> None:
        """Log in and open the folder; for reading only where the server allows no more."""
        account = self.account
        if account.username.isascii() and account.password.isascii():
            self.login(account.username, account.password, initial_folder=None)
        else:
            self.login_utf8(account.username, account.password, initial_folder=None)
        try:
            self.folder.set(account.folder)
        except imaplib.IMAP4.readonly:
            self.folder.set(account.folder, readonly=True)
            self.writable = False
        _, answer = self.client.response("UIDVALIDITY")
        self.uidvalidity = int(answer[0] or 0) if answer else 0

    def can_idle(self) -> bool:
        """Whether the server tells of new mail by itself (RFC 2177)."""
        _, answer = self.client.capability()
        return b"IDLE" in (answer[0] or b"").upper().split()

    def told(self) -> bool:
        """Whether the server said something that was read along with its last answer: mail that
        came just before IDLE began. Waiting for the socket would not show it."""
        sock = self.client.sock
        timeout = sock.gettimeout()
        sock.settimeout(0)
        try:
            # imaplib keeps the reader under one of two names, by version.
            reader: Any = getattr(self.client, "_file", None) or self.client.file
            return bool(reader.peek(1))
        finally:
            sock.settimeout(timeout)

    def arrived(self, after: int, since: date) -> list[int]:
        """The mails with a UID over `after` that arrived on or after the day `since`."""
        day = f"{since.day}-{_MONTHS[since.month - 1]}-{since.year}"
        status, answer = self.client.uid("SEARCH", f"UID {after + 1}:* SINCE {day}")
        if status != "OK":
            raise imaplib.IMAP4.error("SEARCH was refused")
        numbers = {int(number) for line in answer if line for number in line.split()}
        return sorted(number for number in numbers if number > after)  # n:* names the last anyway

    def size(self, uid: int) -> int | None:
        """The size of a mail in bytes; None when it is no longer there."""
        status, answer = self._fetch(uid, "RFC822.SIZE")
        text = b" ".join(part for part in answer if isinstance(part, bytes))
        found = re.search(rb"RFC822\.SIZE (\d+)", text)
        return int(found[1]) if status == "OK" and found else None

    def raw(self, uid: int, most: int | None = None) -> bytes:
        """The bytes of a mail, the first `most` of them if given; b"" when the server has none."""
        span = f"<0.{most}>" if most else ""
        status, answer = self._fetch(uid, f"BODY.PEEK[]{span}")
        pieces = [part[1] for part in answer if isinstance(part, tuple)]
        return bytes(pieces[0]) if status == "OK" and pieces else b""

    def _fetch(self, uid: int, what: str) -> tuple[str, list[Any]]:
        """One FETCH. A mail that its server cannot hand out is no reason to end the connection."""
        try:
            return self.client.uid("FETCH", str(uid), f"({what})")
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error:
            return "NO", []

    def mark_seen(self, uid: int) -> None:
        """Show other readers that a mail was taken care of. Whether it works does not matter."""
        if self.writable:
            with contextlib.suppress(imaplib.IMAP4.error):
                self.client.uid("STORE", str(uid), "+FLAGS.SILENT", r"(\Seen)")


@contextlib.contextmanager
def opened(account: Account) -> Iterator[Box]:
    """A mailbox, logged in, its folder open; closed afterwards whatever happens."""
    box = Box(account)
    try:
        box.enter()
        yield box
    finally:
        with contextlib.suppress(*TROUBLE):
            box.logout()
        with contextlib.suppress(OSError):
            box.client.shutdown()


def words(error: BaseException) -> str:
    """What the server, or the network, said; for the settings page."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"The certificate is not trusted: {error.verify_message}"
    if isinstance(error, ImapToolsError):
        result = getattr(error, "command_result", None)
        error_text = result[1][0] if result and result[1] else b""
        if isinstance(error_text, bytes) and error_text:
            return error_text.decode("utf-8", "replace")[:300]
    text = error.args[0] if error.args else ""
    if isinstance(error, OSError) and error.strerror:
        text = error.strerror
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    return str(text)[:300] or type(error).__name__
