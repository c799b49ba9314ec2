"""One tap says that a reminder was read; who is reminded is set and tried on the settings pages."""

import re

import pytest
from clockwork import HOUR, MONDAY
from sqlalchemy import select

from incidents.actions import duties
from incidents.db import db, now
from incidents.models import Entry, Organisation
from notifications.models import Mail, Reminder


@pytest.fixture
def tap(case, worker, smtp_sink, client):
    """The link in the first reminder of a case, as a path; and what the client gets by it."""
    case(aware=MONDAY, decided=(True, False))
    worker.at(MONDAY + 36 * HOUR)
    words = smtp_sink.mails[0].message.get_content()
    return re.search(r"(/reminders/\S+)", words)[1]


def read_by():
    entries = select(Entry).where(Entry.verb == "reminder.acknowledged")
    return [entry.actor for entry in db.session.scalars(entries)]


def test_opening_the_link_marks_nothing_and_the_button_marks_it_once(tap, client, staff_user):
    page = client.get(tap)  # as a program that looks through mail does
    assert page.status_code == 200 and "I have read this" in page.text
    assert "36 h left to tell the authority" in page.text
    assert read_by() == []

    for _ in range(2):
        assert client.post(tap).location == tap

    assert read_by() == [f"user:{staff_user.id}"]
    assert "Read on 24 Nov 2026" in client.get(tap).text
    assert "I have read this" not in client.get(tap).text


def test_what_was_read_does_not_stop_what_comes_later(tap, client, worker):
    client.post(tap)

    assert len(worker.at(MONDAY + 48 * HOUR)) == 2


def test_the_link_ends_with_the_duty(tap, client, staff_user):
    incident = db.session.scalar(select(Reminder)).incident
    duties.meet(incident.duties[0], now(), "Reference 4711", staff_user, now())
    db.session.commit()

    assert client.get(tap).status_code == 410
    client.post(tap)
    assert read_by() == []


def test_the_link_ends_with_the_account(tap, client, staff_user):
    staff_user.active = False
    db.session.commit()

    assert client.get(tap).status_code == 410


@pytest.mark.parametrize("change", [("0", "1"), ("-", "x"), ("/reminders/", "/reminders/x")])
def test_nobody_else_can_make_a_link(tap, client, change):
    old, new = change
    forged = (
        tap[:11] + tap[11:].replace(old, new, 1) if old != "/reminders/" else f"{new}{tap[11:]}"
    )
    if forged == tap:
        forged = tap[:-1] + ("1" if tap[-1] == "0" else "0")

    assert client.get(forged).status_code == 404
    assert client.post(forged).status_code == 404
    assert read_by() == []


def test_the_page_says_no_word_of_the_case_to_whoever_holds_the_link(tap, client):
    incident = db.session.scalar(select(Reminder)).incident
    incident.title = incident.summary = "CANARY"
    db.session.commit()

    assert "CANARY" not in client.get(tap).text


def test_the_deputy_is_chosen_in_the_profile(controller, controller_user, deputy):
    values = {"name": "N", "controller": "Ada", "contact": "privacy@training.example"}
    values |= {"authority": "FR", "languages": ["en"], "language": "en"}
    values |= {"time_zone": "Europe/Paris", "retention_months": "60", "version": "2"}

    def save(**more):
        served = db.session.get(Organisation, 1)
        answer = controller.post(
            "/settings/organisation", data=values | {"version": served.version} | more
        )
        db.session.expire_all()
        return answer.status_code, db.session.get(Organisation, 1).deputy_id

    assert save(deputy_id=str(controller_user.id)) == (302, controller_user.id)
    assert save(deputy_id="4711") == (200, controller_user.id)
    assert save(deputy_id="Dora") == (200, controller_user.id)
    assert save(deputy_id="0") == (302, None)


def test_whoever_left_is_not_offered_as_deputy(controller, deputy):
    deputy.active = False
    db.session.commit()

    page = controller.get("/settings/organisation").text
    assert "Who is reminded too" in page and "Dora" not in page


def test_the_people_page_says_who_is_reminded_when(controller, staff_user, deputy):
    page = controller.get("/settings/people").text

    assert page.count("of all incidents from 6 hours before") == 1
    assert page.count("of all incidents from 24 hours before") == 1
    assert page.count("Reminders: of their own incidents") == 1


def test_a_test_shows_whether_reminders_reach_a_person(controller, staff_user, client, staff):
    url = f"/settings/people/{staff_user.id}/reminder"
    assert staff.post(url).status_code == 403
    assert controller.post(url).location == "/settings/people"

    (mail,) = db.session.scalars(select(Mail)).all()
    assert (mail.kind, mail.to) == ("test", "sam@training.example")
    assert "There is nothing to do." in mail.content["text"]
    staff_user.active = False
    db.session.commit()
    controller.post(url)
    assert len(db.session.scalars(select(Mail)).all()) == 1
