"""What a complete notification lacks is named, and can be given where it is named."""

import pytest
from by_hand import Hand

from incidents.actions import cases, measures
from incidents.db import db, now
from incidents.notification import case_of, draft

FACTS = {"breach_types": ["confidentiality"], "data_categories": ["identity"], "subject_count": 213}


@pytest.fixture
def hand(app, incident, controller_user):
    cases.edit(incident, {"facts": FACTS}, controller_user, now())
    db.session.commit()
    hand = Hand(app)
    hand.log_in(controller_user)
    return hand.open(f"/incidents/{incident.reference}/notification")


def missing(incident):
    return {line.key for line in draft(case_of(incident, "initial", now()), "en") if line.missing}


@pytest.mark.parametrize("day", ["done_on", "due_on", None])
def test_a_measure_proposed_is_as_good_as_one_taken(incident, staff_user, day):
    assert "done" in missing(incident)

    words = {"text": "Ask for deletion"} | ({day: now().date()} if day else {})
    measure = measures.add(incident, words, staff_user, now())
    assert not {"done", "planned"} & missing(incident)

    measures.drop(measure, "It was not needed.", staff_user, now())
    assert "done" in missing(incident)


def test_what_is_missing_is_given_on_the_page_that_names_it(hand, incident):
    hand.press(
        "Save these answers",
        records="500",
        consequences="They may get deceptive mail.",
        done="The recipient was asked to delete the list.",
        done_already="y",
    )

    assert incident.record_count == 500
    assert incident.consequences == "They may get deceptive mail."
    (measure,) = incident.measures
    assert measure.done_on is not None
    assert not {"records", "consequences", "done"} & missing(incident)
    assert not hand.page.select("[name=records]")


def test_an_answer_left_empty_erases_nothing_and_is_asked_again(hand, incident):
    hand.press("Save these answers", done="Ask the recipient to delete it.")

    (measure,) = incident.measures
    assert measure.done_on is None
    assert {"records", "consequences"} <= missing(incident)
    hand.press("Save these answers", records="500")
    assert (incident.record_count, len(incident.measures)) == (500, 1)


def test_pressed_twice_it_is_one_measure(hand, incident):
    page, path = hand.page, hand.path
    hand.press("Save these answers", done="Ask the recipient to delete it.")
    version = str(incident.version)
    hand.page, hand.path = page, path
    hand.press("Save these answers", done="Ask the recipient to delete it.", version=version)

    assert len(incident.measures) == 1


def test_a_number_that_cannot_be_is_refused_and_what_was_typed_stays(hand, incident):
    hand.press("Save these answers", status=422, records="many", done="Ask for deletion.")

    assert "Ask for deletion." in hand.page.select_one("[name=done]").text
    assert incident.measures == []


def test_what_was_changed_meanwhile_is_not_written_over(hand, incident, staff_user):
    cases.edit(incident, {"consequences": "None to be seen."}, staff_user, now())
    db.session.commit()
    hand.press("Save these answers", status=409, records="500", consequences="Fraud")

    assert incident.consequences == "None to be seen."
    assert hand.page.select_one("[name=records]")["value"] == "500"
    assert "Fraud" in hand.page.select_one("[name=consequences]").text


def test_the_nature_is_told_as_far_as_it_is_known(incident, staff_user):
    cases.edit(incident, {"facts": {"confidentiality_loss": "possible"}}, staff_user, now())
    (line,) = [
        one for one in draft(case_of(incident, "initial", now()), "en") if one.key == "nature"
    ]
    assert line.answer == "Loss of confidentiality"

    cases.edit(incident, {"facts": {"integrity_loss": "none"}}, staff_user, now())
    assert "nature" in missing(incident)
