"""The decision page asks what still matters; the rest is folded away, and nothing is lost."""

import pytest
from by_hand import Hand, filled

from incidents.asking import groups
from incidents.db import db
from incidents.law import Facts, assess, questions
from incidents.law.idle import CERTAIN
from tests.test_law_order import TODAY

WHAT = {
    "incident_type": "lost_stolen_device",
    "confidentiality_loss": "possible",
    "integrity_loss": "none",
    "availability_loss": "none",
    "malicious": "no",
}
SAFE = {
    "protection": "strong_encryption",
    "protection_state_of_the_art": "yes",
    "key_compromised": "no",
    "credentials_exposed": "no",
    "misuse_observed": "no",
}


@pytest.fixture
def hand(app, incident, controller_user):
    hand = Hand(app)
    hand.log_in(controller_user)
    return hand.open(f"/incidents/{incident.reference}/decision")


def standing_open(hand):
    """The questions that a reader sees without opening anything."""
    controls = hand.page.select("form.compact [name]")
    return {one["name"] for one in controls if not one.find_parent("details")}


def test_a_case_that_is_settled_early_asks_no_more(hand, incident):
    assert {"incident_type", "malicious"} < standing_open(hand)
    assert not {"protection", "subject_count", "recipient_known"} & standing_open(hand)

    hand.press("Keep these and go on", **WHAT)
    assert "protection" in standing_open(hand) and "recipient_known" not in standing_open(hand)
    assert "The data stayed available." in hand.words

    hand.press("Keep these and go on", **SAFE)
    result = assess(Facts.from_json(incident.facts), TODAY)
    assert (result.authority.duty, result.authority.certain) == (False, True)
    assert not {"recipient_known", "vulnerable_subjects", "identifiable"} & standing_open(hand)
    assert CERTAIN in hand.words


def test_no_question_leaves_the_page_and_no_answer_is_folded_away(hand, incident):
    hand.press("Keep these and go on", **WHAT)
    incident.facts = {**incident.facts, "critical_service": False, "recipient_count": 3}
    db.session.commit()
    hand.open(hand.path)

    names = {one["name"] for one in hand.page.select("form.compact [name]")}
    assert {question.key for question in questions()} <= names
    assert set(incident.facts) <= standing_open(hand)
    form = hand.page.select_one("form.compact")
    assert filled(form)["recipient_count"] == "3"  # a browser sends what is folded away, too


def test_an_answer_in_a_fold_is_kept_and_stands_open_from_then(hand, incident):
    hand.press("Keep the answers and show the result", public_exposure="yes")

    assert incident.facts == {"public_exposure": True}
    assert "public_exposure" in standing_open(hand)


def test_who_does_not_know_an_answer_is_led_on_all_the_same(hand):
    seen = set()
    for _step in range(5):
        hand.press("Keep these and go on")
        now_open = standing_open(hand) - {"on"}
        assert now_open > seen
        seen = now_open

    assert "controller_role" in seen
    assert "Keep these and go on" not in hand.words


def test_a_number_that_cannot_be_is_refused_in_the_open(hand, incident):
    hand.press("Keep the answers and show the result", status=400, recipient_count="-4")

    assert "recipient_count" in standing_open(hand)
    assert incident.facts == {}


def test_each_fold_says_why():
    facts = Facts.from_json({"availability_loss": "none", "malicious": True})

    for group in groups(facts, TODAY, 5, lambda key: False):
        assert bool(group.idle) == bool(group.why)
