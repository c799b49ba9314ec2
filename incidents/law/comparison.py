"""What another day's law would make of a case: the differences, duty by duty."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from incidents.law.answer import Assessment
from incidents.law.book import Book, shipped_book
from incidents.law.facts import Facts
from incidents.law.profile import Profile
from incidents.law.regimes import Check, Regime, regimes

WHOM = ("authority", "subjects", "controllers")


@dataclass(frozen=True)
class Difference:
    """One thing that comes out otherwise. `what`: risk, hours, authority, subjects, controllers,
    or "law:" and the code of another regime. `was` is by the case's own day."""

    what: str
    was: Any
    now: Any

    def as_json(self) -> dict[str, Any]:
        """{"what", "was", "now"}."""
        return {"what": self.what, "was": self.was, "now": self.now}

    def __str__(self) -> str:
        return f"{self.what}: {self.was} -> {self.now}"


def compare(
    facts: Facts,
    profile: Profile,
    own_day: date,
    other_day: date,
    book: Book | None = None,
    rows: tuple[Regime, ...] | None = None,
) -> list[Difference]:
    """Judge one case by the law of its own day and of another, and list what differs.

    `book` and `rows` hold other tables than the shipped ones, to see what a change would do.

    >>> for one in compare(Facts(), Profile({"IN": 2}), date(2026, 11, 23), date(2027, 6, 1)):
    ...     print(one)
    law:in: later -> due, complement 72 hours from awareness
    """
    law = book or shipped_book()
    then, other = (dict(_outcome(facts, profile, day, law, rows)) for day in (own_day, other_day))
    return [
        Difference(what, then.get(what, "none"), other.get(what, "none"))
        for what in {**then, **other}
        if then.get(what) != other.get(what)
    ]


def _outcome(
    facts: Facts, profile: Profile, day: date, book: Book, rows: tuple[Regime, ...] | None
) -> Iterator[tuple[str, Any]]:
    answer = Assessment.of(facts, day, book.on(day))
    yield "risk", answer.risk_word
    yield "hours", answer.law.gdpr.hours
    for whom in WHOM:
        duty, certain = answer.outcome[whom]
        yield whom, ("tell" if duty else "need not be told") + ("" if certain else ", not certain")
    for check in regimes(facts, profile, day, rows, book):
        if check.regime.code != "eu":  # that is the authority and the subjects above
            yield f"law:{check.regime.code}", _said(check)


def _said(check: Check) -> str:
    """State and limits: a limit that another day's law changes is a difference, too."""
    if check.state != "due":
        return check.state
    limits = [
        f"{step.step.what} {period.n} {period.unit} from {period.start}"
        for step in check.steps
        if step.state == "due"
        for period in step.step.within
    ]
    return "due" + "".join(f", {limit}" for limit in limits)


def problems(tables: Mapping[str, Any]) -> list[str]:
    """What a reader of tables should know is missing: neither a law nor a regime is in them.

    >>> problems({"gdpr": [{}]}), problems({})
    ([], ['It holds no [[gdpr]], [[guidance]] or [[regime]] table.'])
    """
    if any(tables.get(name) for name in ("gdpr", "guidance", "regime")):
        return []
    return ["It holds no [[gdpr]], [[guidance]] or [[regime]] table."]
