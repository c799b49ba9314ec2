"""A spreadsheet file (XLSX) as a CSV file: its first sheet with an address in it, bounded.

A workbook is an archive, so its unpacked size is found by unpacking it, piece by piece, before
anything else reads it; and a sheet may name one cell in the last corner of a million rows, so the
corners are looked at before the reader makes room for what lies between. Macro files are refused.
"""

import csv
import io
import re
import zlib
from datetime import date, datetime, time
from pathlib import PurePosixPath
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, BinaryIO
from zipfile import BadZipFile, ZipFile, is_zipfile

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

from notifications.recipients.table import MOST_COLUMNS, WIDE, BadTable


def N_(text: str) -> str:  # noqa: N802 - the name that translators' tools look for
    """Mark a text for translation without translating it here."""
    return text


MACROS = N_(
    "This workbook has macros in it, and is not opened. Save it as an ordinary workbook (.xlsx) or "
    "as CSV, and upload that file."
)
OLD = N_("This kind of spreadsheet is not read. Save it as .xlsx or as CSV, and upload that file.")
DAMAGED = N_("This workbook is damaged or locked with a password. Nothing was taken from it.")
LARGE = N_("This workbook is too large to be read safely. Save it as CSV, and upload that file.")
EMPTY = N_("No sheet of this workbook has anything in it.")

UNPACKED = 256 << 20  # bytes of all parts together
PARTS = 2_000
CELLS = 3_000_000  # of one sheet, empty ones between the corners included
_PIECE = 1 << 18
_CORNER = re.compile(rb"\br\s*=\s*[\"']([A-Z]{0,3})([0-9]{1,7})[\"']")
_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")


def is_workbook(file: BinaryIO) -> bool:
    """Whether a file is some spreadsheet program's own, by its first bytes."""
    file.seek(0)
    return file.read(8).startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0"))


def as_csv(file: BinaryIO) -> tuple[BinaryIO, str]:
    """A temporary file with the sheet as CSV in UTF-8, and the name of the sheet.

    Raises BadTable for a file that is no workbook, or none that is read safely.
    """
    from python_calamine import CalamineError, CalamineWorkbook  # slow to load, and large

    _check(file)
    file.seek(0)
    try:
        with CalamineWorkbook.from_filelike(file) as book:
            return _written(book)
    except (CalamineError, ValueError, OverflowError) as error:
        raise BadTable(DAMAGED) from error


def _check(file: BinaryIO) -> None:
    file.seek(0)
    if not is_zipfile(file):
        raise BadTable(OLD if is_workbook(file) else DAMAGED)
    try:
        with ZipFile(file) as archive:
            names = archive.namelist()
            if any(PurePosixPath(name).name.lower() == "vbaproject.bin" for name in names):
                raise BadTable(MACROS)
            if "xl/workbook.xml" not in names:
                raise BadTable(OLD)
            if len(names) > PARTS:
                raise BadTable(LARGE)
            if any(part.flag_bits & 1 for part in archive.infolist()):
                raise BadTable(DAMAGED)
            if b"macroEnabled" in archive.open("[Content_Types].xml").read(1 << 20):
                raise BadTable(MACROS)
            left = UNPACKED
            for part in archive.infolist():
                with archive.open(part) as content:
                    left -= _measured(content, left)
    except (BadZipFile, KeyError, NotImplementedError, EOFError, zlib.error, OSError) as error:
        raise BadTable(DAMAGED) from error


def _measured(content: IO[bytes], most: int) -> int:
    """How many bytes a part has unpacked. Raises BadTable when they, or its cells, are too many."""
    size = rows = columns = cells = 0
    tail = b""
    while piece := content.read(_PIECE):
        size += len(piece)
        text = tail + piece
        for letters, number in set(_CORNER.findall(text)):
            rows = max(rows, int(number))
            columns = max(columns, _column(letters))
        cells += len(_CELL.findall(piece))
        if columns > MOST_COLUMNS:
            raise BadTable(WIDE, most=MOST_COLUMNS)
        if size > most or max(rows * columns, cells) > CELLS:
            raise BadTable(LARGE)
        tail = text[-40:]
    return size


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _written(book: "CalamineWorkbook") -> tuple[BinaryIO, str]:
    """The first sheet that holds an address, else the first that holds anything."""
    first = None
    for name in book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        if not sheet.height:
            continue
        top = sheet.to_python(nrows=50)
        if any("@" in str(cell) for row in top for cell in row):
            first = name
            break
        first = first or name
    if first is None:
        raise BadTable(EMPTY)
    raw = TemporaryFile()  # noqa: SIM115 - the caller's
    text = io.TextIOWrapper(raw, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(text)
    for row in book.get_sheet_by_name(first).iter_rows():
        writer.writerow([_words(cell) for cell in row])
    text.detach()
    raw.seek(0)
    return raw, first


def _words(cell: object) -> str:
    """A cell as a CSV file would have it. A line break in it is kept as one that ends no line of
    the file: its lines are numbered as the rows of the sheet are."""
    if isinstance(cell, str):
        return "\u2028".join(cell.splitlines())
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime | date | time):
        return cell.isoformat()
    return str(cell)
