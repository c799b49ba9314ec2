"""A virus scanner beside us (clamd), asked over a socket before anybody opens a file.

Without one, that is said. With one that does not answer, no file is opened; a report is never
kept from being taken by it.
"""

import contextlib
import socket
import struct
from dataclasses import dataclass

from incidents.settings import BadSetting

_PIECE = 64 * 1024
_SECONDS = 60.0


@dataclass(frozen=True)
class Answer:
    """What the scanner said. `state`: clean, found, or failed (no answer: not to be opened)."""

    state: str
    name: str = ""  # of what was found, or why there is no answer


class Scanner:
    """The scanner at `setting`: "host:port" or "unix:/path". Raises BadSetting for another."""

    def __init__(self, setting: str) -> None:
        host, _, port = setting.rpartition(":")
        self.path = setting.removeprefix("unix:") if setting.startswith("unix:/") else None
        named = host and "/" not in host and port.isascii() and port.isdigit()
        if self.path is None and not named:
            raise BadSetting(
                "TOCSIN_CLAMD names no scanner. For example\n"
                "    TOCSIN_CLAMD=127.0.0.1:3310\n"
                "    TOCSIN_CLAMD=unix:/run/clamav/clamd.ctl"
            )
        self.address = (host.strip("[]"), int(port)) if self.path is None else ("", 0)

    def scan(self, content: bytes) -> Answer:
        """Ask about `content` (INSTREAM). Never raises."""
        try:
            with contextlib.closing(self._connected()) as line:
                line.sendall(b"zINSTREAM\0")
                for start in range(0, len(content), _PIECE):
                    piece = content[start : start + _PIECE]
                    line.sendall(struct.pack("!I", len(piece)) + piece)
                line.sendall(struct.pack("!I", 0))
                said = self._answer(line)
        except OSError as error:
            return Answer("failed", type(error).__name__)
        return _understood(said)

    def _connected(self) -> socket.socket:
        if self.path is None:
            return socket.create_connection(self.address, timeout=_SECONDS)
        line = socket.socket(socket.AF_UNIX)
        line.settimeout(_SECONDS)
        line.connect(self.path)
        return line

    @staticmethod
    def _answer(line: socket.socket) -> str:
        said = b""
        while not said.endswith(b"\0") and len(said) < 4096:
            piece = line.recv(4096)
            if not piece:
                break
            said += piece
        return said.strip(b"\0\n ").decode("ascii", "replace")


def _understood(said: str) -> Answer:
    """ "stream: OK", "stream: Eicar-Signature FOUND", "INSTREAM size limit exceeded. ERROR"."""
    said = said.removeprefix("stream:").strip()
    if said == "OK":
        return Answer("clean")
    if said.endswith(" FOUND"):
        return Answer("found", said.removesuffix(" FOUND").strip()[:150])
    return Answer("failed", said[:150] or "no answer")
