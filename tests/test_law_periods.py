"""Periods of other laws and the profile they are asked on: ends, words, what is stored."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from incidents.law.book import shipped
from incidents.law.found import NO, YES, Found, opposite
from incidents.law.periods import PROMPT, Period, read_period
from incidents.law.profile import Profile
from incidents.law.regimes import FILES, read_regimes
from tests.breaches import QUIET
from tests.elsewhere import AWARE, STAMPS, STOLEN, check


@pytest.mark.parametrize(
    ("begin", "n", "end"),
    [
        (datetime(2026, 11, 20, 9, tzinfo=UTC), 1, datetime(2026, 12, 20, 9, tzinfo=UTC)),
        (datetime(2026, 1, 31, 9, tzinfo=UTC), 1, datetime(2026, 2, 28, 9, tzinfo=UTC)),
        (datetime(2026, 12, 5, 9, tzinfo=UTC), 1, datetime(2027, 1, 5, 9, tzinfo=UTC)),
        (datetime(2026, 11, 30, 9, tzinfo=UTC), 1, datetime(2026, 12, 30, 9, tzinfo=UTC)),
        (datetime(2026, 11, 30, 9, tzinfo=UTC), 13, datetime(2027, 12, 30, 9, tzinfo=UTC)),
    ],
)
def test_a_month_ends_on_the_same_day_or_the_last(begin, n, end):
    assert Period(n, "months", "first_report").end({"first_report": begin}) == end


def test_the_final_report_follows_the_first_by_a_month():
    sent = datetime(2026, 11, 22, 9, tzinfo=UTC)
    one = check(
        "nis2", nis2_entity=True, nis2_significant=True, stamps={**STAMPS, "first_report": sent}
    )

    assert one.steps[2].due_at == datetime(2026, 12, 22, 9, tzinfo=UTC)


def test_an_end_is_in_utc_whatever_the_zone_of_its_start():
    local = datetime(2026, 12, 31, 22, tzinfo=timezone(timedelta(hours=-5)))
    end = Period(4, "hours", "discovery").end({"discovery": local})

    assert end == datetime(2027, 1, 1, 7, tzinfo=UTC) and end.tzinfo is UTC


def test_a_period_is_said_in_two_sentences():
    said = [
        " ".join(part.english() for part in read_period({unit: 3, "from": "discovery"}).said())
        for unit in ("hours", "days", "business_days")
    ]

    assert said == [
        "within 3 hours from discovery",
        "within 3 calendar days from discovery",
        "within 3 business days from discovery",
    ]


def test_a_profile_is_read_from_what_is_stored_and_what_the_case_knows():
    stored = {
        "places": {"GB": 3},
        "own": {"ca": False},
        "telecom": True,
        "insured": False,
        "stamps": {"attack": "2026-11-19T21:15:00+00:00", "awareness": "2020-01-01T00:00:00+00:00"},
        "of a later version": 1,
    }

    profile = Profile.from_json(stored, {"awareness": AWARE, "discovery": None})

    assert profile == Profile(
        places={"GB": 3},
        own={"ca": False},
        telecom=True,
        insured=False,
        stamps={"attack": datetime(2026, 11, 19, 21, 15, tzinfo=UTC), "awareness": AWARE},
    )
    assert Profile.from_json({}, {}) == Profile()


def test_a_row_keeps_its_citation_its_words_and_what_is_only_expected():
    rows = {row.code: row for name in FILES for row in read_regimes(shipped(name))}

    assert rows["nz"].citation == "Privacy Act 2020 s. 112-117"
    assert (rows["nz"].seen, rows["za"].seen, rows["jp"].seen) == ("no", "yes", "partly")
    assert rows["za"].texts["fr"]["name"].startswith("Afrique du Sud")
    prompts = [step.prompt for step in rows["nz"].steps]
    assert prompts == ["practicable", "practicable"] and set(prompts) <= PROMPT.keys()
    assert [step.expected for step in rows["nz"].steps] == [True, False]
    assert read_regimes("") == ()


def test_what_is_open_stays_open_in_its_contrary():
    assert opposite(Found(None, ("places",))) == Found(None, ("places",))
    assert (opposite(YES), opposite(NO)) == (NO, YES)
    hipaa = check("us-hipaa", hipaa=True, places={"US": None})
    assert [step.state for step in hipaa.steps] == ["find_out", "find_out", "due"]


def test_as_many_as_are_concerned_in_all_may_live_there():
    at_most = replace(STOLEN, subject_count=250)

    assert check("us-tx", at_most, places={"US-TX": None}).steps[0].state == "find_out"
    fewer = replace(at_most, subject_count=249)
    assert check("us-tx", fewer, places={"US-TX": None}).steps[0].state == "not_due"


def test_each_of_the_two_facts_of_an_attack_is_asked_for_by_itself():
    no_kind = replace(STOLEN, incident_type=None)
    no_will = replace(STOLEN, malicious=None)

    assert check("fr-insurance", no_kind, insured=True).asks == ("incident_type",)
    assert check("fr-insurance", no_will, insured=True).asks == ("malicious",)


def test_where_there_is_no_risk_nobody_in_britain_is_told():
    assert [step.state for step in check("gb", QUIET, places={"GB": 1}).steps] == ["not_due"] * 2
    assert [step.state for step in check("gb", places={"GB": 1}).steps] == ["due"] * 2
