"""The parent's side: ask the child, within a time; a child that fails is killed and replaced."""

import atexit
import contextlib
import json
import os
import select
import struct
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from incidents.intake import digest

ROOT = Path(__file__).parent.parent.parent
MEGABYTE = 1024 * 1024
_START = 30  # seconds for a child to start


class Failed(Exception):
    """A mail was not read: why, in a few words without a word of the mail."""


class Died(Failed):
    """The child ended without a word: by the mail, or killed for no fault of it."""


@dataclass
class Reading:
    """What was understood of one mail. `trouble` says why it could not be read whole."""

    facts: dict[str, Any]  # as reading.letter.read says; a skimmed mail has fewer
    files: list[bytes] = field(default_factory=list)
    returned: dict[str, Any] = field(default_factory=dict)  # a returned.Returned
    trouble: str | None = None

    def get(self, name: str, default: Any = "") -> Any:
        """One of the facts."""
        return self.facts.get(name, default)


class Reader:
    """One child and its limits; asked by one thread at a time.

    `seconds` of computing for reading a mail (a second try that only skims it has a third of
    them), and on a machine that is busy with something else three times as long in all; `memory`
    in bytes of address space.
    """

    def __init__(self, seconds: float = 6, memory: int = 512 * MEGABYTE) -> None:
        self.seconds, self.memory = seconds, memory
        self.process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def read(self, raw: bytes, file_limit: int) -> Reading:
        """Everything that is understood of a mail; never raises for what the mail holds."""
        with self._lock:
            try:
                answer, files = self._whole(raw, file_limit)
                return Reading(answer["facts"], files, answer["returned"])
            except Failed as error:
                trouble = str(error)
            try:
                answer, _ = self._ask(raw[: 4 * MEGABYTE], file_limit, skim=True)
                return Reading(answer["facts"], trouble=trouble)
            except Failed:
                text = raw[:20_000].decode("ascii", "replace").replace("\0", "\ufffd")
                return Reading({"text": text, "identity": digest(raw)}, trouble=trouble)

    def close(self) -> None:
        """End the child. Safe to call twice."""
        if self.process:
            self.process.kill()
            self.process.communicate()
            self.process = None

    def _whole(self, raw: bytes, limit: int) -> tuple[dict[str, Any], list[bytes]]:
        """The mail read with its files. A machine that is short of memory, or is being stopped,
        kills a child whatever it reads: so one that died is followed once by a fresh one."""
        try:
            return self._ask(raw, limit, skim=False)
        except Died:
            return self._ask(raw, limit, skim=False)

    def _ask(self, raw: bytes, limit: int, skim: bool) -> tuple[dict[str, Any], list[bytes]]:
        head = json.dumps({"size": len(raw), "file_limit": limit, "skim": skim}).encode()
        wait = self.seconds / 3 if skim else self.seconds
        try:
            process = self._child()
            wire = _Wire(process, wait)
            wire.write(struct.pack("!I", len(head)) + head)
            wire.write(raw)
            answer = json.loads(wire.take(struct.unpack("!I", wire.take(4))[0], 8 * MEGABYTE))
            most = 2 * len(raw) + 2 * MEGABYTE
            files = [wire.take(f["size"], most) for f in answer.get("facts", {}).get("files", ())]
        except (Failed, OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            self.close()
            if isinstance(error, Failed):
                raise
            if isinstance(error, OSError):  # a broken pipe
                raise Died("the reader died over it") from error
            raise Failed("the reader answered nonsense") from error
        if "error" in answer:
            if answer["error"] == "MemoryError":
                self.close()
                raise Failed("reading it took too much memory")
            raise Failed(f"the reader gave up ({answer['error']})")
        return answer, files

    def _child(self) -> subprocess.Popen[bytes]:
        if self.process and self.process.poll() is not None:
            self.close()
        if self.process is None:
            # Nothing of the environment goes along, no secret and no setting.
            self.process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-E", "-s", "-m", "notifications.reading", str(self.memory)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=ROOT,
                env={"PATH": os.defpath},
                bufsize=0,
            )
            for pipe in (self.process.stdin, self.process.stdout):
                os.set_blocking(pipe.fileno(), False)  # type: ignore[union-attr]
            _Wire(self.process, _START).take(4)  # its start is no time of any mail
        return self.process


class _Wire:
    """Both pipes of a child, for so many seconds."""

    def __init__(self, process: subprocess.Popen[bytes], seconds: float) -> None:
        assert process.stdin and process.stdout
        self.out, self.into = process.stdin.fileno(), process.stdout.fileno()
        self.pid, self.seconds, self.used = process.pid, seconds, _computed(process.pid)
        begun = time.monotonic()
        self.until, self.last = begun + seconds, begun + 3 * seconds

    def write(self, content: bytes) -> None:
        view = memoryview(content)
        while view:
            self._wait(self.out, select.POLLOUT)
            with contextlib.suppress(BlockingIOError):
                view = view[os.write(self.out, view[: 256 * 1024]) :]

    def take(self, size: int, most: int = MEGABYTE) -> bytes:
        if not 0 <= size <= most:
            raise Failed("the reader answered more than it may")
        pieces, missing = [], size
        while missing:
            self._wait(self.into, select.POLLIN)
            piece = os.read(self.into, min(missing, MEGABYTE))
            if not piece:
                raise Died("the reader died over it")
            pieces.append(piece)
            missing -= len(piece)
        return b"".join(pieces)

    def _wait(self, pipe: int, event: int) -> None:
        poll = select.poll()
        poll.register(pipe, event)
        while (left := self.until - time.monotonic()) <= 0 or not poll.poll(left * 1000):
            idle = self.seconds - (_computed(self.pid) - self.used)
            if idle <= 0 or time.monotonic() >= self.last:
                raise Failed("reading it took too long")
            # Something else kept the machine busy: the mail may have what it did not get.
            self.until = min(time.monotonic() + max(idle, 0.05), self.last)


def _computed(pid: int) -> float:
    """The seconds that a process has computed; without an answer, all there are."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError):
        return time.monotonic()  # elsewhere than on Linux: by the clock


reader = Reader()
atexit.register(reader.close)
