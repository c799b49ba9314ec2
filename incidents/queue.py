"""The queue of reports: what a filter asks, and how many reports answer it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, select

from incidents.db import db
from incidents.models import Report, User

STATES = ("new", "joined", "set_aside", "all")
SOURCES = ("web", "mail", "staff", "processor")
AGES = {"day": timedelta(days=1), "week": timedelta(days=7)}  # "older" is what is beyond
WHO = ("me", "nobody")
COUNTED = 1_000  # the newest reports of a state that are counted: a million are not
MANY = 99


@dataclass(frozen=True)
class Filter:
    """What the list shows. Empty: everything."""

    show: str = "new"
    source: str = ""
    age: str = ""
    who: str = ""
    twice: str = ""  # "yes": only those that should be looked at twice

    @classmethod
    def read(cls, asked: Mapping[str, Any]) -> "Filter":
        """A filter from the page's address, or as it was kept; what is unknown is left out.

        >>> Filter.read({"show": "all", "source": "fax", "who": "me"})
        Filter(show='all', source='', age='', who='me', twice='')
        """

        def one_of(name: str, known: tuple[str, ...], otherwise: str = "") -> str:
            value = str(asked.get(name) or "")
            return value if value in known else otherwise

        return cls(
            one_of("show", STATES, "new"),
            one_of("source", SOURCES),
            one_of("age", (*AGES, "older")),
            one_of("who", WHO),
            one_of("twice", ("yes",)),
        )

    def asks(self, **changed: str) -> dict[str, Any]:
        """As the page's address has it: only what differs from everything."""
        values = {**asdict(self), **changed}
        return {name: value for name, value in values.items() if value and value != "new"}

    @property
    def is_plain(self) -> bool:
        return not (self.source or self.age or self.who or self.twice)

    def where(self, query: Select[Any], user: User, at: datetime) -> Select[Any]:
        """The reports that answer it."""
        if self.show != "all":
            query = query.where(Report.state == self.show)
        if self.source == "processor":
            query = query.where(Report.processor_id.is_not(None))
        elif self.source:
            query = query.where(Report.source == self.source, Report.processor_id.is_(None))
        if self.age == "older":
            query = query.where(Report.received_at < at - AGES["week"])
        elif self.age:
            query = query.where(Report.received_at >= at - AGES[self.age])
        if self.who == "me":
            query = query.where(Report.assignee_id == user.id)
        elif self.who == "nobody":
            query = query.where(Report.assignee_id.is_(None))
        if self.twice:
            query = query.where(Report.mark.is_not(None))
        return query


@dataclass(frozen=True)
class Counts:
    """How many reports of one state there are by source, age and person; `all` of them."""

    all: int
    source: Mapping[str, int]
    age: Mapping[str, int]
    who: Mapping[str, int]
    twice: int
    cut: bool  # there are more than were counted


def counts(show: str, user: User, at: datetime) -> Counts:
    """Counted over the newest thousand of a state, in one query."""
    columns: list[Any] = [
        Report.source,
        Report.processor_id,
        Report.received_at,
        Report.assignee_id,
        Report.mark,
    ]
    every: Select[Any] = select(*columns)
    query = Filter(show).where(every, user, at)
    rows = db.session.execute(query.order_by(Report.id.desc()).limit(COUNTED + 1)).all()
    source: Counter[str] = Counter()
    age: Counter[str] = Counter()
    who: Counter[str] = Counter()
    twice = 0
    for row in rows[:COUNTED]:
        source["processor" if row.processor_id else row.source] += 1
        old = at - row.received_at
        age["day"] += old <= AGES["day"]
        age["week"] += old <= AGES["week"]
        age["older"] += old > AGES["week"]
        who["nobody"] += row.assignee_id is None
        who["me"] += row.assignee_id == user.id
        twice += row.mark is not None
    return Counts(min(len(rows), COUNTED), source, age, who, twice, len(rows) > COUNTED)


def few(state: str) -> int:
    """How many reports are in a state, counted to a hundred at most."""
    query = select(Report.id)
    if state != "all":
        query = query.where(Report.state == state)
    return len(db.session.scalars(query.limit(MANY + 1)).all())


def capped(count: int) -> str | None:
    """A count as it is shown: "99+" when there are more; None for none.

    >>> capped(0), capped(7), capped(100)
    (None, '7', '99+')
    """
    return None if not count else str(count) if count <= MANY else f"{MANY}+"
