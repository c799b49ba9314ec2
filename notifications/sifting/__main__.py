"""The child: a file of people on standard input, rows for the outbox on standard output.

    question: a frame with what to do; frames of keys that are on the list already, 16 bytes each;
              an empty frame; then the file, as many bytes as the question says
    answer:   frames ("rows", looked at, lines), then ("end", findings, groups) or ("bad", why)

A frame is its length (4 bytes), then what it holds, as `marshal` has it. The keys come by the
pipe, and nothing is written anywhere. A file that ends before its length, as when the app was
killed, ends the child without an answer.
"""

import gc
import io
import marshal
import os
import resource
import struct
import sys
from collections.abc import Container, Iterator
from queue import Queue
from threading import Thread
from typing import Any, BinaryIO

from incidents.vault import indexer
from notifications.recipients.columns import Columns
from notifications.recipients.findings import Findings
from notifications.recipients.groups import Groups
from notifications.recipients.person import PeopleSeal
from notifications.recipients.seen import Seen
from notifications.recipients.sift import Keys, Row, Sieve, sift
from notifications.recipients.table import BadTable, Shape
from notifications.sifting.rows import RUN, lines, runs

HEAD = struct.Struct("!I")
KEY = 16
LOT = 4_000  # rows in a frame: what is written in one transaction
AHEAD = RUN // LOT  # frames that wait while the app writes: rows in order come all at once
PIECE = 1 << 18
SHORT, MANY = 40, 2_000_000  # bytes of a short row; rows for which room is made unseen
# New objects after which circles among them are looked for. There are none here, and a tenth of
# all the time would go into looking.
CIRCLES = 200_000


class Piped(io.RawIOBase):
    """So many bytes of a pipe as a file of its own. Raises EOFError when there are fewer."""

    def __init__(self, source: BinaryIO, size: int) -> None:
        self.source, self.left = source, size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        if not self.left:
            return 0
        piece = self.source.read(min(len(buffer), self.left))
        if not piece:
            raise EOFError("The file ends before its length.")
        buffer[: len(piece)] = piece
        self.left -= len(piece)
        return len(piece)


def main() -> None:
    """Answer one question."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # it would hold people in the clear
    gc.freeze()
    gc.set_threshold(CIRCLES)
    source = sys.stdin.buffer
    asked = marshal.loads(_take(source))  # noqa: S302 - from our own app
    frames: Queue[bytes] = Queue(AHEAD)
    sending = Thread(target=_send, args=(frames, sys.stdout.buffer), daemon=True)
    sending.start()
    try:
        for message in _answers(asked, source):
            frames.put(marshal.dumps(message))
    except EOFError:  # the app is gone
        raise SystemExit(1) from None
    frames.put(b"")
    sending.join()


def _send(frames: "Queue[bytes]", sink: BinaryIO) -> None:
    """Hand over what is made, while the next is being made."""
    try:
        while frame := frames.get():
            sink.write(HEAD.pack(len(frame)))
            sink.write(frame)
            sink.flush()
    except BrokenPipeError:
        os._exit(1)  # the app is gone, and nobody waits for what else is made


def _answers(asked: dict[str, Any], source: BinaryIO) -> Iterator[Any]:
    columns, groups = Columns.from_json(asked["columns"]), Groups(dict(asked["groups"]))
    keys = Keys(*(indexer(asked["key"], purpose) for purpose in ("address", "paper")))
    expected = asked["rows"] or min(asked["size"] // SHORT, MANY)
    known = _known(source, asked["people"])
    sieve = Sieve(columns, asked["header"], keys, known, groups, expected)
    file: Any = io.BufferedReader(Piped(source, asked["size"]), PIECE)
    shape = Shape(asked["encoding"], asked["delimiter"], (), asked["ended"])
    findings = Findings()
    found = sift(file, shape, sieve)
    try:
        if asked["seal"] is None:
            findings.twins_seen = Seen(expected)
            yield from _looked(found, findings)
        else:
            seal = PeopleSeal(asked["seal"], asked["notice"])
            for run in runs(lines(found, findings, seal, asked["otherwise"])):
                done = sum(findings.tally.values())
                while run:
                    yield "rows", done, run[:LOT]
                    del run[:LOT]
    except BadTable as error:
        yield "bad", error.text, error.params["line"], error.params["most"]
        return
    concerned = [(number, data) for data, number in groups.numbers.items()]
    yield "end", findings.as_json(), concerned


def _looked(found: Iterator[Row], findings: Findings) -> Iterator[Any]:
    """Only look, for the preview: what is alike but for dots is counted, too."""
    for number, row in enumerate(found, 1):
        findings.take(row)
        findings.compare(row)
        if not number % LOT:
            yield "rows", number, []


def _known(source: BinaryIO, count: int) -> Container[bytes]:
    """The keys that are on the list already."""
    known, none = Seen(count), True
    while keys := _take(source):
        none = False
        for at in range(0, len(keys), KEY):
            known.add(keys[at : at + KEY])
    return frozenset() if none else known


def _take(source: BinaryIO) -> bytes:
    head = source.read(HEAD.size)
    if len(head) < HEAD.size:
        raise EOFError
    return source.read(*HEAD.unpack(head))


if __name__ == "__main__":
    main()
