"""The ENISA severity score, shown beside the answer as an aid.

ENISA, Recommendations for a methodology of the assessment of severity of personal data breaches,
v1.0 (December 2013): SE = DPC x EI + CB. The published regulator cases disagree with it in both
directions, so it may ask for a second look and never lowers a result.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from incidents.law.book import Guidance, shipped
from incidents.law.disclosure import are_few_known_recipients, is_unintelligible
from incidents.law.facts import Facts
from incidents.law.unknowns import harshest, kindest
from incidents.law.vocabulary import (
    AvailabilityLoss,
    Backup,
    ConfidentialityLoss,
    Exfiltration,
    Identifiable,
    IntegrityLoss,
)

Span = tuple[float, float]
NUMEROUS, UNINTELLIGIBLE = "more than 100 individuals", "unintelligible data"


@dataclass(frozen=True)
class Severity:
    """Each part as (least, greatest); equal where nothing open matters. Scores run 0.25 to 6."""

    dpc: Span
    ei: Span
    cb: Span
    least: float
    greatest: float
    levels: tuple[str, str]
    flags: tuple[str, ...]

    @property
    def asks_again(self) -> bool:
        """Whether the score is high whatever is open, and the data can be read.

        Then a duty denied deserves a second look.
        """
        return self.least >= _scale().levels["high"] and UNINTELLIGIBLE not in self.flags

    def as_json(self) -> dict[str, Any]:
        """dpc, ei, cb: a number, or [least, greatest] while facts are open; level likewise."""
        return {
            "dpc": _one_or_both(self.dpc),
            "ei": _one_or_both(self.ei),
            "cb": _one_or_both(self.cb),
            "min": self.least,
            "max": self.greatest,
            "level": _one_or_both(self.levels),
            "flags": list(self.flags),
            "method": _scale().method,
        }


@dataclass(frozen=True)
class Scale:
    """The tables of the method."""

    method: str
    many_individuals: int
    context: Mapping[str, int]
    kinds: Mapping[str, str]
    little_insight: frozenset[str]
    identification: Mapping[str, float]
    levels: Mapping[str, float]


@cache
def _scale() -> Scale:
    table = tomllib.loads(shipped("severity.toml"))
    kinds = table["kinds"]
    little = frozenset(kinds.pop("little_insight"))
    return Scale(
        method=table["method"],
        many_individuals=table["many_individuals"],
        context=table["context"],
        kinds={category: kind for kind, names in kinds.items() for category in names},
        little_insight=little,
        identification=table["identification"],
        levels=table["levels"],
    )


def severity(facts: Facts, guidance: Guidance) -> Severity:
    """The score of the kindest and of the harshest reading of what is open.

    >>> from datetime import date
    >>> from incidents.law.book import shipped_book
    >>> span = severity(Facts(), shipped_book().on(date(2026, 11, 23)).guidance)
    >>> span.least, span.greatest
    (0.25, 6.0)
    """
    mild, worst = kindest(facts)[0], harshest(facts)
    dpc = (context(mild, guidance), context(worst, guidance))
    ei = (identification(mild), identification(worst))
    cb = (circumstances(mild, guidance), circumstances(worst, guidance))
    least, greatest = (round(dpc[end] * ei[end] + cb[end], 2) for end in (0, 1))
    flags = []
    if facts.subject_count is not None and facts.subject_count > _scale().many_individuals:
        flags.append(NUMEROUS)
    if is_unintelligible(worst):
        flags.append(UNINTELLIGIBLE)
    return Severity(dpc, ei, cb, least, greatest, (level(least), level(greatest)), tuple(flags))


def context(facts: Facts, guidance: Guidance) -> int:
    """DPC, 1 to 4: the highest of the categories that the data fall into.

    Raised for vulnerable people, for Art. 9 and 10 data, and to a profile where fraud is open;
    lowered for one piece of behaviour seen by few known people.
    """
    scale = _scale()
    categories = facts.data_categories or frozenset()
    if are_few_known_recipients(facts, guidance):
        categories -= scale.little_insight
    kinds = {scale.kinds.get(category, "simple") for category in categories} | {"simple"}
    value = max(scale.context[kind] for kind in kinds)
    if facts.fraud_enabling or facts.credentials_exposed:
        value = max(value, scale.context["behavioural"])
    if facts.special_category or facts.criminal_data:
        value = scale.context["sensitive"]
    return min(value + bool(facts.vulnerable_subjects), scale.context["sensitive"])


def identification(facts: Facts) -> float:
    """EI, 0.25 to 1: how easily the people are told from the data."""
    return _scale().identification[facts.identifiable or Identifiable.DIRECT]


def circumstances(facts: Facts, guidance: Guidance) -> float:
    """CB, 0 to 2: what was lost, to how many, and whether on purpose."""
    return (
        _confidentiality(facts, guidance) + _integrity(facts) + _availability(facts) + _ill(facts)
    )


def _confidentiality(facts: Facts, guidance: Guidance) -> float:
    numerous = (
        facts.recipient_known is True
        and (facts.recipient_count or 0) > guidance.numerous_recipients
    )
    confirmed = (
        facts.confidentiality_loss is ConfidentialityLoss.CONFIRMED
        or facts.exfiltration is Exfiltration.CONFIRMED
    )
    if facts.public_exposure or (confirmed and numerous):
        return 0.5
    return 0.25 if confirmed else 0.0


def _integrity(facts: Facts) -> float:
    if facts.integrity_loss in (IntegrityLoss.NONE, IntegrityLoss.TEMPORARY):
        return 0.0
    kept = facts.backup_available in (Backup.ELECTRONIC, Backup.NOT_APPLICABLE)
    return 0.25 if kept or facts.integrity_loss is IntegrityLoss.POSSIBLE else 0.5


def _availability(facts: Facts) -> float:
    return {
        AvailabilityLoss.TEMPORARY_PROLONGED: 0.25,
        AvailabilityLoss.PERMANENT: 0.5,
    }.get(facts.availability_loss or AvailabilityLoss.NONE, 0.0)


def _ill(facts: Facts) -> float:
    return 0.5 if facts.malicious else 0.0


def level(score: float) -> str:
    """The name of a score.

    >>> level(1.99), level(2), level(4.25)
    ('low', 'medium', 'very high')
    """
    return [name for name, begins in _scale().levels.items() if begins <= score][-1]


def _one_or_both(span: tuple[Any, Any]) -> Any:
    return span[0] if span[0] == span[1] else list(span)
