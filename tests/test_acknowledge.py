"""Each report is acknowledged once, seldom for one address, and never to a machine."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from incidents.db import db, now
from incidents.models import Entry, Report
from incidents.refusal import Refused
from notifications import acknowledge, answers, incoming, tokens
from notifications.models import Mail, Server


@pytest.fixture(autouse=True)
def servers(app):
    """Where our mail leaves from, and the mailbox that people write to."""
    db.session.add_all(
        [
            Server(uid="1" * 16, direction="out", sender="incidents@training.example"),
            Server(uid="2" * 16, direction="in", sender="breach@training.example", plus=True),
        ]
    )
    db.session.commit()


def mails():
    return db.session.scalars(select(Mail).order_by(Mail.id)).all()


def last_entry():
    return db.session.scalar(select(Entry).order_by(Entry.n.desc()))


def test_a_report_is_acknowledged_once(report):
    assert acknowledge.pending(now()) == 1
    assert acknowledge.pending(now()) == 0

    (mail,) = mails()
    assert (mail.kind, mail.to, mail.report_id) == (
        "acknowledgement",
        "karim@customer.example",
        report.id,
    )
    db.session.refresh(report)
    assert report.acknowledged_at
    assert last_entry().verb == "report.acknowledged"


@pytest.mark.parametrize(
    ("language", "words"), [("en", "We have received"), ("fr", "Nous avons bien reçu")]
)
def test_it_speaks_the_language_of_the_reporter(make_report, language, words):
    report = make_report(contact="k@customer.example", language=language)
    acknowledge.pending(now())

    content = mails()[0].content
    assert words in content["text"]
    assert report.reference in content["subject"]
    assert "\n" not in content["subject"]


def test_an_unknown_language_gets_english(make_report):
    make_report(contact="k@customer.example", language="xx")
    acknowledge.pending(now())

    assert "We have received" in mails()[0].content["text"]


def test_nothing_of_what_was_reported_goes_out(make_report):
    words = {"story": "BUY-PILLS", "subject": "BUY-PILLS", "name": "BUY-PILLS", "data": "BUY-PILLS"}
    make_report(contact="victim@elsewhere.example", **words)
    acknowledge.pending(now())

    assert "BUY-PILLS" not in str(mails()[0].content)


def test_a_thousand_reports_in_one_name_bring_one_mail(make_report):
    for number in range(40):
        contact = "victim@elsewhere.example" if number % 2 else "VICTIM@elsewhere.example"
        make_report(contact=contact)
    acknowledge.pending(now())

    assert len(mails()) == 1
    assert db.session.scalars(select(Report).where(Report.acknowledged_at.is_(None))).all() == []
    assert last_entry().detail["kind"] == "hour"


def test_an_address_gets_five_mails_a_day_at_most(make_report):
    begin = now()
    for hours in range(0, 24, 2):
        make_report(contact="k@customer.example")
        acknowledge.pending(begin + timedelta(hours=hours))

    assert len(mails()) == 5


def test_an_hour_later_the_next_report_is_acknowledged(make_report):
    make_report(contact="k@customer.example")
    acknowledge.pending(now())
    make_report(contact="k@customer.example")

    assert acknowledge.pending(now() + timedelta(minutes=61)) == 1


@pytest.mark.parametrize(
    "words",
    [
        {"contact": None},
        {"contact": "k@customer.example", "automatic": True},
        {"contact": "breach@training.example"},
        {"contact": "Incidents@Training.example"},
        {"contact": "privacy@training.example"},
    ],
    ids=str,
)
def test_nobody_machines_and_ourselves_get_none(make_report, words):
    make_report(**words)

    assert acknowledge.pending(now()) == 0
    assert mails() == []


def test_the_form_of_somebody_who_reads_the_report_stays_valid(report):
    """The worker's note is not an edit: it does not make an open page stale."""
    seen = report.version
    acknowledge.pending(now())
    db.session.refresh(report)

    assert report.version == seen


def test_no_machine_answers_it_and_an_answer_finds_its_report(report):
    acknowledge.pending(now())

    (mail,) = mails()
    headers = mail.content["headers"]
    assert headers["Auto-Submitted"] == "auto-replied"
    assert headers["X-Auto-Response-Suppress"] == "All"
    assert tokens.find(mail.message_id) == [("report", report.uid)]
    assert tokens.find(headers["Reply-To"]) == [("report", report.uid)]
    assert tokens.find(mail.content["text"]) == [("report", report.uid)]


def test_it_stands_in_the_thread_of_the_mail_that_it_answers(app):
    incoming.take(b"From: k@c.example\nMessage-ID: <7@c.example>\n\nHelp", "test:1", now())
    acknowledge.pending(now())

    headers = mails()[0].content["headers"]
    assert (headers["In-Reply-To"], headers["References"]) == ("<7@c.example>", "<7@c.example>")


def test_a_message_id_that_would_break_a_header_is_not_repeated(app):
    raw = b"From: k@c.example\nMessage-ID: <7@c.example>\n Bcc: x@y.example\n\nHelp"
    incoming.take(raw, "test:1", now())
    acknowledge.pending(now())

    assert "In-Reply-To" not in mails()[0].content["headers"]


def test_two_installations_that_write_to_each_other_stop_at_once(app):
    """Ours answers a report of theirs; their acknowledgement of our answer brings none of ours."""
    incoming.take(b"From: breach@theirs.example\nMessage-ID: <1@t>\n\nHelp", "test:1", now())
    acknowledge.pending(now())
    ours = mails()[0]
    theirs = (
        f"From: breach@theirs.example\nIn-Reply-To: {ours.message_id}\n"
        "Message-ID: <2@t>\nAuto-Submitted: auto-replied\n\nWe have received your report."
    )
    outcome = incoming.take(theirs.encode(), "test:2", now() + timedelta(hours=2))

    assert outcome.kind == "auto_reply"
    assert acknowledge.pending(now() + timedelta(hours=2)) == 0
    assert len(mails()) == 1


def test_a_vacation_robot_gets_one_mail(app):
    incoming.take(b"From: k@c.example\nMessage-ID: <1@c>\n\nHelp", "test:1", now())
    acknowledge.pending(now())
    for number in range(3):
        robot = (
            f"From: k@c.example\nSubject: Out of office\nMessage-ID: <v{number}@c>\n"
            f"In-Reply-To: {mails()[0].message_id}\n\nI am away."
        )
        later = now() + timedelta(hours=2 + number)
        incoming.take(robot.encode(), f"test:v{number}", later)
        acknowledge.pending(later)

    assert len(mails()) == 1


def test_a_returned_acknowledgement_is_noted_and_makes_no_report(report):
    acknowledge.pending(now())
    (mail,) = mails()
    raw = (
        "From: MAILER-DAEMON@relay.example\nSubject: Undelivered\nReturn-Path: <>\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=x\n\n"
        "--x\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; relay.example\n\n"
        "Final-Recipient: rfc822; karim@customer.example\nAction: failed\nStatus: 5.1.1\n\n"
        f"--x\nContent-Type: text/rfc822-headers\n\nMessage-ID: {mail.message_id}\n\n--x--\n"
    ).encode()
    outcome = incoming.take(raw, "test:1", now())

    assert (outcome.kind, outcome.report) == ("bounce", report.reference)
    db.session.refresh(mail)
    assert (mail.state, mail.answer) == ("failed", "5.1.1")
    assert len(db.session.scalars(select(Report)).all()) == 1


def test_an_answer_is_kept_with_the_report_and_sent_to_the_reporter(report, staff_user):
    answers.answer(report, "Thank you. Which invoice was it?", staff_user, now())
    db.session.commit()

    (mail,) = mails()
    assert (mail.kind, mail.to) == ("answer", "karim@customer.example")
    assert "Which invoice was it?" in mail.content["text"]
    assert "Auto-Submitted" not in mail.content["headers"]
    assert [(m.direction, m.text) for m in report.messages] == [
        ("out", "Thank you. Which invoice was it?")
    ]


def test_an_answer_without_words_or_reader_is_refused(make_report, staff_user):
    with pytest.raises(Refused):
        answers.answer(make_report(contact="k@customer.example"), " ", staff_user, now())
    with pytest.raises(Refused):
        answers.answer(make_report(), "Hello", staff_user, now())
    assert mails() == []


def test_staff_answer_on_a_page_and_twice_pressed_is_once_sent(staff, report):
    page = staff.get(f"/reports/{report.reference}/answer").text
    key = re.search(r'name="key"[^>]*value="([0-9a-f]+)"', page)[1]
    words = {"text": "Thank you. Which invoice was it?", "key": key}
    for _ in range(2):
        answer = staff.post(f"/reports/{report.reference}/answer", data=words)
        assert answer.location.endswith(f"/reports/{report.reference}")

    assert [mail.kind for mail in mails()] == ["answer"]
    assert "Which invoice was it?" in staff.get(f"/reports/{report.reference}").text


def test_an_answer_that_is_refused_keeps_what_was_typed(staff, make_report):
    reference = make_report().reference  # it came without an address
    answer = staff.post(f"/reports/{reference}/answer", data={"text": "Words to keep", "key": "1"})

    assert answer.status_code == 409
    assert "Words to keep" in answer.text
    assert mails() == []
