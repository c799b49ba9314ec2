"""Reading facts from JSON: every door has limits, and a refusal names what would be accepted."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from incidents.law.vocabulary import (
    COUNT_BANDS,
    DATA_CATEGORIES,
    SUBJECT_TYPES,
    Actor,
    AvailabilityLoss,
    Backup,
    BreachType,
    ConfidentialityLoss,
    Disruption,
    Exfiltration,
    Identifiable,
    IncidentType,
    IntegrityLoss,
    Protection,
    Role,
)
from incidents.law.words import N_, Sentence

LONGEST_WORD = 60
LONGEST_LIST = 60
MOST_PEOPLE = 10_000_000_000  # more than live on Earth


class BadFacts(ValueError):
    """A JSON that is not facts. `problems` maps each wrong field to a Sentence for the reader."""

    def __init__(self, problems: Mapping[str, Sentence]) -> None:
        self.problems = dict(problems)
        super().__init__(
            "\n".join(f"{name}: {what.english()}" for name, what in self.problems.items())
        )


class _Wrong(Exception):
    """One value is not acceptable; carries the Sentence."""


@dataclass(frozen=True)
class Kind:
    """What one fact may hold. `words` are all (or, if `is_open`, the known) values."""

    name: str  # choice, multi, bool, int, number, text
    words: type[StrEnum] | tuple[str, ...] = ()
    is_open: bool = False
    most: float = 0

    @property
    def known(self) -> tuple[str, ...]:
        """The values of the list, in the order in which they are offered."""
        return tuple(str(word) for word in self.words)


_BOOL = Kind("bool")
KINDS: dict[str, Kind] = {
    "incident_type": Kind("choice", IncidentType),
    "breach_types": Kind("multi", BreachType),
    "confidentiality_loss": Kind("choice", ConfidentialityLoss),
    "integrity_loss": Kind("choice", IntegrityLoss),
    "availability_loss": Kind("choice", AvailabilityLoss),
    "exfiltration": Kind("choice", Exfiltration),
    "malicious": _BOOL,
    "actor": Kind("choice", Actor),
    "protection": Kind("choice", Protection),
    "protection_state_of_the_art": _BOOL,
    "key_compromised": _BOOL,
    "backup_available": Kind("choice", Backup),
    "restored_promptly": _BOOL,
    "restoration_hours": Kind("number", most=1_000_000),
    "service_disruption": Kind("choice", Disruption),
    "critical_service": _BOOL,
    "data_categories": Kind("multi", DATA_CATEGORIES, is_open=True),
    "special_category": _BOOL,
    "criminal_data": _BOOL,
    "credentials_exposed": _BOOL,
    "fraud_enabling": _BOOL,
    "identifiable": Kind("choice", Identifiable),
    "subject_count": Kind("int", most=MOST_PEOPLE),
    "subject_count_band": Kind("text", tuple(COUNT_BANDS), is_open=True),
    "subject_types": Kind("multi", SUBJECT_TYPES, is_open=True),
    "vulnerable_subjects": _BOOL,
    "recipient_known": _BOOL,
    "recipient_count": Kind("int", most=MOST_PEOPLE),
    "recipient_trusted": _BOOL,
    "recipient_confirmed_deletion": _BOOL,
    "public_exposure": _BOOL,
    "misuse_observed": _BOOL,
    "persistence_undetected_days": Kind("number", most=100_000),
    "controller_role": Kind("text", Role, is_open=True),
    "cross_border": _BOOL,
    "data_subjects_already_informed": _BOOL,
    "risk_neutralised": _BOOL,
    "disproportionate_effort": _BOOL,
}


def read(mapping: Any) -> dict[str, Any]:
    """Check a JSON object against KINDS and return the values for Facts. Raises BadFacts."""
    if not isinstance(mapping, Mapping):
        raise BadFacts({"facts": Sentence(N_("must be one JSON object of facts."))})
    values: dict[str, Any] = {}
    problems: dict[str, Sentence] = {}
    for key, value in mapping.items():
        kind = KINDS.get(key)
        if kind is None:
            allowed = ", ".join(KINDS)
            problems[str(key)[:LONGEST_WORD]] = Sentence(
                N_("is no fact that is asked for. Allowed: %(allowed)s"), {"allowed": allowed}
            )
        elif value is not None:
            try:
                values[key] = _READERS[kind.name](kind, value)
            except _Wrong as wrong:
                problems[key] = wrong.args[0]
    if problems:
        raise BadFacts(problems)
    return values


def _choice(kind: Kind, value: Any) -> Any:
    if not isinstance(value, str) or value not in kind.known:
        raise _Wrong(
            Sentence(N_("must be null or one of: %(allowed)s"), {"allowed": ", ".join(kind.known)})
        )
    return kind.words(value) if isinstance(kind.words, type) else value


def _multi(kind: Kind, value: Any) -> frozenset[Any]:
    if not isinstance(value, list | tuple) or len(value) > LONGEST_LIST:
        raise _Wrong(
            Sentence(
                N_("must be null or a list of at most %(most)s of: %(allowed)s"),
                {"most": LONGEST_LIST, "allowed": ", ".join(kind.known)},
            )
        )
    each = _text if kind.is_open else _choice
    return frozenset(each(kind, one) for one in value)


def _text(kind: Kind, value: Any) -> str:
    if not isinstance(value, str) or not 0 < len(value.strip()) <= LONGEST_WORD:
        raise _Wrong(
            Sentence(
                N_("must be null or a word of at most %(most)s letters, such as: %(allowed)s"),
                {"most": LONGEST_WORD, "allowed": ", ".join(kind.known)},
            )
        )
    return value.strip()


def _bool(kind: Kind, value: Any) -> bool:
    if not isinstance(value, bool):
        raise _Wrong(Sentence(N_("must be true, false or null")))
    return value


def _int(kind: Kind, value: Any) -> int:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= kind.most:
        raise _Wrong(
            Sentence(N_("must be null or a whole number from 0 to %(most)s"), {"most": kind.most})
        )
    return value


def _number(kind: Kind, value: Any) -> float:
    if (
        not isinstance(value, int | float)
        or isinstance(value, bool)
        or not 0 <= value <= kind.most  # not-a-number is in no range
    ):
        raise _Wrong(
            Sentence(N_("must be null or a number from 0 to %(most)s"), {"most": kind.most})
        )
    return value


_READERS = {
    "choice": _choice,
    "multi": _multi,
    "bool": _bool,
    "int": _int,
    "number": _number,
    "text": _text,
}
