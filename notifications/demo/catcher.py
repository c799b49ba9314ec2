"""A mail server on this machine that keeps what it gets and passes nothing on.

The demonstration sends for real, as far as this server: what it catches is one file a mail. Two
domains answer otherwise, so that the pages show what a refusal looks like.
"""

import re
import secrets
import socket
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import default
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

from incidents.db import now
from incidents.settings import BadSetting

GONE, FULL = "gone.example", "full.example"
REFUSALS = {GONE: "550 5.1.1 No such mailbox here", FULL: "452 4.2.2 Mailbox full, try later"}
NAME = re.compile(r"\d{8}T\d{12}-[0-9a-f]{8}")
STAMP = "%Y%m%dT%H%M%S%f"


@dataclass(frozen=True)
class Caught:
    """One caught mail, opened. `name` says which."""

    name: str
    mail: EmailMessage

    @property
    def at(self) -> datetime:
        """When it was sent."""
        return datetime.strptime(self.name.partition("-")[0], STAMP).replace(tzinfo=UTC)

    def header(self, name: str) -> str:
        """A header in one line; empty when there is none."""
        return " ".join(str(self.mail.get(name, "")).split())

    def words(self, kind: str) -> str:
        """The twin of a kind, "plain" or "html"; empty when there is none."""
        part = self.mail.get_body((kind,))
        return str(part.get_content()) if part else ""


class Catcher:
    """Listens on 127.0.0.1 and writes each mail into `folder`."""

    def __init__(self, folder: Path, port: int | None) -> None:
        """`port`: the one it had before, if it is still free."""
        folder.mkdir(mode=0o700, exist_ok=True)
        self.folder = folder
        self.port = port if port and _is_free(port) else _free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, ready_timeout=10)

    def __enter__(self) -> "Catcher":
        try:
            self._controller.start()
        except (OSError, TimeoutError) as error:
            raise BadSetting(
                "The demonstration could not open a mail server of its own on 127.0.0.1.\n"
                "Start it again."
            ) from error
        return self

    def __exit__(self, *_error: object) -> None:
        self._controller.stop()

    async def handle_RCPT(  # noqa: N802 - the name aiosmtpd calls
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        """Refuse what is to be refused; take all else."""
        refusal = REFUSALS.get(address.rpartition("@")[2].lower())
        if refusal:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """Keep the mail, with the addresses of its envelope on top."""
        head = f"Return-Path: <{envelope.mail_from or ''}>\r\n"
        head += "".join(f"Delivered-To: {address}\r\n" for address in envelope.rcpt_tos)
        raw = head.encode("ascii", "replace") + envelope.original_content
        name = f"{_sent(raw).strftime(STAMP)}-{secrets.token_hex(4)}"
        draft = self.folder / f"{name}.part"
        draft.write_bytes(raw)
        draft.rename(self.folder / f"{name}.eml")
        return f"250 2.0.0 Caught as {name}"


def names(folder: Path, before: str | None, limit: int) -> list[str]:
    """The names of the newest mails, or of those older than `before`."""
    found = (file.stem for file in folder.glob("*.eml"))
    return sorted((one for one in found if not before or one < before), reverse=True)[:limit]


def opened(folder: Path, name: str, whole: bool = True) -> Caught | None:
    """One mail, or only its head; None when there is none of this name."""
    if not NAME.fullmatch(name):
        return None
    try:
        raw = (folder / f"{name}.eml").read_bytes()
    except FileNotFoundError:
        return None
    if whole:
        return Caught(name, message_from_bytes(raw, policy=default))
    return Caught(name, BytesHeaderParser(policy=default).parsebytes(raw))


def _sent(raw: bytes) -> datetime:
    """When a mail says that it was sent: the stories lie in the past. Never in the future."""
    with suppress(TypeError, ValueError):
        said = parsedate_to_datetime(BytesHeaderParser().parsebytes(raw)["Date"])
        if said.tzinfo is not None:
            return min(said.astimezone(UTC), now())
    return now()


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
