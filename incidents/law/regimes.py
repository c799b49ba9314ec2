"""Other laws that may ask for a notification, as dated data: which are due, which to find out.

A regime is a row of regimes.toml or regimes_world.toml; its steps name whom to tell, on which
tests (incidents.law.triggers), and by when. The rows say how well they were checked.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from incidents.law import triggers
from incidents.law.book import Book, shipped, shipped_book
from incidents.law.facts import Facts
from incidents.law.found import Found, all_of, any_of
from incidents.law.periods import PROMPT, Period, read_period
from incidents.law.places import expand
from incidents.law.profile import Profile
from incidents.law.risk import risk_range
from incidents.law.triggers import Case, ask, lives_there
from incidents.law.vocabulary import Role
from incidents.law.words import N_

FILES = ("regimes.toml", "regimes_world.toml")
SEEN = {
    "yes": N_("Seen in a source"),
    "partly": N_("Partly from memory: check it first"),
    "no": N_("From memory: check it first"),
}
WHAT = {
    "authority": N_("Tell the authority"),
    "warning": N_("Early warning to the authority"),
    "report": N_("Report to the authority"),
    "complement": N_("The rest to the authority"),
    "final": N_("Final report to the authority"),
    "assess": N_("Finish the assessment"),
    "people": N_("Tell the people"),
    "clients": N_("Tell the users of the service"),
    "media": N_("Tell the media"),
    "agencies": N_("Tell the credit agencies"),
    "complaint": N_("File a complaint with the police or the prosecutor"),
}
DUE, NOT_DUE, FIND_OUT, LATER = "due", "not_due", "find_out", "later"


@dataclass(frozen=True)
class Step:
    """One thing a regime asks. `needs`: all must hold; within an inner tuple, one of them.

    `what` is a key of WHAT, `prompt` one of PROMPT or None, `within` the outer limits, of which
    the earliest counts. `expected` marks a limit that the authority expects and no law states.
    """

    what: str
    needs: tuple[tuple[str, ...], ...]
    prompt: str | None
    within: tuple[Period, ...]
    expected: bool = False


@dataclass(frozen=True)
class Regime:
    """One law. `texts` maps a language to name, to, trigger, content, exemptions, note, own.

    `seen` is a key of SEEN. `applies` are tests that hold for the whole regime; `where` are codes
    of places. `controller` is False where the duty binds whoever runs the service.
    """

    code: str
    citation: str
    seen: str
    valid_from: date
    where: tuple[str, ...]
    applies: tuple[tuple[str, ...], ...]
    controller: bool
    texts: Mapping[str, Mapping[str, str]]
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class StepCheck:
    """What became of one step. `due_at` is in UTC, None where the law names no hour or the start
    of its clock is not known."""

    step: Step
    state: str
    asks: tuple[str, ...]
    due_at: datetime | None


@dataclass(frozen=True)
class Check:
    """What became of one regime: due, not_due, find_out, or later (not law on that day).

    `on_behalf`: the duty is that of the controllers for whom a processor works.
    """

    regime: Regime
    state: str
    asks: tuple[str, ...]
    steps: tuple[StepCheck, ...]
    on_behalf: bool = False

    @property
    def due_at(self) -> datetime | None:
        """The earliest due moment of the steps that are due."""
        moments = [step.due_at for step in self.steps if step.state == DUE and step.due_at]
        return min(moments, default=None)


@cache
def shipped_regimes() -> tuple[Regime, ...]:
    """All versions of all regimes, in the order of the files."""
    return read_regimes(*(shipped(name) for name in FILES))


def read_regimes(*texts: str) -> tuple[Regime, ...]:
    """Regimes from TOML texts. ValueError for a test, a period or a word that does not exist."""
    rows = [row for text in texts for row in tomllib.loads(text).get("regime", ())]
    return tuple(_regime(row) for row in rows)


def _regime(row: Mapping[str, Any]) -> Regime:
    if row["seen"] not in SEEN:
        raise ValueError(f"seen is one of {', '.join(SEEN)}, and not {row['seen']}")
    return Regime(
        code=row["code"],
        citation=row["citation"],
        seen=row["seen"],
        valid_from=row.get("valid_from", date.min),
        where=expand(tuple(row.get("where", ()))),
        applies=_needs(row.get("applies", ())),
        controller=row.get("controller", True),
        texts={language: row[language] for language in ("en", "fr")},
        steps=tuple(_step(step) for step in row["step"]),
    )


def _step(row: Mapping[str, Any]) -> Step:
    if row["what"] not in WHAT or row.get("prompt", "promptly") not in PROMPT:
        raise ValueError(f"no such step: {row['what']}, {row.get('prompt')}")
    return Step(
        what=row["what"],
        needs=_needs(row.get("needs", ())),
        prompt=row.get("prompt"),
        within=tuple(read_period(table) for table in row.get("within", ())),
        expected=row.get("expected", False),
    )


def _needs(rows: Any) -> tuple[tuple[str, ...], ...]:
    needs = tuple((row,) if isinstance(row, str) else tuple(row) for row in rows)
    for name in (name for group in needs for name in group):
        if not triggers.is_test(name):
            raise ValueError(f"no such test: {name}")
    return needs


def in_force(rows: tuple[Regime, ...], on: date) -> dict[str, Regime]:
    """By code the version of a day; of a regime that has not begun, its first version."""
    found: dict[str, Regime] = {}
    for row in sorted(rows, key=lambda row: row.valid_from):
        if row.valid_from <= on or row.code not in found:
            found[row.code] = row
    return {row.code: found[row.code] for row in rows}


def regimes(
    facts: Facts,
    profile: Profile,
    on: date,
    rows: tuple[Regime, ...] | None = None,
    book: Book | None = None,
) -> list[Check]:
    """Every regime on these facts by the law of a day, in the order of the files.

    What is due stays due, and what is not stays not due, whatever open answer is learned.

    >>> found = {check.regime.code: check.state for check in regimes(
    ...     Facts(), Profile({"ZA": 2}, places_complete=True), date(2026, 11, 23))}
    >>> found["gb"], found["nis2"], found["in"]
    ('not_due', 'find_out', 'later')
    """
    law = (book or shipped_book()).on(on)
    risk = risk_range(facts, law.guidance)
    current = in_force(shipped_regimes() if rows is None else rows, on)
    return [
        _check(row, Case(row.code, row.where, facts, profile, risk, law), on)
        for row in current.values()
    ]


def _check(regime: Regime, case: Case, on: date) -> Check:
    on_behalf = regime.controller and case.facts.controller_role == Role.PROCESSOR
    if regime.valid_from > on:
        return Check(regime, LATER, (), (), on_behalf)
    scope = all_of([lives_there(case), *_ask_all(regime.applies, case)])
    found = [all_of([scope, *_ask_all(step.needs, case)]) for step in regime.steps]
    steps = tuple(
        StepCheck(step, _state(one), one.asks, _due_at(step, case.profile))
        for step, one in zip(regime.steps, found, strict=True)
    )
    whole = any_of(found)
    return Check(regime, _state(whole), whole.asks, steps, on_behalf)


def _ask_all(needs: tuple[tuple[str, ...], ...], case: Case) -> list[Found]:
    return [any_of([ask(name, case) for name in group]) for group in needs]


def _state(found: Found) -> str:
    return {True: DUE, False: NOT_DUE, None: FIND_OUT}[found.holds]


def _due_at(step: Step, profile: Profile) -> datetime | None:
    ends = [end for period in step.within if (end := period.end(profile.stamps))]
    return min(ends, default=None)
