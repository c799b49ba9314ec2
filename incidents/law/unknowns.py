"""What is not known: read once as kindly as can be, once as harshly, once as a careful person.

Each rule of this package moves one way with each fact. So the kindest and the harshest reading
of what is open enclose every answer that the open facts can still lead to, and both are reached.
EDPB Guidelines 01/2021, para 9: the assessment does not wait for what is still to be found out.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from incidents.law.book import Guidance
from incidents.law.facts import Facts
from incidents.law.vocabulary import (
    COUNT_BANDS,
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
    Weight,
)

_ENDLESS = 10**12

# Fact -> (kindest, harshest). Facts that are not here explain a breach and do not weigh.
ENDS: Mapping[str, tuple[Any, Any]] = {
    "confidentiality_loss": (ConfidentialityLoss.NONE, ConfidentialityLoss.CONFIRMED),
    "integrity_loss": (IntegrityLoss.NONE, IntegrityLoss.CONFIRMED),
    "availability_loss": (AvailabilityLoss.NONE, AvailabilityLoss.PERMANENT),
    "exfiltration": (Exfiltration.NOT_APPLICABLE, Exfiltration.CONFIRMED),
    "malicious": (False, True),
    "protection": (Protection.STRONG_ENCRYPTION, Protection.NONE),
    "protection_state_of_the_art": (True, False),
    "key_compromised": (False, True),
    "backup_available": (Backup.ELECTRONIC, Backup.NONE),
    "restored_promptly": (True, False),
    "restoration_hours": (0, _ENDLESS),
    "service_disruption": (Disruption.NONE, Disruption.MAJOR),
    "critical_service": (False, True),
    "data_categories": (frozenset({"pseudonym"}), frozenset({"health", "credentials"})),
    "special_category": (False, True),
    "criminal_data": (False, True),
    "credentials_exposed": (False, True),
    "fraud_enabling": (False, True),
    "identifiable": (Identifiable.NONE, Identifiable.DIRECT),
    "subject_count": (1, _ENDLESS),
    "vulnerable_subjects": (False, True),
    "recipient_known": (True, False),
    "recipient_count": (1, _ENDLESS),
    "recipient_trusted": (True, False),
    "recipient_confirmed_deletion": (True, False),
    "public_exposure": (False, True),
    "misuse_observed": (False, True),
}

_ATTACKS = {
    IncidentType.RANSOMWARE,
    IncidentType.EXFILTRATION,
    IncidentType.CREDENTIAL_ATTACK,
    IncidentType.INSIDER_MISUSE,
    IncidentType.SOCIAL_ENGINEERING,
    IncidentType.EMAIL_ACCOUNT_COMPROMISE,
}
_VULNERABLE = {"children", "patients", "minors", "pupils", "elderly", "asylum_seekers"}


def is_open(facts: Facts, key: str) -> bool:
    """Whether a fact is not known. An empty list of kinds of data names nothing.

    >>> is_open(Facts(), "malicious"), is_open(Facts(malicious=False), "malicious")
    (True, False)
    """
    value = getattr(facts, key)
    return value is None or (key == "data_categories" and not value)


def open_weighed(facts: Facts) -> list[str]:
    """The facts that weigh and are not known."""
    return [key for key in ENDS if is_open(facts, key)]


def kindest(facts: Facts) -> tuple[Facts, ...]:
    """What is open read in favour of no risk. Two readings where protection is open:

    encryption hides more than a hash, but only a hash is consistent with passwords being out.
    """
    kind = replace(facts, **{key: ENDS[key][0] for key in open_weighed(facts)})
    if facts.protection is None:
        return kind, replace(kind, protection=Protection.STRONG_HASH_SALTED)
    return (kind,)


def harshest(facts: Facts) -> Facts:
    """What is open read as the worst that it may turn out to be."""
    return replace(facts, **{key: ENDS[key][1] for key in open_weighed(facts)})


def careful(facts: Facts, guidance: Guidance) -> Facts:
    """What is open read as a careful controller reads it meanwhile.

    What would protect is not counted on until it is shown; what was attacked is taken as
    reached; but the worst is not presumed about the kind of data without a sign of it.

    >>> from incidents.law.book import shipped_book
    >>> from datetime import date
    >>> today = shipped_book().on(date(2026, 11, 23)).guidance
    >>> careful(Facts(), today).protection
    <Protection.NONE: 'none'>
    >>> careful(Facts(incident_type=IncidentType.RANSOMWARE), today).malicious
    True
    """
    presumed = _presumed(facts, guidance)
    return replace(facts, **{key: presumed[key] for key in open_weighed(facts)})


def _presumed(facts: Facts, guidance: Guidance) -> dict[str, Any]:
    def may_be(kind: BreachType) -> bool:
        return facts.breach_types is not None and kind in facts.breach_types

    if facts.malicious is None:
        attacked = facts.actor is Actor.EXTERNAL or facts.incident_type in _ATTACKS
    else:
        attacked = facts.malicious
    read = facts.breach_types is None or may_be(BreachType.CONFIDENTIALITY)
    gone = may_be(BreachType.AVAILABILITY)
    hours = facts.restoration_hours
    categories = facts.data_categories or frozenset()
    telling = any(guidance.weight(category) >= Weight.TELLING for category in categories)
    return {
        "confidentiality_loss": (
            ConfidentialityLoss.POSSIBLE if read else ConfidentialityLoss.NONE
        ),
        "integrity_loss": (
            IntegrityLoss.POSSIBLE if may_be(BreachType.INTEGRITY) else IntegrityLoss.NONE
        ),
        "availability_loss": (
            AvailabilityLoss.TEMPORARY_PROLONGED if gone else AvailabilityLoss.NONE
        ),
        "exfiltration": Exfiltration.POSSIBLE if attacked else Exfiltration.NOT_APPLICABLE,
        "malicious": attacked,
        "protection": Protection.NONE,
        "protection_state_of_the_art": False,
        "key_compromised": True,
        "backup_available": Backup.NOT_APPLICABLE,
        "restored_promptly": hours is None or hours <= guidance.prompt_hours,
        "restoration_hours": 0,
        "service_disruption": Disruption.MINOR,
        "critical_service": False,
        "data_categories": frozenset({"identity"}),
        "special_category": False,
        "criminal_data": False,
        "credentials_exposed": False,
        "fraud_enabling": attacked and telling,
        "identifiable": Identifiable.DIRECT,
        "subject_count": COUNT_BANDS.get(facts.subject_count_band or "unknown") or 1,
        "vulnerable_subjects": bool(_VULNERABLE & (facts.subject_types or frozenset())),
        "recipient_known": False,
        "recipient_count": 1,
        "recipient_trusted": False,
        "recipient_confirmed_deletion": False,
        "public_exposure": facts.incident_type is IncidentType.PUBLISHED_ONLINE,
        "misuse_observed": False,
    }
