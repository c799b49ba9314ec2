"""The ENISA score is made as its table says, part by part, and is only an aid."""

from dataclasses import replace
from datetime import date

import pytest

from incidents.law import assess
from incidents.law.book import shipped_book
from incidents.law.severity import circumstances, context, identification, level, severity
from incidents.law.vocabulary import (
    AvailabilityLoss,
    Backup,
    ConfidentialityLoss,
    Exfiltration,
    Identifiable,
    IntegrityLoss,
)
from tests.breaches import ENCRYPTED, QUIET, RESTORED, THEFT, data
from tests.edpb import case

TODAY = date(2026, 11, 23)
GUIDANCE = shipped_book().on(TODAY).guidance


@pytest.mark.parametrize(
    ("otherwise", "dpc"),
    [
        ({}, 1),
        ({"data_categories": data("identity", "purchase_history")}, 2),
        (
            {
                "data_categories": data("identity", "purchase_history"),
                "recipient_known": True,
                "recipient_count": 1,
            },
            1,
        ),
        ({"data_categories": data("billing")}, 2),
        ({"data_categories": data("transactions")}, 3),
        ({"data_categories": data("transactions", "contact")}, 3),
        ({"data_categories": data("health")}, 4),
        ({"data_categories": data("shoe_size")}, 1),
        ({"fraud_enabling": True}, 2),
        ({"credentials_exposed": True}, 2),
        ({"special_category": True}, 4),
        ({"criminal_data": True}, 4),
        ({"vulnerable_subjects": True}, 2),
        ({"special_category": True, "vulnerable_subjects": True}, 4),
    ],
)
def test_the_context_is_that_of_the_gravest_kind_of_data(otherwise, dpc):
    assert context(replace(QUIET, **otherwise), GUIDANCE) == dpc


@pytest.mark.parametrize(
    ("identifiable", "ei"),
    [(Identifiable.NONE, 0.25), (Identifiable.INDIRECT, 0.5), (Identifiable.DIRECT, 1.0)],
)
def test_identification_counts_by_how_easy_it_is(identifiable, ei):
    assert identification(replace(QUIET, identifiable=identifiable)) == ei


ALTERED = {"integrity_loss": IntegrityLoss.CONFIRMED}


@pytest.mark.parametrize(
    ("otherwise", "cb"),
    [
        ({}, 0),
        ({"confidentiality_loss": ConfidentialityLoss.POSSIBLE}, 0),
        ({"confidentiality_loss": ConfidentialityLoss.CONFIRMED}, 0.25),
        ({"exfiltration": Exfiltration.CONFIRMED}, 0.25),
        ({"public_exposure": True}, 0.5),
        (
            {
                "confidentiality_loss": ConfidentialityLoss.CONFIRMED,
                "recipient_known": True,
                "recipient_count": 100,
            },
            0.25,
        ),
        (
            {
                "confidentiality_loss": ConfidentialityLoss.CONFIRMED,
                "recipient_known": True,
                "recipient_count": 101,
            },
            0.5,
        ),
        ({"recipient_known": True, "recipient_count": 101}, 0),
        ({"integrity_loss": IntegrityLoss.TEMPORARY}, 0),
        ({"integrity_loss": IntegrityLoss.POSSIBLE, "backup_available": Backup.NONE}, 0.25),
        (ALTERED, 0.25),
        (ALTERED | {"backup_available": Backup.ELECTRONIC}, 0.25),
        (ALTERED | {"backup_available": Backup.PAPER_ONLY}, 0.5),
        ({"availability_loss": AvailabilityLoss.TEMPORARY_SHORT}, 0),
        ({"availability_loss": AvailabilityLoss.TEMPORARY_PROLONGED}, 0.25),
        ({"availability_loss": AvailabilityLoss.PERMANENT}, 0.5),
        ({"malicious": True}, 0.5),
    ],
)
def test_the_circumstances_are_a_sum_of_four_parts(otherwise, cb):
    assert circumstances(replace(QUIET, **otherwise), GUIDANCE) == cb


@pytest.mark.parametrize(
    ("score", "name"),
    [
        (0.25, "low"),
        (2.0, "medium"),
        (2.99, "medium"),
        (3.0, "high"),
        (4.0, "very high"),
        (6, "very high"),
    ],
)
def test_a_score_has_the_level_of_the_table(score, name):
    assert level(score) == name


@pytest.mark.parametrize(
    ("number", "dpc", "ei", "cb", "score", "name"),
    [
        ("13", 1, 1, 0.25, 1.25, "low"),
        ("15", 1, 1, 0.25, 1.25, "low"),
        ("17", 2, 1, 1.0, 3.0, "high"),
    ],
)
def test_a_worked_example_comes_out(number, dpc, ei, cb, score, name):
    shown = assess(case(number), TODAY).as_json()["enisa"]

    assert (shown["dpc"], shown["ei"], shown["cb"]) == (dpc, ei, cb)
    assert (shown["min"], shown["max"], shown["level"]) == (score, score, name)


def test_a_test_result_sent_to_one_wrong_patient_scores_very_high():
    facts = replace(case("16"), data_categories=data("identity", "health"), special_category=True)

    shown = severity(facts, GUIDANCE).as_json()

    assert (shown["min"], shown["level"]) == (4.25, "very high")


def test_the_score_is_a_span_while_facts_are_open():
    open_ = replace(QUIET, malicious=None, identifiable=None)

    shown = severity(open_, GUIDANCE).as_json()

    assert (shown["dpc"], shown["ei"], shown["cb"]) == (1, [0.25, 1.0], [0.0, 0.5])
    assert (shown["min"], shown["max"], shown["level"]) == (0.25, 1.5, "low")


@pytest.mark.parametrize(("cb", "asks"), [({}, True), ({"malicious": None}, False)])
def test_a_score_that_is_high_whatever_is_open_asks_for_a_second_look(cb, asks):
    # 2 x 1 + 1.0 is exactly high; the measures taken since leave no duty towards the people.
    facts = replace(case("17"), risk_neutralised=True, **cb)

    answer = assess(facts, TODAY)

    assert not answer.subjects.duty
    assert any("ENISA" in note.text for note in answer.notes) is asks


def test_unreadable_data_ask_for_no_second_look():
    facts = replace(THEFT, **RESTORED, **ENCRYPTED, data_categories=data("payment_card"))

    answer = assess(facts, TODAY)

    assert answer.enisa.least >= 3
    assert answer.notes == ()


def test_the_flags_stand_beside_the_score_and_do_not_alter_it():
    many = replace(THEFT, **RESTORED, **ENCRYPTED, subject_count=101)
    few = replace(many, subject_count=100)

    assert severity(many, GUIDANCE).flags == ("more than 100 individuals", "unintelligible data")
    assert severity(few, GUIDANCE).flags == ("unintelligible data",)
    assert severity(few, GUIDANCE).least == severity(many, GUIDANCE).least
