"""Pure: what becomes of each row of a list: a person to tell, one told already, or none."""

from collections import Counter
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from notifications.recipients import addresses
from notifications.recipients.columns import Columns
from notifications.recipients.columns import language as language_of
from notifications.recipients.table import Shape, rows

# What a row is. Only "new" rows become people.
OUTCOMES = ("new", "known", "duplicate", "invalid", "missing")
SHOWN = 100  # problems kept with the preview; all of them stand in the download


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a list: its line, and what it is. `language` is two letters or None."""

    line: int
    outcome: str
    address: str = ""
    key: str = ""
    name: str | None = None
    language: str | None = None
    reason: str = ""


def sift(
    file: BinaryIO,
    shape: Shape,
    columns: Columns,
    key: Callable[[str], str],
    known: Container[bytes],
) -> Iterator[Row]:
    """Each row of the file and its outcome, in order; the first of two equal addresses counts.

    `key` gives the keyed hash of an address, whatever its case, as 32 hex digits; `known` holds
    those on the list already, as 16 bytes. Memory grows by about 100 bytes a person, for the
    hashes seen. Raises table.BadTable in mid-way.
    """
    seen: set[bytes] = set()
    for number, (line, cells) in enumerate(rows(file, shape.encoding, shape.delimiter)):
        if number == 0 and columns.named:
            continue
        try:
            address = addresses.check(_cell(cells, columns.address))
        except addresses.BadAddress as error:
            reason = str(error)
            outcome = "missing" if reason == addresses.NO_ADDRESS else "invalid"
            yield Row(line, outcome, reason=reason)
            continue
        hashed = key(address)
        raw = bytes.fromhex(hashed)
        if raw in seen:
            yield Row(line, "duplicate", address, hashed)
            continue
        seen.add(raw)
        if raw in known:
            yield Row(line, "known", address, hashed)
            continue
        yield Row(
            line,
            "new",
            address,
            hashed,
            addresses.name(
                _cell(cells, columns.name),
                _cell(cells, columns.first),
                _cell(cells, columns.last) if columns.name is None else None,
            ),
            language_of(_cell(cells, columns.language)),
        )


def _cell(cells: list[str], number: int | None) -> str:
    return cells[number] if number is not None and number < len(cells) else ""


@dataclass
class Findings:
    """What a list holds: counts by outcome and language, and the first rows with a problem."""

    outcomes: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)  # of new people; "" = not said
    unnamed: int = 0
    problems: list[tuple[int, str]] = field(default_factory=list)

    def take(self, row: Row) -> None:
        """Count one row."""
        self.outcomes[row.outcome] += 1
        if row.outcome == "new":
            self.languages[row.language or ""] += 1
            self.unnamed += row.name is None
        elif row.reason and len(self.problems) < SHOWN:
            self.problems.append((row.line, row.reason))

    def as_json(self) -> dict[str, Any]:
        """Numbers, and lines with their reasons; nothing of the people themselves."""
        return {
            **{outcome: self.outcomes[outcome] for outcome in OUTCOMES},
            "rows": self.outcomes.total(),
            "languages": dict(self.languages),
            "unnamed": self.unnamed,
            "problems": [list(problem) for problem in self.problems],
        }
