"""The regulators' published cases, and each with one fact changed, come out by general rules."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from incidents.law import Facts, Risk, assess
from incidents.law.vocabulary import (
    AvailabilityLoss,
    Backup,
    ConfidentialityLoss,
    Disruption,
    Exfiltration,
    Identifiable,
    IntegrityLoss,
    Protection,
)
from tests.breaches import QUIET, data
from tests.edpb import CASES, OPEN_CASES, case

TODAY = date(2026, 11, 23)
SHARED = Path(__file__).parents[2] / "shared" / "law" / "cases.json"

# (authority, subjects); None: depends on what the case does not say.
DECIDED = {
    "01": (False, False),
    "02": (True, False),
    "03": (True, True),
    "04": (True, True),
    "05": (True, True),
    "06": (False, False),
    "07": (True, True),
    "08": (True, False),
    "09": (False, False),
    "10": (False, False),
    "11": (True, True),
    "12": (True, True),
    "13": (False, False),
    "14": (True, True),
    "15": (False, False),
    "16": (True, False),
    "17": (True, True),
    "18": (True, True),
    "B-i": (False, False),
    "B-iii": (False, False),
    "B-v": (True, None),
    "B-vi": (True, True),
    "B-viii": (True, True),
    "B-ix": (True, None),
}


@pytest.mark.parametrize("name", CASES)
def test_a_published_case_comes_out_as_the_regulators_decided(name):
    authority, subjects = DECIDED[name.split()[0]]

    answer = assess(CASES[name], TODAY)

    assert answer.document.duty
    assert (answer.authority.duty, answer.authority.certain) == (authority, True)
    if subjects is None:
        assert not answer.subjects.certain
    else:
        assert (answer.subjects.duty, answer.subjects.certain) == (subjects, True)


@pytest.mark.parametrize("name", OPEN_CASES)
def test_a_case_that_depends_on_what_is_not_said_is_not_certain(name):
    answer = assess(OPEN_CASES[name], TODAY)

    assert not answer.authority.certain
    assert not answer.subjects.certain
    assert answer.authority.duty, "in doubt the authority is told"
    assert answer.risk is Risk.LIKELY
    assert answer.ask_next, "it says what to find out"


def test_a_host_tells_its_customers_whatever_the_risk():
    answer = assess(case("B-vii"), TODAY)

    assert (answer.controllers.duty, answer.controllers.certain) == (True, True)
    assert not answer.subjects.duty


RETURNED = {"recipient_confirmed_deletion": True}
ALTERED = {"integrity_loss": IntegrityLoss.CONFIRMED}
VARIANTS = [
    # number, what is otherwise, authority, subjects
    ("01", {"protection": Protection.NONE, "exfiltration": Exfiltration.POSSIBLE}, True, False),
    ("01", {"exfiltration": Exfiltration.POSSIBLE}, False, False),
    ("01", {"exfiltration": Exfiltration.CONFIRMED}, False, False),
    ("01", {"protection": Protection.NONE}, True, False),
    ("01", {"protection_state_of_the_art": False}, True, False),
    ("01", {"key_compromised": True}, True, False),
    ("01", {"key_compromised": True, "integrity_loss": IntegrityLoss.NONE}, False, False),
    ("01", {"key_compromised": True, "malicious": False}, False, False),
    ("01", {"key_compromised": True, "identifiable": Identifiable.NONE}, False, False),
    ("01", {"key_compromised": True, "data_categories": data("pseudonym")}, False, False),
    ("01", {"key_compromised": True, "exfiltration": Exfiltration.POSSIBLE}, True, False),
    ("01", {"restored_promptly": False}, True, False),
    ("01", {"restoration_hours": 120}, True, False),
    ("01", {"backup_available": Backup.NONE}, True, False),
    ("01", {"availability_loss": AvailabilityLoss.PERMANENT}, True, False),
    ("01", {"service_disruption": Disruption.MAJOR}, True, False),
    ("01", {"integrity_loss": IntegrityLoss.CONFIRMED}, True, False),
    ("01", {"subject_count": 900_000}, False, False),
    ("02", {"exfiltration": Exfiltration.POSSIBLE, "special_category": True}, True, True),
    ("02", {"critical_service": True}, True, True),
    ("03", {"critical_service": False}, True, True),
    ("03", {"availability_loss": AvailabilityLoss.NONE}, True, False),
    ("03", {"critical_service": False, "service_disruption": Disruption.MINOR}, True, False),
    ("05", {"fraud_enabling": False}, True, False),
    ("05", {"exfiltration": Exfiltration.CONFIRMED, "special_category": True}, True, True),
    ("06", {"key_compromised": True}, True, True),
    ("06", {"protection_state_of_the_art": False}, True, True),
    ("06", {"protection": Protection.NONE}, True, True),
    ("06", {"credentials_exposed": True}, False, False),
    ("06", {"data_categories": data("contact", "credentials_hashed")}, False, False),
    (
        "06",
        {
            "data_categories": data("contact", "credentials_hashed"),
            "identifiable": Identifiable.DIRECT,
        },
        True,
        False,
    ),
    ("08", {"misuse_observed": False}, True, False),
    ("08", {"special_category": True}, True, True),
    ("09", {"recipient_trusted": False}, True, False),
    ("09", {"recipient_confirmed_deletion": False}, True, False),
    ("09", {"recipient_count": 2}, True, False),
    ("09", {"subject_count": 5000}, True, False),
    ("09", {"special_category": True}, True, False),
    ("09", {"special_category": True, "recipient_confirmed_deletion": False}, True, True),
    ("09", {"malicious": True}, True, False),
    ("10", {"key_compromised": True}, True, True),
    ("10", {"protection_state_of_the_art": False}, True, True),
    ("10", {"protection": Protection.PASSWORD_ONLY}, True, True),
    ("10", {"availability_loss": AvailabilityLoss.PERMANENT}, True, False),
    ("10", {"service_disruption": Disruption.MAJOR, "restored_promptly": False}, True, True),
    ("11", {"protection": Protection.STRONG_ENCRYPTION} | {"key_compromised": True}, True, True),
    ("11", {"fraud_enabling": False}, True, True),
    ("11", {"fraud_enabling": False, "subject_count": 900}, True, False),
    ("12", {"special_category": False, "data_categories": data("identity")}, True, False),
    ("12", {"confidentiality_loss": ConfidentialityLoss.EXCLUDED}, True, True),
    ("14", {"recipient_count": 1, "recipient_confirmed_deletion": True}, True, True),
    ("14", {"recipient_count": 1} | RETURNED | {"subject_count": 10_000}, True, False),
    ("14", {"recipient_count": 1, "recipient_trusted": True} | RETURNED, True, False),
    ("13", {"recipient_count": 1000}, True, False),
    ("13", {"public_exposure": True}, True, False),
    ("13", {"subject_count": 1001}, True, False),
    ("13", {"vulnerable_subjects": True}, True, False),
    ("13", {"special_category": True}, True, True),
    ("13", {"misuse_observed": True}, True, False),
    ("13", {"confidentiality_loss": ConfidentialityLoss.POSSIBLE}, False, False),
    ("09", {"subject_count": 100}, False, False),
    ("09", {"data_categories": data("identity", "transactions")}, False, False),
    ("09", {"data_categories": data("identity", "payment_card")}, True, False),
    ("09", {"subject_count": 101}, True, False),
    ("13", {"integrity_loss": IntegrityLoss.POSSIBLE}, True, False),
    ("13", {"integrity_loss": IntegrityLoss.CONFIRMED}, True, False),
    ("13", {"subject_count": 1000}, False, False),
    ("15", {"special_category": True}, True, True),
    ("15", {"recipient_count": 100}, False, False),
    ("15", {"recipient_count": 101}, True, False),
    ("16", {"fraud_enabling": True}, True, False),
    ("16", {"special_category": True}, True, True),
    ("16", {"recipient_count": 5000, "fraud_enabling": True}, True, True),
    ("17", {"misuse_observed": False}, True, True),
    ("18", {"fraud_enabling": False}, True, True),
    ("B-i", {"key_compromised": True, "data_categories": data("contact")}, True, False),
    ("B-i", {"backup_available": Backup.NONE}, True, False),
    ("B-iii", {"critical_service": True}, True, False),
    ("B-iii", {"critical_service": True, "service_disruption": Disruption.MAJOR}, True, True),
    ("B-iii", {"restored_promptly": False}, True, False),
    ("B-iii", {"integrity_loss": IntegrityLoss.CONFIRMED}, True, False),
    ("B-iii", {"integrity_loss": IntegrityLoss.CONFIRMED, "special_category": True}, True, True),
    ("B-iii", {"integrity_loss": IntegrityLoss.CONFIRMED, "critical_service": True}, True, True),
    ("B-iii", {"integrity_loss": IntegrityLoss.POSSIBLE, "special_category": True}, True, False),
    ("B-iii", {"integrity_loss": IntegrityLoss.POSSIBLE, "critical_service": True}, True, False),
    ("B-iii", ALTERED | {"data_categories": data("salary")}, True, False),
    ("B-iii", ALTERED | {"data_categories": data("pseudonym")}, False, False),
    ("B-iii", {"restoration_hours": 24}, False, False),
    ("B-iii", {"restoration_hours": 24.5}, True, False),
    ("11", {"fraud_enabling": False, "subject_count": 10_000}, True, False),
    ("11", {"fraud_enabling": False, "subject_count": 10_001}, True, True),
    ("05", {"identifiable": Identifiable.INDIRECT}, True, False),
    ("05", {"identifiable": Identifiable.NONE}, False, False),
    ("08", {"identifiable": Identifiable.NONE}, True, False),
    ("12", {"identifiable": Identifiable.INDIRECT, "vulnerable_subjects": False}, True, True),
    ("B-v", {"recipient_confirmed_deletion": True}, True, False),
    ("B-v", {"recipient_confirmed_deletion": False}, True, True),
    ("B-viii", {"service_disruption": Disruption.NONE}, True, False),
]


@pytest.mark.parametrize(
    ("number", "otherwise", "authority", "subjects"),
    VARIANTS,
    ids=[
        f"{number}-{'-'.join(otherwise)}-{at}"
        for at, (number, otherwise, *_) in enumerate(VARIANTS)
    ],
)
def test_a_case_with_other_facts_comes_out_otherwise(number, otherwise, authority, subjects):
    answer = assess(replace(case(number), **otherwise), TODAY)

    assert (answer.authority.duty, answer.subjects.duty) == (authority, subjects)


def test_a_breach_in_which_nothing_happened_asks_for_a_file_only():
    answer = assess(QUIET, TODAY)

    assert answer.document.duty
    assert not answer.authority.duty
    assert not answer.subjects.duty


@pytest.mark.skipif(not SHARED.exists(), reason="the shared cases are not on this machine")
def test_the_shared_cases_come_out_right():
    wrong = []
    for one in json.loads(SHARED.read_text("utf-8")):
        answer = assess(Facts.from_json(one["facts"]), TODAY)
        for key, verdict in (
            ("notify_sa", answer.authority),
            ("notify_subjects", answer.subjects),
        ):
            expected, lean = one["expected"][key], one["lean"][key]
            if expected == "conditional":
                right = not verdict.certain and lean in ("conditional", verdict.duty)
            else:
                right = (verdict.duty, verdict.certain) == (expected, True)
            if not right:
                wrong.append((one["id"], key, verdict.duty, verdict.certain))
        if "notify_controller" in one["expected"]:
            assert answer.controllers.duty == one["expected"]["notify_controller"]
        if "notify_lead_sa" in one["expected"]:
            assert answer.authority.lead == one["expected"]["notify_lead_sa"]
    assert wrong == []
