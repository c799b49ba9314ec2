"""The retention period is kept: words go, the bare record and its chain stay."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from incidents import audit
from incidents.actions import erasure, reports
from incidents.db import db, now
from incidents.intake import File
from incidents.models import Attachment, Blob, Entry, Incident, Measure, Organisation
from notifications import housekeeping
from notifications.models import ListKey, Notice, Recipient
from notifications.recipients.person import Person


@pytest.fixture
def old(incident, report, staff_user):
    """A closed case of six years ago, full of words."""
    reports.attach(report, (File("CANARY.txt", "text/plain", b"CANARY file"),))
    incident.summary = incident.lesson = "CANARY words"
    incident.whys = ["CANARY why"]
    measure = Measure()
    measure.text = "CANARY measure"
    incident.measures.append(measure)
    notice = Notice(uid="n" * 16, incident=incident, made_at=now())
    notice.list_key = ListKey(incident_id=incident.id, made_at=now())
    notice.list_key.key = b"k" * 32
    db.session.add(notice)
    db.session.flush()
    person = Recipient(notice=notice, address_key=b"k" * 16, language="en")
    person.person = Person("canary@customer.example", "CANARY Name")
    db.session.add(person)
    incident.stage, incident.closed_at = "closed", now() - timedelta(days=6 * 366)
    db.session.commit()
    return incident


def words_left():
    """Every sealed value in the database that still opens to a canary or the reporter's words."""
    found = []
    for mapper in db.Model.registry.mappers:
        for row in db.session.scalars(select(mapper.class_)):
            for name in dir(mapper.class_):
                if f"{name}_sealed" in mapper.columns:
                    value = getattr(row, name)
                    if value and any(w in str(value) for w in ("CANARY", "canary", "karim", "raw")):
                        found.append((mapper.class_.__name__, name))
    return found


def test_after_the_period_no_word_is_left_and_the_chain_is_whole(old):
    assert words_left()

    assert housekeeping.keep_retention() == 1

    assert words_left() == []
    assert old.reference.startswith("BR-") and old.closed_at
    assert audit.verify().broken_at is None


def test_erasing_is_written_down_once(old):
    housekeeping.keep_retention()

    assert housekeeping.keep_retention() == 0
    verbs = db.session.scalars(select(Entry.verb).where(Entry.incident_id == old.id)).all()
    assert verbs.count("incident.erased") == 1


def test_before_the_period_ends_nothing_goes(old):
    db.session.get(Organisation, 1).retention_months = 120
    db.session.commit()

    assert housekeeping.keep_retention() == 0
    assert db.session.scalars(select(Blob)).first().size > 0


def test_an_open_case_is_never_erased_however_old(old):
    old.stage, old.closed_at = "mitigation", None
    old.opened_at = now() - timedelta(days=20 * 366)
    db.session.commit()

    assert housekeeping.keep_retention() == 0


def test_a_report_set_aside_goes_by_the_same_period(make_report, staff_user):
    report = make_report(story="CANARY advertising")
    reports.set_aside(report, "advertising", staff_user, now())
    report.received_at = now() - timedelta(days=6 * 366)
    db.session.commit()

    assert housekeeping.keep_retention() == 1
    assert (report.story, report.reference[:3]) == (None, "RP-")


def test_the_pages_of_an_erased_case_still_open(old, staff):
    housekeeping.keep_retention()

    for page in ("", "/file", "/detection", "/decision", "/measures"):
        assert staff.get(f"/incidents/{old.reference}{page}").status_code == 200
    assert staff.get(f"/reports/{old.reports[0].reference}").status_code == 200
    assert staff.get("/register").status_code == 200
    assert db.session.scalars(select(Attachment)).one().filename == "-"
    assert db.session.scalars(select(Incident)).one().erased_at
    assert erasure.due(now().date(), 60) == []
