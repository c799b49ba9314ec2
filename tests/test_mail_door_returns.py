"""What comes back from letters is matched by its token alone: returns, replies, robots."""

from pathlib import Path

import pytest
from letters import *  # noqa: F403
from sqlalchemy import func, select

from incidents.actions import duties
from incidents.db import db, now
from incidents.models import Entry, Report
from notifications import incoming, tokens
from notifications.models import Attempt, Recipient
from notifications.reading.child import reader
from notifications.returned import parsing

HARD = Path(__file__).parent.parent.parent / "shared" / "mail" / "inbound"


@pytest.fixture(autouse=True, scope="module")
def _child():
    yield
    reader.close()


@pytest.fixture
def letter(ready):
    """A letter that left, and with which the duty was met."""
    row = db.session.scalar(select(Recipient).order_by(Recipient.id))
    row.state, row.sent_at = "sent", now()
    duties.meet(ready.duty, now(), "All were told.", "worker", now())
    db.session.commit()
    return row


def returned(address, status="5.1.1", action="failed", to="breach@training.example", text=""):
    return (
        f"From: MAILER-DAEMON@relay.example\nTo: {to}\nSubject: Undelivered Mail\n"
        "Return-Path: <>\nContent-Type: multipart/report; report-type=delivery-status; "
        "boundary=x\n\n--x\nContent-Type: message/delivery-status\n\n"
        f"Reporting-MTA: dns; relay.example\n\nFinal-Recipient: rfc822; {address}\n"
        f"Action: {action}\nStatus: {status}\nDiagnostic-Code: smtp; 550 no such user\n\n"
        f"--x\n\n{text}\n--x--\n"
    ).encode()


def noted(letter):
    return list(
        db.session.scalars(
            select(Attempt.outcome).where(Attempt.recipient_id == letter.id).order_by(Attempt.id)
        )
    )


def reports():
    return db.session.scalar(select(func.count()).select_from(Report))


@pytest.mark.parametrize("where", ["to", "text"])
def test_a_letter_that_comes_back_is_not_told_and_its_duty_is_open(letter, where):
    """Its token stands in the address it returns to, or in the Message-ID of what is returned."""
    ours = {
        "to": tokens.return_address(letter.uid, "breach@training.example"),
        "text": f"Message-ID: {letter.message_id}",
    }
    before = reports()
    outcome = incoming.take(returned("ada@example.org", **{where: ours[where]}), "1", now())

    assert (outcome.kind, outcome.report) == ("bounce", None)
    assert reports() == before
    db.session.refresh(letter)
    assert (letter.state, letter.answer) == ("failed", "5.1.1 550 no such user")
    assert letter.notice.duty.met_at is None
    attempt = db.session.scalar(select(Attempt).where(Attempt.recipient_id == letter.id))
    assert (attempt.outcome, attempt.answer) == ("bounced", "5.1.1 550 no such user")
    verbs = db.session.scalars(select(Entry.verb)).all()
    assert "letter.returned" in verbs


def test_a_second_return_of_the_same_letter_changes_nothing(letter):
    ours = tokens.return_address(letter.uid, "breach@training.example")
    incoming.take(returned("ada@example.org", to=ours), "1", now())
    incoming.take(returned("ada@example.org", "5.7.1", to=ours), "2", now())

    assert db.session.scalar(select(func.count()).select_from(Attempt)) == 1
    assert letter.answer == "5.1.1 550 no such user"


@pytest.mark.parametrize(("action", "status"), [("delayed", "4.4.1"), ("delivered", "2.0.0")])
def test_a_letter_still_on_its_way_is_not_called_failed(letter, action, status):
    ours = tokens.return_address(letter.uid, "breach@training.example")
    outcome = incoming.take(returned("ada@example.org", status, action, ours), "1", now())

    db.session.refresh(letter)
    assert (outcome.kind, letter.state) == ("bounce", "sent")
    assert letter.notice.duty.met_at


def test_a_forged_return_changes_nothing_and_is_looked_at_by_people(letter):
    genuine = tokens.return_address(letter.uid, "breach@training.example")
    forged = genuine.replace("@", "0@")
    outcome = incoming.take(returned("ada@example.org", to=forged), "1", now())

    db.session.refresh(letter)
    assert (outcome.kind, letter.state) == ("bounce", "sent")
    report = db.session.scalar(select(Report).where(Report.reference == outcome.report))
    assert (report.mark, report.automatic) == ("returned", True)


def test_a_person_who_answers_a_letter_is_heard(letter):
    raw = (
        f"From: Ada <ada@example.org>\nIn-Reply-To: {letter.message_id}\nSubject: Re: your data\n"
        "Message-ID: <1@example.org>\n\nWhat should I do about my bank?\n"
    )
    outcome = incoming.take(raw.encode(), "1", now())

    report = db.session.scalar(select(Report).where(Report.reference == outcome.report))
    assert outcome.kind == "report"
    assert (report.mark, report.state) == ("letter_reply", "new")
    assert report.story == "What should I do about my bank?"


def test_a_vacation_notice_to_a_letter_fills_no_queue(letter):
    before = reports()
    raw = (
        f"From: ada@example.org\nIn-Reply-To: {letter.message_id}\nAuto-Submitted: auto-replied\n"
        "Subject: Away\n\nI am away.\n"
    )
    outcome = incoming.take(raw.encode(), "1", now())

    assert (outcome.kind, outcome.stored, reports()) == ("auto_reply", True, before)
    assert noted(letter) == ["auto_reply"]


def test_a_letter_that_its_server_gave_up_is_failed_though_nobody_refused_it(letter):
    ours = tokens.return_address(letter.uid, "breach@training.example")
    incoming.take(returned("ada@example.org", "4.4.7", "failed", ours), "1", now())

    db.session.refresh(letter)
    assert letter.state == "failed"
    assert letter.notice.duty.met_at is None


def test_a_return_of_a_letter_under_way_is_noted_beside_it(letter):
    ours = tokens.return_address(letter.uid, "breach@training.example")
    for number in range(5):
        raw = returned("ada@example.org", "4.4.1", "delayed", ours, f"Try {number}")
        incoming.take(raw, str(number), now())

    assert noted(letter) == ["delayed"] * 3  # more of the same would say no more


def test_a_complaint_about_a_letter_is_noted_and_leaves_it_sent(letter):
    raw = (
        "From: feedback@provider.example\nTo: breach@training.example\nSubject: Abuse report\n"
        "Content-Type: multipart/report; report-type=feedback-report; boundary=x\n\n--x\n"
        "Content-Type: message/feedback-report\n\nFeedback-Type: abuse\n\n--x\n"
        f"Content-Type: text/rfc822-headers\n\nMessage-ID: {letter.message_id}\n\n--x--\n"
    )
    outcome = incoming.take(raw.encode(), "1", now())

    db.session.refresh(letter)
    assert (outcome.kind, letter.state, noted(letter)) == ("bounce", "sent", ["complaint"])
    assert letter.notice.duty.met_at
    assert "letter.complaint" in db.session.scalars(select(Entry.verb)).all()


@pytest.mark.skipif(not HARD.exists(), reason="the shared mails are not here")
def test_ordinary_mail_is_never_taken_for_a_return():
    files = sorted(HARD.glob("*.eml"))
    found = [path.name for path in files if parsing.parse(path.read_bytes()).is_bounce]

    assert found == ["mime_emails__raw_email_with_mimepart_without_content_type.eml"]  # it is one
