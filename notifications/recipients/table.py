"""Pure: a CSV file of any usual make, read row by row: its encoding, delimiter and lines.

No guessing by statistics: a byte order mark says UTF-8 or UTF-16; without one the file is UTF-8
if all of it is, else Windows-1252, which is what spreadsheets in Western Europe write.
"""

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, BinaryIO, Self


def N_(text: str) -> str:  # noqa: N802 - the name that translators' tools look for
    """Mark a text for translation without translating it here."""
    return text


DELIMITERS = (",", ";", "\t", "|")
_PIECE = 1 << 16

EMPTY = N_("The file is empty.")
SPREADSHEET = N_("This is a spreadsheet file. Open it, save it as CSV, and upload that file.")
NOT_TEXT = N_("This is not a text file. Upload a list saved as CSV.")
BROKEN = N_(
    "The file cannot be read from line %(line)s on: a quotation mark is opened there and not "
    "closed, or closed too early. Correct that line, and upload the file again."
)


class BadTable(ValueError):
    """A file that is no table. `text` says why and what to do, untranslated; `line` where."""

    def __init__(self, text: str, line: int = 0) -> None:
        super().__init__(text)
        self.text, self.line = text, line


@dataclass(frozen=True)
class Shape:
    """How a file is written. `header` says whether its first row names the columns."""

    encoding: str
    delimiter: str
    header: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        return cls(values["encoding"], values["delimiter"], tuple(values["header"]))


def shape(file: BinaryIO) -> Shape:
    """Read a whole file once, in flat memory, and say how it is written. Raises BadTable."""
    encoding = _encoding(file)
    delimiter = _delimiter(_text(file, encoding))
    for _, cells in rows(file, encoding, delimiter):
        return Shape(encoding, delimiter, tuple(cell.strip() for cell in cells))
    raise BadTable(EMPTY)


def rows(file: BinaryIO, encoding: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """The line (from 1) on which each row begins, and its cells. Empty lines are left out.

    Raises BadTable in mid-way for a row that cannot be read.
    """
    text = _text(file, encoding)
    # Strict: an open quotation mark would otherwise swallow the people that follow, silently.
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    line = 0
    try:
        for cells in reader:
            begins, line = line + 1, reader.line_num
            if begins == 1 and cells and cells[0][:4] == "sep=" and len(cells) <= 2:
                continue  # Excel's own first line
            if any(cell.strip() for cell in cells):
                yield begins, cells
    except csv.Error as error:
        raise BadTable(BROKEN, line + 1) from error
    finally:
        text.detach()


def _text(file: BinaryIO, encoding: str) -> io.TextIOWrapper:
    file.seek(0)
    return io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="")


def _encoding(file: BinaryIO) -> str:
    file.seek(0)
    start = file.read(_PIECE)
    if not start.strip(b"\0 \r\n\t\xef\xbb\xbf\xff\xfe"):
        raise BadTable(EMPTY)
    if start.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise BadTable(SPREADSHEET)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\0" in start:
        # UTF-16 without its mark: every other byte of Western text is zero.
        for encoding, offset in (("utf-16-le", 1), ("utf-16-be", 0)):
            half = start[offset::2]
            if half.count(0) > len(half) * 0.7:
                return encoding
        raise BadTable(NOT_TEXT)
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        piece = start
        while piece:
            decoder.decode(piece)
            piece = file.read(_PIECE)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def _delimiter(text: io.TextIOWrapper) -> str:
    """The delimiter that cuts the first lines into the most columns, as evenly as may be."""
    lines = [line for _, line in zip(range(20), text, strict=False) if line.strip()]
    text.detach()
    if lines and lines[0][:4] == "sep=" and len(lines[0].strip()) == 5:
        return lines[0][4]

    def cuts(delimiter: str) -> tuple[int, int]:
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
        except csv.Error:
            return 0, 0
        return sum(width == widths[0] for width in widths) * min(widths[0] - 1, 1), widths[0]

    best = max(DELIMITERS, key=cuts)
    return best if cuts(best)[1] > 1 else ","
