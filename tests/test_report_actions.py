"""Reports and incidents are separate; nothing is ever dropped."""

import pytest

from incidents import audit
from incidents.actions import cases, reports
from incidents.db import db, now
from incidents.intake import Draft
from incidents.models import Blob, Report
from incidents.refusal import Refused


def test_the_same_sending_gives_the_same_report(app):
    draft = Draft("web", "web:one", b"raw", "story")

    first, new = reports.receive(draft, now())
    second, again = reports.receive(draft, now())

    assert (new, again) == (True, False)
    assert first is second


def test_joining_and_parting_restores_what_was(report, incident, staff_user):
    reports.part(report, "another company's customer", staff_user, now())
    db.session.commit()

    assert (report.state, report.incident) == ("new", None)
    with pytest.raises(Refused):
        reports.part(report, "again", staff_user, now())
    reports.join(report, incident, staff_user, now())
    db.session.commit()
    assert incident.reports == [report]
    assert audit.verify().broken_at is None


def test_setting_aside_needs_a_reason_and_can_be_taken_back(report, staff_user):
    with pytest.raises(Refused):
        reports.set_aside(report, " ", staff_user, now())
    reports.set_aside(report, "advertising", staff_user, now())
    reports.take_back(report, staff_user, now())
    db.session.commit()

    assert report.state == "new"


def test_sealed_words_open_only_in_their_own_row(report, make_report):
    other = make_report(story="Another story")
    other.story_sealed = report.story_sealed
    db.session.commit()

    from incidents.seal import Broken

    with pytest.raises(Broken):
        _ = db.session.get(Report, other.id).story


def test_no_plain_word_of_a_report_reaches_the_disk(instance, make_report):
    make_report(story="CANARY-STORY", raw=b"CANARY-RAW", contact="canary@secret.example")

    for file in instance.rglob("*"):
        if file.is_file():
            assert b"CANARY" not in file.read_bytes()
            assert b"canary@secret" not in file.read_bytes()
    assert db.session.scalar(db.select(Blob)).content == b"CANARY-RAW"


def test_a_closed_incident_takes_no_report(incident, make_report, staff_user):
    incident.stage = "closed"
    db.session.commit()

    with pytest.raises(Refused):
        reports.join(make_report(), incident, staff_user, now())


def test_going_on_is_refused_with_the_list_of_what_is_missing(incident, staff_user):
    with pytest.raises(Refused) as refusal:
        cases.move(incident, "cause", staff_user, now())

    assert len(refusal.value.missing) >= 4
    assert incident.stage == "detection"
