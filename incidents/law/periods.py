"""Periods of other regimes: hours, calendar days, business days, months, or words alone.

Days are counted as whole times 24 hours, and business days leave out Saturdays and Sundays but no
holidays: what comes out is never later than the law of the place would have it.
"""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from incidents.law.words import N_, Sentence

# Where a clock starts: the stamp's key, and how it is said after "within 72 hours".
STARTS = {
    "discovery": N_("from discovery"),
    "awareness": N_("from the moment you became aware"),
    "attack": N_("from the moment you knew of the attack"),
    "classification": N_("from the classification of the incident as major"),
    "assessment": N_("from the moment you assessed it as notifiable"),
    "people_told": N_("from telling the people"),
    "first_report": N_("from the first report"),
    "fix": N_("from the availability of a fix"),
    "year_end": N_("from the end of the year of discovery"),
}
PROMPT = {
    "undue_delay": N_("without undue delay"),
    "promptly": N_("promptly"),
    "immediately": N_("immediately"),
    "soonest": N_("as soon as possible"),
    "practicable": N_("as soon as practicable"),
}
UNITS = {
    "hours": N_("within %(n)s hours"),
    "days": N_("within %(n)s calendar days"),
    "business_days": N_("within %(n)s business days"),
    "months": N_("within one month"),  # no regime counts more
}


@dataclass(frozen=True)
class Period:
    """So many of a unit from a start; `start` is a key of STARTS, `unit` one of UNITS."""

    n: int
    unit: str
    start: str

    def end(self, stamps: Mapping[str, datetime]) -> datetime | None:
        """The end in UTC, or None where the start is not known.

        >>> at = datetime(2026, 11, 20, 9, tzinfo=UTC)  # a Friday
        >>> Period(3, "business_days", "awareness").end({"awareness": at}).isoformat()
        '2026-11-25T09:00:00+00:00'
        >>> Period(3, "hours", "attack").end({"awareness": at}) is None
        True
        """
        begin = _start(self.start, stamps)
        return None if begin is None else _ADD[self.unit](begin.astimezone(UTC), self.n)

    def said(self) -> tuple[Sentence, Sentence]:
        """How long, and from when: two sentences to be said one after the other."""
        return Sentence(UNITS[self.unit], {"n": self.n}), Sentence(STARTS[self.start])


def read_period(table: Mapping[str, Any]) -> Period:
    """A Period from a table such as {hours = 72, from = "awareness"}.

    >>> read_period({"hours": 72, "from": "awareness"})
    Period(n=72, unit='hours', start='awareness')
    """
    (unit,) = table.keys() & UNITS.keys()
    if table["from"] not in STARTS:
        raise ValueError(f"no start of a period: {table['from']}")
    return Period(table[unit], unit, table["from"])


def _start(name: str, stamps: Mapping[str, datetime]) -> datetime | None:
    if name == "year_end" and "discovery" in stamps:
        return datetime(stamps["discovery"].year + 1, 1, 1, tzinfo=UTC)
    return stamps.get(name)


def _business(begin: datetime, n: int) -> datetime:
    while n:
        begin += timedelta(days=1)
        n -= begin.weekday() < 5
    return begin


def _months(begin: datetime, n: int) -> datetime:
    year, month0 = divmod(begin.year * 12 + begin.month - 1 + n, 12)
    last = calendar.monthrange(year, month0 + 1)[1]
    return begin.replace(year=year, month=month0 + 1, day=min(begin.day, last))


_ADD = {
    "hours": lambda begin, n: begin + timedelta(hours=n),
    "days": lambda begin, n: begin + timedelta(days=n),
    "business_days": _business,
    "months": _months,
}
