"""A published case of which one fact that decides it is not known: it is asked for."""

from dataclasses import replace
from datetime import date

import pytest

from incidents.law import assess
from tests.edpb import case

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize("fact", ["key_compromised", "protection_state_of_the_art", "protection"])
def test_encryption_is_not_counted_on_before_it_is_shown(fact):
    answer = assess(replace(case("10"), **{fact: None}), TODAY)

    assert (answer.authority.duty, answer.authority.certain) == (True, False)
    assert (answer.subjects.duty, answer.subjects.certain) == (True, False)
    assert fact in answer.ask_next


DECISIVE = {
    "01": (
        "protection",
        "protection_state_of_the_art",
        "key_compromised",
        "integrity_loss",
        "availability_loss",
        "restored_promptly",
        "restoration_hours",
        "backup_available",
        "service_disruption",
        "misuse_observed",
    ),
    "09": (
        "recipient_known",
        "recipient_count",
        "recipient_trusted",
        "recipient_confirmed_deletion",
        "subject_count",
        "malicious",
        "public_exposure",
        "special_category",
        "criminal_data",
        "credentials_exposed",
        "data_categories",
    ),
    "10": ("protection", "protection_state_of_the_art", "key_compromised"),
    "13": ("fraud_enabling", "vulnerable_subjects", "recipient_count"),
    "B-iii": ("critical_service", "confidentiality_loss", "exfiltration"),
    "B-ix": ("identifiable", "recipient_count"),
}


@pytest.mark.parametrize(
    ("number", "fact"), [(number, fact) for number, facts in DECISIVE.items() for fact in facts]
)
def test_a_case_without_a_fact_that_decides_it_is_not_certain_and_asks_for_it(number, fact):
    whole = assess(case(number), TODAY)
    answer = assess(replace(case(number), **{fact: None}), TODAY)

    assert whole.authority.certain
    assert (answer.authority.duty, answer.authority.certain) == (True, False)
    assert fact in answer.ask_next
