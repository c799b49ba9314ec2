"""What is known about a breach. A fact that is not known is None, and None is never "no"."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from incidents.law import reading
from incidents.law.reading import BadFacts
from incidents.law.vocabulary import (
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
)
from incidents.law.words import N_, Sentence

__all__ = ["N_", "BadFacts", "Facts", "Sentence"]


@dataclass(frozen=True)
class Facts:
    """The facts of one breach, in the vocabulary of the published EDPB cases.

    Counts are people or recipients, hours are elapsed hours, days are calendar days.
    `data_categories`, `subject_types`, `subject_count_band` and `controller_role` are open
    lists: a word that we do not know counts as simple data, and `notes` says so.
    An empty list of data categories names nothing, so it is as good as unknown.

    The last two are not facts of the breach but claims of the controller under
    GDPR Art. 34(3)(b) and (c). Left at None nothing is claimed: they never make a result
    uncertain, since a claim not made cannot be counted on.
    """

    incident_type: IncidentType | None = None
    breach_types: frozenset[BreachType] | None = None
    confidentiality_loss: ConfidentialityLoss | None = None
    integrity_loss: IntegrityLoss | None = None
    availability_loss: AvailabilityLoss | None = None
    exfiltration: Exfiltration | None = None
    malicious: bool | None = None
    actor: Actor | None = None
    protection: Protection | None = None
    protection_state_of_the_art: bool | None = None
    key_compromised: bool | None = None
    backup_available: Backup | None = None
    restored_promptly: bool | None = None
    restoration_hours: float | None = None
    service_disruption: Disruption | None = None
    critical_service: bool | None = None
    data_categories: frozenset[str] | None = None
    special_category: bool | None = None
    criminal_data: bool | None = None
    credentials_exposed: bool | None = None
    fraud_enabling: bool | None = None
    identifiable: Identifiable | None = None
    subject_count: int | None = None
    subject_count_band: str | None = None
    subject_types: frozenset[str] | None = None
    vulnerable_subjects: bool | None = None
    recipient_known: bool | None = None
    recipient_count: int | None = None
    recipient_trusted: bool | None = None
    recipient_confirmed_deletion: bool | None = None
    public_exposure: bool | None = None
    misuse_observed: bool | None = None
    persistence_undetected_days: float | None = None
    controller_role: str | None = None
    cross_border: bool | None = None
    data_subjects_already_informed: bool | None = None
    risk_neutralised: bool | None = None
    disproportionate_effort: bool | None = None

    @classmethod
    def from_json(cls, mapping: Mapping[str, Any]) -> "Facts":
        """Facts from a JSON object. A key that is absent or null is not known.

        Raises BadFacts, naming every wrong field and what it may hold.

        >>> Facts.from_json({"malicious": True}).malicious
        True
        >>> print(Facts.from_json({}).malicious)
        None
        """
        return cls(**reading.read(mapping))

    def to_json(self) -> dict[str, Any]:
        """A JSON object with every key, lists in order, null where not known.

        >>> Facts.from_json(Facts(subject_count=3).to_json()) == Facts(subject_count=3)
        True
        """
        return {key: plain(getattr(self, key)) for key in KEYS}


def plain(value: Any) -> Any:
    """A fact's value as JSON holds it: sets become sorted lists, enums their word."""
    if isinstance(value, frozenset):
        return sorted(str(one) for one in value)
    return str(value) if isinstance(value, str) else value


KEYS = tuple(field.name for field in fields(Facts))
