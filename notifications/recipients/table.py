"""Pure: a CSV file of any usual make, read row by row: its encoding, delimiter and lines.

No guessing by statistics: a byte order mark says UTF-8 or UTF-16; without one the file is UTF-8
if all of it is, else Windows-1252, which is what spreadsheets in Western Europe write.
"""

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from notifications.recipients import columns


def N_(text: str) -> str:  # noqa: N802 - the name that translators' tools look for
    """Mark a text for translation without translating it here."""
    return text


DELIMITERS = (",", ";", "\t", "|")
# Tried only where none of those cuts anything: they stand in ordinary text, too.
SELDOM = ("^", "~", "¦", "¬", "§", "#", ":", "\x1f", "\x01")
MOST_COLUMNS = 500
_PIECE = 1 << 16
_TOP = 20  # rows among which the one that names the columns is looked for

EMPTY = N_("The file is empty.")
CUT = N_(
    "The file ends in the middle of a row (line %(line)s): it was cut off on its way. Nothing was "
    "taken from it. Export it again, and upload it again."
)
WIDE = N_(
    "The file has more than %(most)s columns. Keep those that say who is concerned, and upload the "
    "file again."
)
HUGE = N_(
    "Line %(line)s has a cell of more than 100,000 characters. Correct that line, and upload the "
    "file again."
)
NOT_TEXT = N_("This is not a text file. Upload a list saved as CSV.")
NO_LIST = N_(
    "This is a PDF, a web page or a letter, and no list. Where it comes from, export the people as "
    "CSV or XLSX, and choose that file."
)
_NO_LISTS = (b"%pdf-", b"{\\rtf", b"<!doctype", b"<html", b"<table", b"<?xml")
BROKEN = N_(
    "The file cannot be read from line %(line)s on: a quotation mark is opened there and not "
    "closed, or closed too early. Correct that line, and upload the file again."
)


class BadTable(ValueError):
    """A file that is no table. `text` says why and what to do, untranslated; `line` where."""

    def __init__(self, text: str, line: int = 0, most: int = 0) -> None:
        super().__init__(text)
        self.text, self.line = text, line
        self.params = {"line": line, "most": most}


@dataclass(frozen=True)
class Shape:
    """How a file is written. `top`: its first rows; `ended`: whether its last line ends."""

    encoding: str
    delimiter: str
    top: tuple[tuple[str, ...], ...]
    ended: bool = True

    @property
    def header(self) -> int:
        """The row of `top` that names the columns: the first that names most of them, with the
        addresses; else the one above the first row with an address; else the first."""
        known = [columns.knows(row) for row in self.top]
        if any(known):
            return known.index(max(known))
        for number, row in enumerate(self.top):
            if any("@" in cell for cell in row):
                above = self.top[number - 1] if number else ()
                named = len(row) > 1 and len(above) == len(row) and all(cell for cell in above)
                return number - 1 if named else -1
        return 0


def shape(file: BinaryIO) -> Shape:
    """Read a whole file once, in flat memory, and say how it is written. Raises BadTable."""
    encoding, ended = _encoding(file)
    delimiter = _delimiter(_text(file, encoding))
    top = []
    for _, cells in rows(file, encoding, delimiter):
        if len(cells) > MOST_COLUMNS:
            raise BadTable(WIDE, most=MOST_COLUMNS)
        top.append(tuple(cell.strip()[:200] for cell in cells))
        if len(top) == _TOP:
            break
    if not top:
        raise BadTable(EMPTY)
    return Shape(encoding, delimiter, tuple(top), ended)


def rows(
    file: BinaryIO, encoding: str, delimiter: str, ended: bool | None = None
) -> Iterator[tuple[int, list[str]]]:
    """The line (from 1) on which each row begins, and its cells. Empty lines are left out.
    `ended`: whether its last line ends, where that is known; else it is looked up.

    Raises BadTable in mid-way for a row that cannot be read, and at the end where the last row
    has fewer cells than every row before it and its line does not end: the file was cut.
    """
    text = _text(file, encoding)
    # Strict: an open quotation mark would otherwise swallow the people that follow, silently.
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    line = least = 0

    def cut_off() -> bool:
        return not (_ended(file) if ended is None else ended)

    last: tuple[int, list[str]] | None = None
    try:
        for cells in reader:
            begins, line = line + 1, reader.line_num
            if begins == 1 and cells and cells[0][:4] == "sep=" and len(cells) <= 2:
                continue  # Excel's own first line
            if not cells or not (cells[0] or any(cell.strip() for cell in cells)):
                continue
            # One row behind, since only after the last one is it known to be the last.
            if last is not None:
                yield last
                if len(last[1]) < least or not least:
                    least = len(last[1])
            last = begins, cells
        if last is not None:
            if len(last[1]) < least and cut_off():
                raise BadTable(CUT, last[0])
            yield last
    except csv.Error as error:
        if "field limit" in str(error):
            raise BadTable(HUGE, line + 1) from error
        if "end of data" in str(error) and cut_off():
            raise BadTable(CUT, line + 1) from error
        raise BadTable(BROKEN, line + 1) from error
    finally:
        text.detach()


def _text(file: BinaryIO, encoding: str) -> io.TextIOWrapper:
    if file.seekable():
        file.seek(0)
    return io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="")


def _ended(file: BinaryIO) -> bool:
    """Whether the last line of a file ends with a line break, in any encoding."""
    at = file.tell()
    end = file.seek(0, io.SEEK_END)
    file.seek(max(0, end - 2))
    tail = file.read(2)
    file.seek(at)
    return tail.strip(b"\0")[-1:] in (b"\n", b"\r")


def _encoding(file: BinaryIO) -> tuple[str, bool]:
    """The encoding of a file, and whether its last line ends. Raises BadTable."""
    file.seek(0)
    start = file.read(_PIECE)
    if not start.strip(b"\0 \r\n\t\xef\xbb\xbf\xff\xfe"):
        raise BadTable(EMPTY)
    if start.lstrip(b"\xef\xbb\xbf \t\r\n")[:9].lower().startswith(_NO_LISTS):
        raise BadTable(NO_LIST)
    wide = _wide(start)
    if wide is None and b"\0" in start:
        raise BadTable(NOT_TEXT)
    lines, cut = 1, False
    decoder = codecs.getincrementaldecoder(wide or "utf-8")()
    try:
        piece = start
        while piece:
            lines += decoder.decode(piece).count("\n")
            piece = file.read(_PIECE)
        cut = True  # what goes wrong from here on is a character without its end
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        if cut:
            raise BadTable(CUT, lines) from error
        if wide:
            raise BadTable(NOT_TEXT) from error
        return "cp1252", _ended(file)
    return wide or "utf-8-sig", _ended(file)


def _wide(start: bytes) -> str | None:
    """The kind of UTF-16 a file is written in, with its mark or without; None for no such."""
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\0" in start:
        # Without its mark: every other byte of Western text is zero.
        for encoding, offset in (("utf-16-le", 1), ("utf-16-be", 0)):
            half = start[offset::2]
            if half.count(0) > len(half) * 0.7:
                return encoding
    return None


def _delimiter(text: io.TextIOWrapper) -> str:
    """The delimiter that cuts the first lines into the most columns, as evenly as may be."""
    lines = [line for _, line in zip(range(20), text, strict=False) if line.strip()]
    text.detach()
    if lines and lines[0][:4] == "sep=" and len(lines[0].rstrip("\r\n")) == 5:
        return lines[0][4]

    def cuts(delimiter: str) -> tuple[int, int]:
        """How many lines it cuts into equally many columns, and into how many."""
        try:
            widths = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter) if row)
        except csv.Error:
            return 0, 0
        del widths[1]
        width, count = max(widths.items(), key=lambda pair: (pair[1], pair[0]), default=(0, 0))
        return count, width

    best = max(DELIMITERS, key=cuts)
    if cuts(best)[0]:
        return best
    best = max(SELDOM, key=cuts)
    return best if cuts(best)[0] == len(lines) else ","
