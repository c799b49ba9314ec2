"""A button pressed twice does once what it says."""

import threading

import pytest
from door import form_of
from sqlalchemy import func, select

from incidents.db import db
from incidents.models import Entry, Incident, Measure
from notifications.models import Notice


def _twice(app, client, path, data):
    """Send one form three times at the same moment, as an impatient hand does."""
    cookie = client.get_cookie("tocsin")
    answers = []

    def send():
        browser = app.test_client()
        browser.set_cookie("tocsin", cookie.value)
        answers.append(browser.post(path, data=data))

    threads = [threading.Thread(target=send) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def _count(model):
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model))


def test_one_incident_is_opened(app, staff):
    data = form_of(staff, "/incidents/new") | {"title": "Lost laptop"}

    answers = _twice(app, staff, "/incidents/new", data)

    assert [answer.status_code for answer in answers] == [302] * 3
    assert len({answer.location for answer in answers}) == 1
    assert _count(Incident) == 1


def test_one_measure_is_added(app, staff, incident):
    path = f"/incidents/{incident.reference}/measures/new"
    data = form_of(staff, path) | {"text": "Reset all passwords"}

    answers = _twice(app, staff, path, data)

    assert [answer.status_code for answer in answers] == [302] * 3
    assert _count(Measure) == 1


def test_one_letter_is_drafted(app, staff, told):
    path = f"/incidents/{told.reference}/notices"
    data = form_of(staff, path) | {"written_in": "en"}

    answers = _twice(app, staff, f"{path}/new", data)

    assert [answer.status_code for answer in answers] == [302] * 3
    assert _count(Notice) == 1


@pytest.mark.parametrize("between", [[], ["Something else"]])
def test_one_note_is_written_and_a_later_one_of_the_same_words_too(staff, incident, between):
    path = f"/incidents/{incident.reference}/note"

    for text in ["They called again", *between, "They called again"]:
        staff.post(path, data={"text": text})

    noted = select(func.count()).where(Entry.verb == "incident.noted")
    db.session.rollback()
    assert db.session.scalar(noted) == 1 + 2 * len(between)
