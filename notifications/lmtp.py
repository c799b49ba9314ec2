"""The mail door as an LMTP server (RFC 2033): the company's own mail server hands mail over.

Off unless TOCSIN_LMTP names an address. 250 is answered only when a mail is stored; when it could
not be, 451: then the mail server keeps it and comes again. It stands behind a mail server, which
decides who may send; it is no mail server for the world.
"""

import asyncio
import logging
import re
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Event
from typing import AnyStr

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import Envelope, Session
from flask import Flask

from incidents.db import db, now
from incidents.intake import digest
from incidents.settings import BadSetting
from notifications import acknowledge, incoming

log = logging.getLogger(__name__)
TAKEN = 2 * incoming.LARGEST  # bytes; a larger mail is refused, so that its sender hears of it
_AGAIN = 10.0  # seconds until a place that was taken is tried again
_MOST_RECIPIENTS = 100
_AFTER_DATA = ("552 Error: Too much mail data", "500 Line too long")
_ADDRESS = re.compile(r"[!-~\x80-\U0010ffff]{0,512}")


class _Line(LMTP):
    """One connection. Lines may be as long as they like: a mail is not refused for its form."""

    line_length_limit = incoming.LARGEST

    async def push(self, status: AnyStr) -> None:
        """Answer; what ends a mail's data is said for each recipient, refusals too (RFC 2033)."""
        if isinstance(status, str) and status.startswith(_AFTER_DATA) and self.envelope:
            await super().push("\r\n".join([status] * len(self.envelope.rcpt_tos)))
        else:
            await super().push(status)


class Door:
    """What happens to what the mail server hands over. Asked from the event loop."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    async def handle_RCPT(  # noqa: N802 - the name that aiosmtpd looks for
        self,
        server: LMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        """Take any recipient: the mail server sends here what is ours."""
        if len(envelope.rcpt_tos) >= _MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients at once; send the others again"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802 - the name that aiosmtpd looks for
        self, server: LMTP, session: Session, envelope: Envelope
    ) -> str:
        """Store the mail; then, and only then, say so: once for each recipient (RFC 2033)."""
        loop = asyncio.get_running_loop()
        answer = await loop.run_in_executor(None, self.take, envelope)
        return "\r\n".join([answer] * len(envelope.rcpt_tos))

    def take(self, envelope: Envelope) -> str:
        """Store and process one mail. Returns the answer for each of its recipients."""
        raw = delivered(envelope)
        with self.app.app_context():
            try:
                full_size = len(raw) if len(raw) > incoming.LARGEST else None
                key = f"lmtp:{digest(raw)}"
                outcome = incoming.take(raw[: incoming.LARGEST], key, now(), full_size)
            except Exception as error:
                db.session.rollback()
                log.error("A mail by LMTP was not stored: %s", type(error).__name__)
                return "451 4.3.0 It could not be stored; try again"
            try:
                acknowledge.pending(now())
            except Exception:  # the worker's next round does it; the mail is stored
                db.session.rollback()
        return f"250 2.0.0 Stored ({outcome.kind})"


def delivered(envelope: Envelope) -> bytes:
    """The mail with the lines that whoever delivers it for good puts on top (RFC 5321 section
    4.4): from whom it came, and to which of our addresses."""
    content = envelope.content or b""
    raw = content if isinstance(content, bytes) else content.encode("utf-8", "surrogateescape")
    sender = _plain(envelope.mail_from)
    lines = [
        f"Return-Path: <{sender}>",
        *(f"Delivered-To: {_plain(to)}" for to in envelope.rcpt_tos),
    ]
    return "".join(f"{line}\r\n" for line in lines).encode("utf-8", "replace") + raw


def _plain(address: str | None) -> str:
    found = _ADDRESS.match(address or "")
    return found[0].strip("<>") if found else ""


def place(setting: str) -> tuple[str, int] | Path | None:
    """Where the door stands: (host, port), the path of a socket, or None for nowhere.

    Raises BadSetting when `setting` names no place.

    >>> place("127.0.0.1:2424"), place("unix:/run/tocsin/lmtp"), place("")
    (('127.0.0.1', 2424), PosixPath('/run/tocsin/lmtp'), None)
    """
    if not setting:
        return None
    if setting.startswith("unix:/"):
        return Path(setting.removeprefix("unix:"))
    host, _, port = setting.rpartition(":")
    if host and port.isascii() and port.isdigit() and 0 <= int(port) <= 65535:
        return host.strip("[]"), int(port)
    raise BadSetting(
        "TOCSIN_LMTP names no place to listen at. For example\n"
        "    TOCSIN_LMTP=127.0.0.1:2424\n"
        "    TOCSIN_LMTP=unix:/run/tocsin/lmtp.sock"
    )


def serve(app: Flask, stop: Event) -> None:
    """Take mail until `stop` is set. Runs in a thread of the worker; returns at once when off."""
    where = place(app.config["SETTINGS"].lmtp)
    if where is not None:
        asyncio.run(_serve(app, where, stop))


async def _serve(app: Flask, where: tuple[str, int] | Path, stop: Event) -> None:
    loop = asyncio.get_running_loop()
    door = Door(app)

    def connection() -> LMTP:
        return _Line(
            door,
            data_size_limit=TAKEN,
            enable_SMTPUTF8=True,
            decode_data=False,
            hostname=socket.gethostname(),
            ident="Tocsin LMTP",
            timeout=120,
            loop=loop,
        )

    listening = None
    while listening is None and not stop.is_set():
        try:
            listening = await _listen(loop, connection, where)
        except OSError as error:  # told, and tried again: the mail waits at the mail server
            log.error("LMTP: %s cannot be listened at (%s)", where, error.strerror)
            end = time.monotonic() + _AGAIN
            while time.monotonic() < end and not stop.is_set():
                await asyncio.sleep(0.2)
    if listening is None:
        return
    app.extensions["lmtp"] = (
        where if isinstance(where, Path) else listening.sockets[0].getsockname()
    )
    async with listening:
        while not stop.is_set():
            await asyncio.sleep(0.2)


async def _listen(
    loop: asyncio.AbstractEventLoop, connection: Callable[[], LMTP], where: tuple[str, int] | Path
) -> asyncio.Server:
    if not isinstance(where, Path):
        return await loop.create_server(connection, *where)
    with suppress(FileNotFoundError):
        where.unlink()
    listening = await loop.create_unix_server(connection, str(where))
    where.chmod(0o660)
    return listening


def init_app(app: Flask) -> None:
    """Check the setting. Raises BadSetting."""
    place(app.config["SETTINGS"].lmtp)
