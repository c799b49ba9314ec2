"""The app's side: feeds the child that checks and seals a file, and takes its rows as they come."""

import contextlib
import fcntl
import marshal
import os
import select
import struct
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from notifications.sifting.rows import Line

ROOT = Path(__file__).parent.parent.parent
HEAD = struct.Struct("!I")
PIPE = 1 << 20  # bytes that wait in a pipe while one side is busy
PIECE = 1 << 18  # bytes taken at a time
PATIENCE = 120  # seconds without a word after which a child is given up
# Rows looked at so far and people made of some of them.
Lot = tuple[int, list[Line]]


class Died(Exception):
    """The child ended without an answer: killed, or out of memory."""


class Child:
    """One child over one file; use it in a `with`.

    `question`: see `__main__`; `known`: keys of those on the list, 16 bytes each, many joined;
    `file`: the file in pieces.
    """

    def __init__(
        self, question: dict[str, Any], known: Iterable[bytes], file: Iterable[bytes]
    ) -> None:
        self.end: tuple[Any, ...] = ()  # its last word: ("end", ..) or ("bad", ..)
        self._feed = _frames(question, known, file)
        self._view = memoryview(b"")
        self._took = bytearray()

    def __enter__(self) -> "Child":
        # Nothing of the environment goes along, no secret and no setting: they come by the pipe.
        self.process = subprocess.Popen(
            [sys.executable, "-E", "-s", "-m", "notifications.sifting"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env={"PATH": os.defpath},
            bufsize=0,
        )
        assert self.process.stdin and self.process.stdout
        self.out, self.into = self.process.stdin.fileno(), self.process.stdout.fileno()
        self._poll = select.poll()
        for pipe, event in ((self.out, select.POLLOUT), (self.into, select.POLLIN)):
            os.set_blocking(pipe, False)
            with contextlib.suppress(OSError, AttributeError):
                fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE)
            self._poll.register(pipe, event)
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            pipe.close()  # type: ignore[union-attr]
        self.process.wait()

    def __iter__(self) -> Iterator[Lot]:
        """What it made, as it comes. Raises Died."""
        while not self.end:
            while (frame := self._frame()) is None:
                self._turn(PATIENCE)
            self._turn(0)  # so that it has work while what came is written
            kind, *rest = marshal.loads(frame)  # noqa: S302 - our own child
            del frame
            if kind == "rows":
                yield rest[0], rest[1]
            else:
                self.end = (kind, *rest)

    def _frame(self) -> bytes | None:
        if len(self._took) < HEAD.size:
            return None
        (size,) = HEAD.unpack_from(self._took)
        if len(self._took) < HEAD.size + size:
            return None
        content = bytes(memoryview(self._took)[HEAD.size : HEAD.size + size])
        del self._took[: HEAD.size + size]
        return content

    def _turn(self, seconds: float) -> None:
        """Give and take what can be, waiting at most so long for either. Of what nobody waits for
        little is taken: a child that is faster than the database must not fill our memory."""
        ready = self._poll.poll(seconds * 1000)
        if not ready and seconds:
            raise Died("The program that reads the file says nothing any more.")
        for pipe, _event in ready:
            if pipe == self.into:
                if not seconds and len(self._took) >= PIECE:
                    continue
                piece = os.read(self.into, PIECE)
                if not piece and seconds:
                    raise Died("The program that reads the file has died.")
                self._took += piece
            else:
                self._give()

    def _give(self) -> None:
        try:
            while self._view or self._next():
                self._view = self._view[os.write(self.out, self._view) :]
        except BlockingIOError:
            return
        except BrokenPipeError:
            pass  # it has said why, or is found dead by its silence
        self._poll.unregister(self.out)

    def _next(self) -> bool:
        self._view = memoryview(next(self._feed, b""))
        return bool(self._view)


def _frames(
    question: dict[str, Any], known: Iterable[bytes], file: Iterable[bytes]
) -> Iterator[bytes]:
    asked = marshal.dumps(question)
    yield HEAD.pack(len(asked)) + asked
    for keys in known:
        yield HEAD.pack(len(keys)) + keys
    yield HEAD.pack(0)
    yield from file
