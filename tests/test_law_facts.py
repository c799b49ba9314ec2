"""Facts come in by one door, which has limits and names what it refuses."""

import json
from dataclasses import replace

import pytest

from incidents.law import BadFacts, Facts, contradictions, questions
from incidents.law.contradictions import unknown_words
from incidents.law.labels import LABELS, label
from incidents.law.reading import KINDS, LONGEST_LIST
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
from tests.edpb import CASES, OPEN_CASES


def test_a_fact_that_is_absent_or_null_is_not_known():
    assert Facts.from_json({}) == Facts.from_json(dict.fromkeys(KINDS)) == Facts()


@pytest.mark.parametrize("facts", [*CASES.values(), *OPEN_CASES.values()])
def test_facts_come_back_from_json_as_they_were(facts):
    assert Facts.from_json(json.loads(json.dumps(facts.to_json()))) == facts


def test_every_wrong_field_is_named_with_what_it_may_hold():
    with pytest.raises(BadFacts) as refused:
        Facts.from_json({"exfiltration": "perhaps", "malicious": "yes", "subject_count": -1})

    problems = {key: what.english() for key, what in refused.value.problems.items()}
    assert problems == {
        "exfiltration": "must be null or one of: not_applicable, excluded, possible, confirmed",
        "malicious": "must be true, false or null",
        "subject_count": "must be null or a whole number from 0 to 10000000000",
    }
    assert "perhaps" not in str(refused.value), "what was typed may be about people"


@pytest.mark.parametrize(
    "wrong",
    [
        {"malicious": 1},
        {"exfiltration": ["confirmed"]},
        {"breach_types": "confidentiality"},
        {"breach_types": ["secrecy"]},
        {"breach_types": [["confidentiality"]]},
        {"data_categories": "health"},
        {"data_categories": ["x" * 61]},
        {"data_categories": [""]},
        {"data_categories": [None]},
        {"data_categories": ["health"] * (LONGEST_LIST + 1)},
        {"subject_count": 1.5},
        {"subject_count": True},
        {"subject_count": "12"},
        {"subject_count": 10**400},
        {"subject_count": float("inf")},
        {"restoration_hours": float("nan")},
        {"restoration_hours": -0.1},
        {"restoration_hours": 10**400},
        {"restoration_hours": False},
        {"controller_role": 7},
        {"shoe_size": 43},
        [],
        None,
        "facts",
    ],
)
def test_what_is_no_fact_is_refused(wrong):
    with pytest.raises(BadFacts):
        Facts.from_json(wrong)


def test_the_limits_themselves_are_within():
    at_limit = {
        "data_categories": ["x", "y" * 60],
        "subject_count": 10_000_000_000,
        "recipient_count": 0,
        "restoration_hours": 0,
        "persistence_undetected_days": 0.5,
    }

    assert Facts.from_json(at_limit).to_json() == Facts().to_json() | at_limit


def test_a_whole_number_may_be_written_with_a_point():
    assert Facts.from_json({"subject_count": 12.0}).subject_count == 12


def test_a_word_that_is_not_known_in_an_open_list_is_taken_and_named():
    facts = Facts.from_json(
        {
            "data_categories": ["identity", "shoe_size"],
            "subject_types": ["astronauts"],
            "controller_role": "joint",
            "subject_count_band": "heaps",
        }
    )

    said = [note.english() for note in unknown_words(facts)]

    assert [sentence.split('"')[1] for sentence in said] == [
        "shoe_size",
        "astronauts",
        "joint",
        "heaps",
    ]


CONFLICTS = [
    {"protection": Protection.STRONG_ENCRYPTION, "credentials_exposed": True},
    {
        "confidentiality_loss": ConfidentialityLoss.EXCLUDED,
        "exfiltration": Exfiltration.CONFIRMED,
    },
    {"confidentiality_loss": ConfidentialityLoss.NONE, "public_exposure": True},
    {"incident_type": IncidentType.PUBLISHED_ONLINE, "public_exposure": False},
    {"incident_type": IncidentType.RANSOMWARE, "malicious": False},
    {"malicious": True, "actor": Actor.NONE},
    {"malicious": True, "recipient_trusted": True},
    {"recipient_known": False, "recipient_trusted": True},
    {"recipient_known": False, "recipient_confirmed_deletion": True},
    {"special_category": False, "data_categories": frozenset({"health"})},
    {"vulnerable_subjects": False, "subject_types": frozenset({"children"})},
    {"identifiable": Identifiable.NONE, "misuse_observed": True},
    {"availability_loss": AvailabilityLoss.NONE, "service_disruption": Disruption.MAJOR},
    {"availability_loss": AvailabilityLoss.PERMANENT, "restored_promptly": True},
    {"availability_loss": AvailabilityLoss.TEMPORARY_SHORT, "restored_promptly": False},
    {"restored_promptly": True, "restoration_hours": 49},
    {
        "backup_available": Backup.NONE,
        "availability_loss": AvailabilityLoss.TEMPORARY_SHORT,
        "integrity_loss": IntegrityLoss.TEMPORARY,
    },
    {
        "breach_types": frozenset({BreachType.CONFIDENTIALITY}),
        "confidentiality_loss": ConfidentialityLoss.NONE,
    },
    {
        "breach_types": frozenset({BreachType.AVAILABILITY}),
        "availability_loss": AvailabilityLoss.NONE,
    },
    {"breach_types": frozenset({BreachType.INTEGRITY}), "integrity_loss": IntegrityLoss.NONE},
    {"exfiltration": Exfiltration.EXCLUDED, "persistence_undetected_days": 7},
    {"subject_count": 101, "subject_count_band": "11-100"},
    {"subject_count": 10, "subject_count_band": "11-100"},
    {"subject_count": 100_000, "subject_count_band": ">100000"},
]


@pytest.mark.parametrize("conflict", CONFLICTS, ids=["-".join(one) for one in CONFLICTS])
def test_facts_that_cannot_both_be_true_are_named_and_each_alone_is_not(conflict):
    assert len(contradictions(Facts(**conflict))) == 1
    for key in conflict:
        assert contradictions(replace(Facts(**conflict), **{key: None})) == []


@pytest.mark.parametrize("facts", [*CASES.values(), *OPEN_CASES.values()])
def test_the_published_cases_contradict_themselves_nowhere(facts):
    assert contradictions(facts) == []


@pytest.mark.parametrize(
    ("count", "band"),
    [(1, "1-10"), (10, "1-10"), (11, "11-100"), (10**7, ">100000"), (5, "unknown")],
)
def test_a_number_inside_its_band_is_no_contradiction(count, band):
    assert contradictions(Facts(subject_count=count, subject_count_band=band)) == []


def test_every_fact_is_asked_once_and_its_group_in_one_piece():
    asked = questions()
    groups = [question.group for question in asked]

    assert sorted(question.key for question in asked) == sorted(KINDS)
    assert [one for at, one in enumerate(groups) if one not in groups[:at]] == [
        one for at, one in enumerate(groups) if at == 0 or groups[at - 1] != one
    ]
    assert all(question.text.endswith("?") for question in asked)
    assert all(question.help for question in asked)


def test_every_choice_has_plain_words():
    for question in questions():
        for value, words in question.choices:
            assert words != value, f"{question.key}: {value}"
            assert label(question.key, value) == words
    for fact in LABELS.keys() & KINDS.keys():
        assert set(LABELS[fact]) == set(KINDS[fact].known)
