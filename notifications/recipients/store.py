"""A list between its upload and its confirmation: kept sealed, in pieces, read back as a file."""

import hashlib
import io
from collections.abc import Iterator
from typing import BinaryIO

from sqlalchemy import delete, select

from incidents.db import db
from notifications.models import ListImport, ListPart

PIECE = 1 << 18  # bytes


def digest(file: BinaryIO) -> tuple[int, str]:
    """The size in bytes and the SHA-256 of a file, read in flat memory."""
    file.seek(0)
    size, sha256 = 0, hashlib.sha256()
    while piece := file.read(PIECE):
        size += len(piece)
        sha256.update(piece)
    return size, sha256.hexdigest()


def keep(file: BinaryIO, row: ListImport) -> None:
    """Keep a file sealed, in pieces, in the transaction of its import. `row` has been flushed."""
    file.seek(0)
    number = 0
    while piece := file.read(PIECE):
        part = ListPart(import_id=row.id, number=number, size=len(piece))
        part.content = piece
        db.session.add(part)
        db.session.flush()
        db.session.expunge(part)
        number += 1


def empty(row: ListImport) -> None:
    """Forget the file: the people are on the list now, or will not be."""
    db.session.execute(delete(ListPart).where(ListPart.import_id == row.id))
    row.header = None
    row.filename = None


class Kept:
    """The pieces of one import, each opened when it is asked for.

    `apart`: over a connection of its own that only reads, so that nobody waits for the database
    while the file is worked on for minutes.
    """

    def __init__(self, row_id: int, size: int, apart: bool = True) -> None:
        self.row_id, self.size, self.apart = row_id, size, apart

    def __iter__(self) -> Iterator[bytes]:
        number = 0
        while piece := self.part(number):
            yield piece
            number += 1

    def part(self, number: int) -> bytes | None:
        """One piece; None when there is none of this number."""
        wanted = select(ListPart.uid, ListPart.content_sealed).where(
            ListPart.import_id == self.row_id, ListPart.number == number
        )
        if self.apart:
            with db.engine.connect().execution_options(only_reads=True) as connection:
                found = connection.execute(wanted).one_or_none()
        else:
            found = db.session.execute(wanted).one_or_none()
        if found is None:
            return None
        return ListPart(uid=found.uid, content_sealed=found.content_sealed).content


class _File(io.RawIOBase):
    """The pieces of one import as one readable file; one piece is open at a time."""

    def __init__(self, kept: Kept) -> None:
        self.kept, self.size = kept, kept.size
        self.at = 0
        self.number, self.piece = -1, b""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self.at, io.SEEK_END: self.size}[whence]
        self.at = max(0, base + offset)
        return self.at

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        number, offset = divmod(self.at, PIECE)
        if number != self.number:
            piece = self.kept.part(number)
            if piece is None:
                return 0
            self.number, self.piece = number, piece
        taken = self.piece[offset : offset + len(buffer)]
        buffer[: len(taken)] = taken
        self.at += len(taken)
        return len(taken)


def read(row: ListImport, apart: bool = False) -> BinaryIO:
    """The file of an import, to be read from its beginning; empty once it was forgotten."""
    return io.BufferedReader(_File(Kept(row.id, row.size, apart)), PIECE)
