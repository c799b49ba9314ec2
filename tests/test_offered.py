"""What is known already is offered as an answer with where it comes from, and kept once seen."""

import pytest
from by_hand import Hand
from door import STORY, form_of, reports, send

from incidents.actions import cases
from incidents.db import db, now


@pytest.fixture
def hand(app, incident, controller_user):
    hand = Hand(app)
    hand.log_in(controller_user)
    return hand.open(f"/incidents/{incident.reference}/decision")


def ticked(hand):
    return {one["value"] for one in hand.page.select("[name=data_categories][checked]")}


def test_our_role_is_offered_from_the_last_incident_and_said_so(hand, incident, staff_user):
    other = cases.open_incident("Invoices of a client shown", staff_user, now())
    other.facts = {"controller_role": "processor"}
    db.session.commit()

    hand.press("Ransomware")
    assert f"Filled in as in {other.reference}." in hand.words
    assert "controller_role" not in incident.facts  # not before it was seen

    hand.press("Keep these and go on")
    assert incident.facts["controller_role"] == "processor"


def test_what_a_reporter_ticked_is_ticked_to_be_looked_at(client, hand, staff_user):
    said = {"reporter": "customer", "kinds": ["contact", "health"], "people": "one"}
    send(client, form_of(client) | {"story": STORY} | said)
    incident = cases.open_incident("A customer wrote", staff_user, now(), report=reports()[-1])
    db.session.commit()

    hand.open(f"/incidents/{incident.reference}/decision").press("E-mail to the wrong people")
    assert ticked(hand) == {"identity", "contact", "email_address", "health"}
    assert "Ticked as the report says. Correct it." in hand.words
    assert hand.page.select_one("[name=subject_count]")["value"] == "1"
    assert "data_categories" not in incident.facts

    hand.press("Keep these and go on", data_categories=["identity"], subject_count="2")
    assert incident.facts["data_categories"] == ["identity"]
    assert ticked(hand) == {"identity"}
    assert "Ticked as the report says." not in hand.words


def test_what_was_written_of_the_data_stands_by_the_question(hand, incident):
    incident.data, incident.people = "Names and invoices of June", "Clients in Lyon"
    db.session.commit()

    hand.open(hand.path).press("Published online")
    assert "Written so far: Names and invoices of June" in hand.words
    assert "Written so far: Clients in Lyon" in hand.words
