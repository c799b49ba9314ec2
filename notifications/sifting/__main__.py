"""The child: a file of people on standard input, rows for the outbox on standard output.

    question: a frame with what to do; frames of keys that are on the list already, 16 bytes each;
              an empty frame; then the file, as many bytes as the question says
    answer:   frames ("rows", looked at, lines), then ("end", findings, groups) or ("bad", why)

A frame is its length (4 bytes) and whether more of the same lot follow (1 byte), then what it
holds, as `marshal` has it. The keys come by the pipe, and nothing is written anywhere. A file that
ends before its length, as when the app was killed, ends the child without an answer.
"""

import gc
import io
import marshal
import resource
import struct
import sys
from collections.abc import Container, Iterator
from typing import Any, BinaryIO

from incidents.vault import indexer
from notifications.recipients.columns import Columns
from notifications.recipients.findings import Findings
from notifications.recipients.groups import Groups
from notifications.recipients.person import PeopleSeal
from notifications.recipients.seen import Seen
from notifications.recipients.sift import Keys, Row, Sieve, sift
from notifications.recipients.table import BadTable, Shape
from notifications.sifting.rows import lines, runs

HEAD = struct.Struct("!IB")
KEY = 16
LOT = 4_000  # rows in a frame: what is written in one transaction
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
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    asked = marshal.loads(_take(source))  # noqa: S302 - from our own app
    try:
        for message, more in _answers(asked, source):
            frame = marshal.dumps(message)
            sink.write(HEAD.pack(len(frame), more))
            sink.write(frame)
            sink.flush()
    except (BrokenPipeError, EOFError):  # the app is gone
        raise SystemExit(1) from None


def _answers(asked: dict[str, Any], source: BinaryIO) -> Iterator[tuple[Any, bool]]:
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
                for at in range(0, len(run), LOT):
                    yield ("rows", done, run[at : at + LOT]), at + LOT < len(run)
                del run
    except BadTable as error:
        yield ("bad", error.text, error.params["line"], error.params["most"]), False
        return
    concerned = [(number, data) for data, number in groups.numbers.items()]
    yield ("end", findings.as_json(), concerned), False


def _looked(found: Iterator[Row], findings: Findings) -> Iterator[tuple[Any, bool]]:
    """Only look, for the preview: what is alike but for dots is counted, too."""
    for number, row in enumerate(found, 1):
        findings.take(row)
        findings.compare(row)
        if not number % LOT:
            yield ("rows", number, []), False


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
    size, _more = HEAD.unpack(head)
    return source.read(size)


if __name__ == "__main__":
    main()
