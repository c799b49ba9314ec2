"""Assigned, mentioned, following: who hears of a change, when, and how little the mail says."""

from datetime import timedelta

import pytest
import time_machine

from incidents.actions import cases, watching
from incidents.db import db, now
from notifications import digest
from notifications.models import Mail
from tests.conftest import _account


@pytest.fixture
def odile(app):
    return _account("staff", "Odile")


def mails():
    db.session.rollback()
    return [(row.to, row.content) for row in db.session.scalars(db.select(Mail).order_by(Mail.id))]


def later(hours):
    return time_machine.travel(now() + timedelta(hours=hours), tick=False)


def test_each_change_by_another_is_told_once(incident, staff_user, odile):
    watching.follow(incident, odile, now())
    digest.digest()
    assert mails() == []
    cases.note(incident, "CANARY: the customer Karim called again", staff_user, now())
    db.session.commit()

    digest.digest()
    with later(30):
        digest.digest()

    ((to, content),) = mails()
    assert to == odile.email
    assert incident.reference in content["text"]
    assert "one note" in content["text"]


def test_the_mail_says_nothing_of_the_case(incident, staff_user, odile):
    watching.follow(incident, odile, now())
    cases.note(incident, "CANARY: the customer Karim called again", staff_user, now())
    cases.edit(incident, {"title": "CANARY title", "summary": "CANARY"}, staff_user, now())
    cases.hand_over(incident, odile, staff_user, now())
    db.session.commit()

    digest.digest()

    ((_to, content),) = mails()
    whole = content["subject"] + content["text"]
    for word in ("CANARY", "Karim", "Sam", "Odile", incident.title):
        assert word not in whole


def test_ones_own_changes_are_not_told(incident, staff_user):
    watching.follow(incident, staff_user, now())
    cases.note(incident, "I did this myself", staff_user, now())
    db.session.commit()

    digest.digest()

    assert mails() == []


def test_who_is_named_in_a_note_hears_of_it_at_once(staff, incident, staff_user, odile, report):
    with later(-2):
        watching.follow(incident, odile, now())
        cases.note(incident, "Something", staff_user, now())
        db.session.commit()
        digest.digest()
    staff.post(f"/reports/{report.reference}/note", data={"text": "@odile, can you look?"})

    digest.digest()

    assert len(mails()) == 2
    assert "asks for you" in mails()[1][1]["text"]


def test_other_changes_wait_until_the_hour_is_over(incident, staff_user, odile):
    watching.follow(incident, odile, now())
    cases.note(incident, "One", staff_user, now())
    db.session.commit()
    digest.digest()
    cases.note(incident, "Two", staff_user, now())
    db.session.commit()

    digest.digest()
    assert len(mails()) == 1
    with later(1.1):
        digest.digest()
    assert len(mails()) == 2


def test_never_is_never(incident, staff_user, odile):
    odile.digest = "never"
    watching.follow(incident, odile, now())
    cases.note(incident, "@Odile look", staff_user, now())
    db.session.commit()

    digest.digest()

    assert mails() == []


def test_an_assigned_report_is_followed_by_who_sees_to_it(staff, odile, report):
    staff.post(f"/reports/{report.reference}/assign", data={"assignee": odile.id})
    assert report.assignee_id == odile.id
    assert watching.following(report, odile)

    digest.digest()
    assert [to for to, _content in mails()] == [odile.email]
    staff.post(f"/reports/{report.reference}/assign", data={"assignee": 0})
    assert report.assignee_id is None


def test_a_name_must_be_whole_and_one_persons(app, staff_user, odile):
    _account("staff", "Odile Martin")

    assert watching.mentioned("@Sam please") == [staff_user]
    assert watching.mentioned("@Samuel, @Samantha and sam@sam.example") == []
    assert watching.mentioned("@Odile Martin") != []
    assert odile not in watching.mentioned("@Odile")  # two have this first name


def test_following_and_stopping(staff, staff_user, incident, odile):
    staff.post(f"/incidents/{incident.reference}/follow")
    assert watching.following(incident, staff_user)
    staff.post(f"/incidents/{incident.reference}/follow", data={"stop": "yes"})
    assert not watching.following(incident, staff_user)
