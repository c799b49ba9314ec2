"""What would change an answer is shown, and what settles most is asked first."""

from dataclasses import replace
from datetime import date

import pytest

from incidents.law import assess
from incidents.law.vocabulary import Protection
from tests.edpb import case

TODAY = date(2026, 11, 23)


def changes(facts, fact, to):
    (flip,) = (
        flip for flip in assess(facts, TODAY).flips if (flip.fact, flip.would_be) == (fact, to)
    )
    return flip.changes


def test_what_would_change_the_answer_is_shown_in_both_directions():
    assert changes(case("10"), "key_compromised", True) == {"authority": True, "subjects": True}
    assert changes(case("09"), "recipient_trusted", False) == {"authority": True}
    assert changes(case("02"), "critical_service", True) == {"subjects": True}
    assert changes(case("05"), "fraud_enabling", False) == {"subjects": False}


def test_of_a_number_the_nearest_limit_is_shown():
    limits = [f.would_be for f in assess(case("09"), TODAY).flips if f.fact == "subject_count"]

    assert limits == [101]
    assert changes(case("01"), "restoration_hours", 25) == {"authority": True}
    assert changes(case("13"), "recipient_count", 101) == {"authority": True}


def test_a_fact_that_changes_nothing_alone_is_not_shown():
    facts = [flip.fact for flip in assess(case("03"), TODAY).flips]

    assert "subject_count" not in facts


def test_what_is_asked_next_settles_the_answer():
    stolen = replace(case("10"), key_compromised=None)

    assert assess(stolen, TODAY).ask_next == ["key_compromised"]
    assert assess(case("10"), TODAY).ask_next == []


@pytest.mark.parametrize(
    ("facts", "fact", "limits"),
    [
        (replace(case("11"), subject_count=900, fraud_enabling=False), "subject_count", [10_001]),
        (case("13"), "subject_count", [1001]),
        (case("09"), "recipient_count", [2]),
        (case("13"), "recipient_count", [101]),
        (case("01"), "restoration_hours", [25]),
    ],
)
def test_of_a_number_the_nearest_one_that_changes_a_duty_is_shown(facts, fact, limits):
    flips = assess(facts, TODAY).flips

    assert [flip.would_be for flip in flips if flip.fact == fact] == limits


def test_what_settles_most_is_asked_first():
    taken = replace(case("10"), protection=None, key_compromised=None)
    asked = assess(taken, TODAY).ask_next

    settled = [
        sum(
            assess(replace(taken, **{key: value}), TODAY).outcome != assess(taken, TODAY).outcome
            for value in values
        )
        for key in asked
        for values in [list(Protection) if key == "protection" else [False, True]]
    ]
    assert set(asked) == {"protection", "key_compromised"}
    assert settled == sorted(settled, reverse=True)
