"""Breaches to build cases from: each as harmless as its kind can be."""

from dataclasses import replace

from incidents.law import Facts
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

SEEN = frozenset({BreachType.CONFIDENTIALITY})
GONE = frozenset({BreachType.AVAILABILITY})

QUIET = Facts(
    confidentiality_loss=ConfidentialityLoss.NONE,
    integrity_loss=IntegrityLoss.NONE,
    availability_loss=AvailabilityLoss.NONE,
    exfiltration=Exfiltration.NOT_APPLICABLE,
    malicious=False,
    protection=Protection.NONE,
    backup_available=Backup.NOT_APPLICABLE,
    service_disruption=Disruption.NONE,
    critical_service=False,
    data_categories=frozenset({"identity", "contact"}),
    special_category=False,
    criminal_data=False,
    credentials_exposed=False,
    fraud_enabling=False,
    identifiable=Identifiable.DIRECT,
    vulnerable_subjects=False,
    public_exposure=False,
    misuse_observed=False,
    controller_role="controller",
    cross_border=False,
    data_subjects_already_informed=False,
)


def data(*categories: str) -> frozenset[str]:
    return frozenset(categories)


ATTACK = replace(
    QUIET,
    malicious=True,
    actor=Actor.EXTERNAL,
    confidentiality_loss=ConfidentialityLoss.CONFIRMED,
    exfiltration=Exfiltration.CONFIRMED,
    breach_types=SEEN,
    recipient_known=False,
)
RANSOM = replace(
    QUIET,
    incident_type=IncidentType.RANSOMWARE,
    malicious=True,
    actor=Actor.EXTERNAL,
    breach_types=GONE,
    confidentiality_loss=ConfidentialityLoss.EXCLUDED,
    exfiltration=Exfiltration.EXCLUDED,
    integrity_loss=IntegrityLoss.TEMPORARY,
)
MISTAKE = replace(
    QUIET,
    actor=Actor.INTERNAL,
    breach_types=SEEN,
    confidentiality_loss=ConfidentialityLoss.CONFIRMED,
    recipient_known=True,
    recipient_trusted=False,
)
THEFT = replace(
    QUIET,
    malicious=True,
    actor=Actor.EXTERNAL,
    breach_types=SEEN,
    confidentiality_loss=ConfidentialityLoss.POSSIBLE,
    recipient_known=False,
)
ENCRYPTED = {
    "protection": Protection.STRONG_ENCRYPTION,
    "protection_state_of_the_art": True,
    "key_compromised": False,
}
RESTORED = {
    "availability_loss": AvailabilityLoss.TEMPORARY_SHORT,
    "backup_available": Backup.ELECTRONIC,
    "restored_promptly": True,
}
