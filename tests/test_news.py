"""Reporters hear back: once when joined, once when closed, in their language, never too much."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from incidents.actions import cases, news, receipts, reports
from incidents.db import db, now
from incidents.models import News
from notifications import news as post
from notifications.models import Mail

LATER = timedelta(minutes=61)


@pytest.fixture
def case(make_report, staff_user):
    """An incident from one report in French, with an address."""
    report = make_report(contact="karim@customer.example", language="fr", source="mail")
    incident = cases.open_incident("SECRET TITLE", staff_user, now(), report=report)
    db.session.commit()
    return incident


def pass_on(monkeypatch, after):
    monkeypatch.setattr(post, "now", lambda: now() + after)
    return post.pass_on()


def mails():
    return [mail.content["text"] for mail in db.session.scalars(select(Mail))]


def test_a_reporter_hears_an_hour_after_the_report_was_joined_once(case, monkeypatch):
    assert pass_on(monkeypatch, timedelta(minutes=5)) == 0
    assert pass_on(monkeypatch, LATER) == 1
    assert pass_on(monkeypatch, LATER * 3) == 0

    (text,) = mails()
    assert "Nous avons lu votre signalement" in text
    assert "SECRET" not in text and case.reference not in text
    assert [m.direction for m in case.reports[0].messages] == ["out"]


def test_parted_within_the_hour_nobody_hears_and_joined_again_once(case, staff_user, monkeypatch):
    (report,) = case.reports
    reports.part(report, "another matter", staff_user, now())
    db.session.commit()
    assert pass_on(monkeypatch, LATER) == 0

    reports.join(report, case, staff_user, now())
    db.session.commit()
    assert pass_on(monkeypatch, LATER) == 1
    reports.part(report, "another matter", staff_user, now())
    reports.join(report, case, staff_user, now())
    db.session.commit()
    assert pass_on(monkeypatch, LATER * 2) == 0


def test_staff_change_the_words_send_them_at_once_or_withhold_them(case, staff, monkeypatch):
    path = f"/incidents/{case.reference}/reporters"
    words = {"kind": "joined", "language": "fr", "text": "Bonjour, merci."}
    assert "Nous avons lu votre signalement" in staff.get(path).text
    staff.post(path, data=words | {"then": "send"})
    assert pass_on(monkeypatch, timedelta(0)) == 1
    assert "Bonjour, merci." in mails()[0]

    assert staff.post(path, data=words | {"then": "withhold"}).status_code == 409
    news.closed(case, now())
    db.session.commit()
    staff.post(path, data=words | {"kind": "closed", "then": "withhold"})
    assert pass_on(monkeypatch, LATER * 2) == 0


def test_closing_is_told_and_reopening_within_the_hour_takes_it_back(case, staff_user, monkeypatch):
    pass_on(monkeypatch, LATER)
    monkeypatch.setattr("incidents.workflow.blocking", lambda *_: [])
    case.stage = "notification"
    cases.move(case, "closed", staff_user, now())
    cases.move(case, "notification", staff_user, now(), "something was missed")
    db.session.commit()
    assert pass_on(monkeypatch, LATER * 2) == 0

    cases.move(case, "closed", staff_user, now())
    db.session.commit()
    assert pass_on(monkeypatch, LATER * 2) == 1
    assert "est terminé" in mails()[-1]


def test_who_has_only_a_code_reads_it_with_the_code(make_report, staff_user, monkeypatch):
    report = make_report()
    receipts.give(report, "$argon2id$test", now())
    cases.open_incident("A case", staff_user, now(), report=report)
    db.session.commit()

    assert pass_on(monkeypatch, LATER) == 1
    assert "We have read your report" in report.messages[0].text
    assert mails() == []


def test_who_cannot_be_reached_and_machines_hear_nothing(make_report, staff_user):
    for words in ({}, {"contact": "k@customer.example", "automatic": True}):
        cases.open_incident("A case", staff_user, now(), report=make_report(**words))
    db.session.commit()

    assert db.session.scalars(select(News)).all() == []


def test_one_address_gets_one_mail_an_hour_that_nobody_wrote(make_report, staff_user, monkeypatch):
    for _ in range(3):
        report = make_report(contact="victim@elsewhere.example")
        cases.open_incident("A case", staff_user, now(), report=report)
    db.session.commit()

    assert pass_on(monkeypatch, LATER) == 1
    assert len(mails()) == 1
