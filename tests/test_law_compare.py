"""Stored cases judged by another day's law: what differs is listed, and nothing is changed."""

import json
from datetime import UTC, date, datetime

import pytest

from incidents.actions import cases
from incidents.db import db
from incidents.law.book import read_book, shipped
from incidents.law.comparison import compare
from incidents.law.profile import Profile
from incidents.models import Entry
from tests.edpb import CASES

OMNIBUS = """
[[gdpr]]
version = "OMNIBUS"
valid_from = 2027-01-01
authority_hours = 96
authority_from = "high"
subjects_from = "high"
source = "Proposal COM(2025) 837, in a test"
"""
PAPER = next(facts for name, facts in CASES.items() if name.startswith("02"))
STOLEN = next(facts for name, facts in CASES.items() if name.startswith("11"))
AWARE = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.fixture
def proposal(tmp_path):
    file = tmp_path / "omnibus.toml"
    file.write_text(OMNIBUS, "utf-8")
    return file


@pytest.fixture
def judged(incident):
    incident.facts, incident.aware_at = PAPER.to_json(), AWARE
    db.session.commit()
    return incident


def test_a_proposed_rule_of_96_hours_and_high_risk_is_data_alone():
    book = read_book(shipped("gdpr.toml"), shipped("guidance.toml"), OMNIBUS)
    days = (date(2026, 11, 23), date(2027, 1, 1))

    by_risk = {one.what: (one.was, one.now) for one in compare(PAPER, Profile(), *days, book)}
    high = {one.what: (one.was, one.now) for one in compare(STOLEN, Profile(), *days, book)}

    assert by_risk["hours"] == high["hours"] == (72, 96)
    assert by_risk["authority"] == ("tell", "need not be told")
    assert "authority" not in high, "a high risk is told under both"
    assert "subjects" not in by_risk, "whom to tell of the people stays"
    assert compare(PAPER, Profile(), days[0], date(2026, 12, 31), book) == []


def test_the_command_lists_one_difference_a_line(run, judged, proposal):
    done = run("law", "compare", "--on", "2027-01-01", "--tables", proposal)

    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        f"{judged.reference} hours: 72 -> 96",
        f"{judged.reference} authority: tell -> need not be told",
        "1 cases, 2 differences",
    ]


def test_the_same_as_json(run, judged, proposal):
    done = run("law", "compare", "--on", "2027-01-01", "--json", "--tables", proposal)

    assert json.loads(done.stdout)[0] == {
        "incident": judged.reference,
        "own_day": "2026-11-20",
        "what": "hours",
        "was": 72,
        "now": 96,
    }


def test_the_law_that_ships_is_the_same_tomorrow(run, judged):
    done = run("law", "compare", "--on", "2026-11-24")

    assert (done.exit_code, done.stdout) == (0, "1 cases, 0 differences\n")


def test_another_country_whose_law_begins_is_a_difference(run, judged):
    judged.scope = {"places": {"IN": 3}, "places_complete": True}
    db.session.commit()

    done = run("law", "compare", "--on", "2027-06-01")

    assert f"{judged.reference} law:in: later -> due" in done.stdout


def test_every_case_is_compared_and_none_is_changed(run, judged, staff_user, proposal):
    for n in range(120):
        case = cases.open_incident(f"Case {n}", staff_user, AWARE)
        case.facts = PAPER.to_json()
    db.session.commit()
    before = db.session.scalar(db.select(db.func.count()).select_from(Entry))

    done = run("law", "compare", "--on", "2027-01-01", "--tables", proposal)

    assert done.stdout.splitlines()[-1] == "121 cases, 242 differences"
    assert db.session.scalar(db.select(db.func.count()).select_from(Entry)) == before
    assert db.session.get(type(judged), judged.id).facts == PAPER.to_json()


@pytest.mark.parametrize(
    "text",
    ["", "[[gdpr", "[[gdpr]]\nversion = 1", "gdpr = 1", '[[regime]]\ncode = "x"', "[[guidance]]"],
)
def test_tables_that_are_none_are_refused(run, judged, tmp_path, text):
    file = tmp_path / "strange.toml"
    file.write_text(text, "utf-8")

    done = run("law", "compare", "--on", "2027-01-01", "--tables", file)

    assert (done.exit_code, done.stdout) == (2, "")
    assert "--tables" in done.stderr and "Traceback" not in done.stderr


def test_a_day_is_needed(run, judged):
    done = run("law", "compare")

    assert done.exit_code == 2
    assert "--on" in done.stderr
