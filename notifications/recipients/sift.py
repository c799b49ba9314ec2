"""Pure: what becomes of each row of a list: a person to tell, one told already, or none."""

import re
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from itertools import islice, starmap
from typing import Any, BinaryIO, NamedTuple, TypeVar

from incidents.intake import one_line
from notifications.recipients import addresses, concerned
from notifications.recipients.addresses import is_plain, is_plain_name
from notifications.recipients.columns import Columns
from notifications.recipients.columns import language as language_of
from notifications.recipients.groups import MOST, Groups, TooManyGroups
from notifications.recipients.person import Person
from notifications.recipients.seen import SOME, Seen
from notifications.recipients.table import BadTable, Shape, rows


def N_(text: str) -> str:  # noqa: N802 - the name that translators' tools look for
    """Mark a text for translation without translating it here."""
    return text


TOO_MANY = N_(
    "The columns that say which data is concerned make more than %(most)s different groups of "
    "people, and each needs a paragraph of its own. Choose fewer of these columns, or bring the "
    "words in them into line."
)
CELL = 200  # characters of a free column that are kept
_REMEMBERED = 2_000  # cells of which the meaning is remembered: languages, countries, data
# "13002", "SW1Y 4JH", "1012 AB"; "4 le Puy" is a street: a postcode has no word in it.
_POSTCODE = re.compile(r"(?!.*\b[A-Z]{3})[A-Z]{0,2}[- ]?\d[A-Z0-9 -]{2,8}", re.IGNORECASE)
Known = TypeVar("Known")
_tuple = tuple.__new__  # a Row by its own constructor takes twice as long
_NOWHERE = 1 << 20  # the number of a column that no list has


class Row(NamedTuple):
    """One row of a list: its line, and what it is. `key`: 16 bytes."""

    line: int
    outcome: str
    key: bytes = b""
    parts: tuple[Any, ...] = ()  # of a person, as Person and `compact` take them; of others ()
    group: int = 0
    reason: str = ""

    @property
    def person(self) -> Person | None:
        """Who is to be told."""
        return Person(*self.parts) if self.parts else None


@dataclass
class Keys:
    """The keyed hashes, 16 bytes each: `address` of an address in lower case, `paper` of somebody
    who has none."""

    address: Callable[[str], bytes]
    paper: Callable[[str], bytes]


class Sieve:
    """Looks at one row after the other; the first of two equal addresses counts.

    `known` holds the keys of those on the list already. `expected`: how many rows the
    file may have, for whom some 16 bytes each are kept.
    """

    def __init__(
        self,
        columns: Columns,
        header: tuple[str, ...],
        keys: Keys,
        known: Container[bytes],
        groups: Groups,
        expected: int = SOME,
    ) -> None:
        self.columns, self.keys, self.known, self.groups = columns, keys, known, groups
        self.seen = Seen(expected)
        self.flags = [(n, concerned.category(_cell(header, n))) for n in columns.flags]
        self.fields = [(n, one_line(_cell(header, n), 60) or str(n + 1)) for n in columns.fields]
        self.grouped = bool(self.flags) or columns.data is not None
        self.bare = not (self.fields or columns.postal or columns.country is not None)
        self._address, self._name, self._language = (
            _NOWHERE if number is None else number
            for number in (columns.address, columns.name, columns.language)
        )
        if columns.first is not None and columns.last is not None:
            self._name = _NOWHERE  # the whole name only fills in for these two
        self._languages: dict[str, str] = {}
        self._countries: dict[str, str | None] = {}
        self._data: dict[tuple[str, ...], tuple[tuple[str, ...], int]] = {}

    def look(self, line: int, cells: list[str]) -> Row:
        """What this row is. Raises groups.TooManyGroups."""
        # A million of them go this way: what most are is found out here, and not in functions.
        address = cells[self._address] if self._address < len(cells) else ""
        if len(address) > 64 or not is_plain(address):  # what `check` asks first
            try:
                address = addresses.check(address)
            except addresses.BadAddress as error:
                if str(error) == addresses.NO_ADDRESS:
                    return self._without(line, cells)
                return Row(line, "invalid", reason=str(error))
        key = self.keys.address(address.casefold())
        if not self.seen.add(key):
            return Row(line, "duplicate", key)
        if key in self.known:
            return Row(line, "known", key)
        data, group = self._concerned(cells) if self.grouped else ((), 0)
        return _tuple(Row, (line, "new", key, self._parts(address, cells, data), group, ""))

    def _without(self, line: int, cells: list[str]) -> Row:
        """Somebody without an e-mail address gets a letter on paper, if it can be addressed."""
        data, group = self._concerned(cells) if self.grouped else ((), 0)
        parts = self._parts("", cells, data)
        _address, name, *_rest, post = parts
        if not (post or name):
            return Row(line, "missing", reason=addresses.NO_ADDRESS)
        about = f"{name or ''}\0{post or ''}".casefold()
        key = self.keys.paper(about)
        if not self.seen.add(key):
            if post:
                return Row(line, "duplicate", key)
            # Two of one name and no more known of them may be two people.
            count = 2
            while not self.seen.add(key := self.keys.paper(f"{about}\0{count}")):
                count += 1
        if key in self.known:
            return Row(line, "known", key)
        return Row(line, "paper", key, parts, group)

    def _parts(self, address: str, cells: list[str], data: tuple[str, ...]) -> tuple[Any, ...]:
        columns, width = self.columns, len(cells)
        name: str | None = None
        if self._name < width:
            name = cells[self._name]
            if len(name) > 64 or not is_plain_name(name):  # what `name` asks first
                name = addresses.name(name)
        elif columns.name is None or self._name == _NOWHERE:
            name = self._joined(cells)
        language = ""
        if self._language < width:
            cell = cells[self._language]
            known = self._languages.get(cell)
            language = self._language_of(cell) if known is None else known
        if self.bare:
            return address, name, language, None, data, {}, None
        return (
            address,
            name,
            language,
            self._country(cells) if columns.country is not None else None,
            data,
            self._fields(cells) if self.fields else {},
            postal(cells, columns.postal) if columns.postal else None,
        )

    def _joined(self, cells: list[str]) -> str | None:
        """First and last name; the whole name, where the list has one, for whoever lacks a part."""
        first, last = _cell(cells, self.columns.first), _cell(cells, self.columns.last)
        joined, whole = addresses.name(first, last), _cell(cells, self.columns.name)
        if whole and not (joined and first and last):
            return addresses.name(whole) or joined
        return joined

    def _language_of(self, cell: str) -> str:
        cell = cell[:80]
        return _remember(self._languages, cell, language_of(cell) or "")

    def _country(self, cells: list[str]) -> str | None:
        cell = _cell(cells, self.columns.country)[:80]
        if cell not in self._countries:
            return _remember(self._countries, cell, one_line(cell, 60))
        return self._countries[cell]

    def _concerned(self, cells: list[str]) -> tuple[tuple[str, ...], int]:
        """Which data of this person is concerned, and the number of the group that makes."""
        told = (
            _cell(cells, self.columns.data)[:400],
            *(_cell(cells, n)[:20] for n, _ in self.flags),
        )
        found = self._data.get(told)
        if found is None:
            words = concerned.several(told[0]) if told[0] else ()
            said = (
                name
                for (_, name), cell in zip(self.flags, told[1:], strict=True)
                if concerned.says_yes(cell)
            )
            data = concerned.ordered((*words, *said))
            found = _remember(self._data, told, (data, self.groups.number(data)))
        return found

    def _fields(self, cells: list[str]) -> dict[str, str]:
        values = ((name, one_line(_cell(cells, number), CELL)) for number, name in self.fields)
        return {name: value for name, value in values if value}


def _cell(cells: Any, number: int | None) -> str:
    return cells[number] if number is not None and number < len(cells) else ""


def _remember(memory: dict[Any, Known], cell: Any, meaning: Known) -> Known:
    """Keep what a cell means, for the million that follow; not for a million different ones."""
    if len(memory) >= _REMEMBERED:
        memory.clear()
    memory[cell] = meaning
    return meaning


def postal(cells: list[str], numbers: tuple[int, ...]) -> str | None:
    """A postal address from its parts, each on a line of its own, a postcode beside its town.

    >>> postal(["1 rue du Port", "", "13002", "Marseille"], (0, 1, 2, 3))
    '1 rue du Port\\n13002 Marseille'
    >>> postal(["4 le Puy", "43750", "Vals"], (0, 1, 2))
    '4 le Puy\\n43750 Vals'
    """
    lines: list[str] = []
    code = ""
    for number in numbers:
        for part in _cell(cells, number).splitlines():
            text = one_line(part, 100)
            if not text:
                continue
            if _POSTCODE.fullmatch(text):
                code = text
                continue
            lines.append(f"{code} {text}" if code else text)
            code = ""
    if code and lines:
        lines[-1] = f"{lines[-1]} {code}"
    return "\n".join(lines[:8]) or None


def whole(postal: str | None) -> bool:
    """Whether an address says more than a town: only then a letter arrives.

    >>> whole("1 rue du Port\\n13002 Marseille"), whole("12 Acacia Avenue, London")
    (True, True)
    >>> whole("13002 Marseille"), whole("97201 Portland\\nOR"), whole(None)
    (False, False, False)
    """
    text = postal or ""
    lines = [line for line in text.splitlines() if len(line.strip()) > 3]
    return len(lines) > 1 or "," in text or len(re.findall(r"\d[\d-]*", text)) > 1


def sift(file: BinaryIO, shape: Shape, sieve: Sieve) -> Iterator[Row]:
    """Each row of the file and what it is, in order. Raises table.BadTable in mid-way."""
    found = rows(file, shape.encoding, shape.delimiter, shape.ended)
    try:
        yield from starmap(sieve.look, islice(found, sieve.columns.header + 1, None))
    except TooManyGroups as error:
        raise BadTable(TOO_MANY, most=MOST) from error
