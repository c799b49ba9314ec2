"""What would change the answer: each single fact, set to each other value that it may have."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from incidents.law.book import Guidance
from incidents.law.facts import Facts, plain
from incidents.law.reading import KINDS
from incidents.law.unknowns import ENDS, is_open, open_weighed
from incidents.law.vocabulary import Role

# One kind of data for each weight, to be added in thought.
_ADDED = ("identity", "date_of_birth", "financial_account", "health")
_CLAIMS = ("risk_neutralised", "disproportionate_effort")

Outcome = dict[str, tuple[bool, bool]]
"""By whom (authority, subjects, controllers): (duty, certain)."""


@dataclass(frozen=True)
class Flip:
    """One fact that, were it otherwise, would change a duty. `changes`: whom -> duty then."""

    fact: str
    was: Any
    would_be: Any
    changes: dict[str, bool]

    def as_json(self) -> dict[str, Any]:
        """{"fact", "from", "to", "changes"}, values as in the facts' own JSON."""
        return {
            "fact": self.fact,
            "from": plain(self.was),
            "to": plain(self.would_be),
            "changes": self.changes,
        }


def flips(facts: Facts, guidance: Guidance, judge: Callable[[Facts], Outcome]) -> list[Flip]:
    """Every single change of a fact that changes a duty, in either direction.

    Of a number only the nearest limits are shown that change something of their own.
    """
    now = judge(facts)
    found: list[Flip] = []
    for key in (*ENDS, "controller_role", *_CLAIMS):
        for value in others(facts, key, guidance):
            then = judge(replace(facts, **{key: value}))
            changes = {whom: duty for whom, (duty, _) in then.items() if duty != now[whom][0]}
            flip = Flip(key, getattr(facts, key), value, changes)
            if changes and not _says_the_same(found, flip):
                found.append(flip)
    return found


def _says_the_same(found: list[Flip], flip: Flip) -> bool:
    is_number = KINDS[flip.fact].name in ("int", "number")
    return is_number and any(one.fact == flip.fact and one.changes == flip.changes for one in found)


def ask_next(facts: Facts, guidance: Guidance, judge: Callable[[Facts], Outcome]) -> list[str]:
    """The facts that are not known and keep the answer open, those that settle most first.

    Empty once the answer is certain. Where no single fact settles anything, all that weigh.
    """
    now = judge(facts)
    if all(certain for _, certain in now.values()):
        return []
    effects = {}
    for key in (*open_weighed(facts), *_role_if_open(facts)):
        outcomes = [judge(replace(facts, **{key: v})) for v in others(facts, key, guidance)]
        effects[key] = sum(outcome != now for outcome in outcomes)
    return sorted((key for key in effects if effects[key]), key=lambda key: -effects[key]) or list(
        effects
    )


def _role_if_open(facts: Facts) -> tuple[str, ...]:
    return ("controller_role",) if facts.controller_role is None else ()


def others(facts: Facts, key: str, guidance: Guidance) -> Iterator[Any]:
    """The other values of a fact that can matter: all words, both answers, each side of a limit."""
    now = getattr(facts, key)
    if key == "data_categories":
        yield from _other_categories(facts)
        return
    for value in _values(key, guidance):
        if value != now:
            yield value


def _values(key: str, guidance: Guidance) -> tuple[Any, ...]:
    kind = KINDS[key]
    if kind.name == "choice":
        return tuple(kind.words)
    if key == "controller_role":
        return tuple(Role)
    if key == "subject_count":
        return (
            1,
            guidance.few_people + 1,
            guidance.many_people + 1,
            guidance.very_many_people + 1,
        )
    if key == "recipient_count":
        return (1, 2, guidance.numerous_recipients + 1)
    if key == "restoration_hours":
        return (guidance.prompt_hours, guidance.prompt_hours + 1)
    return (True,) if key in _CLAIMS else (False, True)


def _other_categories(facts: Facts) -> Iterator[frozenset[str]]:
    now = facts.data_categories or frozenset()
    if is_open(facts, "data_categories"):
        yield frozenset({"pseudonym"})
    for category in sorted(now):
        if len(now) > 1:
            yield now - {category}
    for category in _ADDED:
        if category not in now:
            yield now | {category}
