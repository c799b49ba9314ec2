"""What is not known is read with care: protection is not counted on, attacks are taken to reach."""

from dataclasses import replace
from datetime import date

import pytest

from incidents.law import Facts
from incidents.law.book import shipped_book
from incidents.law.unknowns import ENDS, careful, is_open, open_weighed
from incidents.law.vocabulary import (
    Actor,
    AvailabilityLoss,
    BreachType,
    ConfidentialityLoss,
    Disruption,
    Exfiltration,
    Identifiable,
    IncidentType,
    IntegrityLoss,
    Protection,
)
from tests.breaches import QUIET

GUIDANCE = shipped_book().on(date(2026, 11, 23)).guidance
NOTHING = Facts()


def kinds(*types: BreachType) -> Facts:
    return Facts(breach_types=frozenset(types))


PRESUMED = [
    # what is known, which fact is open, how a careful controller reads it
    (NOTHING, "confidentiality_loss", ConfidentialityLoss.POSSIBLE),
    (kinds(BreachType.CONFIDENTIALITY), "confidentiality_loss", ConfidentialityLoss.POSSIBLE),
    (kinds(BreachType.AVAILABILITY), "confidentiality_loss", ConfidentialityLoss.NONE),
    (NOTHING, "integrity_loss", IntegrityLoss.NONE),
    (kinds(BreachType.INTEGRITY), "integrity_loss", IntegrityLoss.POSSIBLE),
    (NOTHING, "availability_loss", AvailabilityLoss.NONE),
    (kinds(BreachType.AVAILABILITY), "availability_loss", AvailabilityLoss.TEMPORARY_PROLONGED),
    (NOTHING, "malicious", False),
    (Facts(actor=Actor.EXTERNAL), "malicious", True),
    (Facts(actor=Actor.INTERNAL), "malicious", False),
    (Facts(incident_type=IncidentType.CREDENTIAL_ATTACK), "malicious", True),
    (Facts(incident_type=IncidentType.MISDIRECTED_POST), "malicious", False),
    (NOTHING, "exfiltration", Exfiltration.NOT_APPLICABLE),
    (Facts(malicious=True), "exfiltration", Exfiltration.POSSIBLE),
    (Facts(malicious=False, actor=Actor.EXTERNAL), "exfiltration", Exfiltration.NOT_APPLICABLE),
    (NOTHING, "protection", Protection.NONE),
    (NOTHING, "protection_state_of_the_art", False),
    (NOTHING, "key_compromised", True),
    (NOTHING, "restored_promptly", True),
    (Facts(restoration_hours=24), "restored_promptly", True),
    (Facts(restoration_hours=25), "restored_promptly", False),
    (NOTHING, "service_disruption", Disruption.MINOR),
    (NOTHING, "critical_service", False),
    (NOTHING, "data_categories", frozenset({"identity"})),
    (Facts(data_categories=frozenset()), "data_categories", frozenset({"identity"})),
    (NOTHING, "special_category", False),
    (NOTHING, "fraud_enabling", False),
    (Facts(malicious=True), "fraud_enabling", False),
    (Facts(data_categories=frozenset({"date_of_birth"})), "fraud_enabling", False),
    (
        Facts(malicious=True, data_categories=frozenset({"date_of_birth"})),
        "fraud_enabling",
        True,
    ),
    (Facts(malicious=True, data_categories=frozenset({"contact"})), "fraud_enabling", False),
    (NOTHING, "identifiable", Identifiable.DIRECT),
    (NOTHING, "subject_count", 1),
    (Facts(subject_count_band="unknown"), "subject_count", 1),
    (Facts(subject_count_band="101-1000"), "subject_count", 1000),
    (NOTHING, "vulnerable_subjects", False),
    (Facts(subject_types=frozenset({"children"})), "vulnerable_subjects", True),
    (Facts(subject_types=frozenset({"customers"})), "vulnerable_subjects", False),
    (NOTHING, "recipient_known", False),
    (NOTHING, "recipient_trusted", False),
    (NOTHING, "recipient_confirmed_deletion", False),
    (NOTHING, "public_exposure", False),
    (Facts(incident_type=IncidentType.PUBLISHED_ONLINE), "public_exposure", True),
    (NOTHING, "misuse_observed", False),
]


@pytest.mark.parametrize(("known", "fact", "presumed"), PRESUMED)
def test_an_open_fact_is_read_with_care(known, fact, presumed):
    assert getattr(careful(known, GUIDANCE), fact) == presumed


def test_a_fact_that_is_known_is_never_presumed():
    known = replace(QUIET, actor=Actor.EXTERNAL, incident_type=IncidentType.RANSOMWARE)

    read = careful(known, GUIDANCE)

    assert {key: getattr(read, key) for key in ENDS if not is_open(known, key)} == {
        key: getattr(known, key) for key in ENDS if not is_open(known, key)
    }


def test_what_only_explains_a_breach_is_not_open():
    assert set(open_weighed(Facts())) == set(ENDS)
    assert not {"incident_type", "actor", "subject_types", "cross_border"} & set(ENDS)
