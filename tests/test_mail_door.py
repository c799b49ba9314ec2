"""Every mail is stored as it came, before it is understood, and finds its place."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from arrivals import count, mail, taken
from sqlalchemy import select

from incidents.db import db, now
from incidents.models import Entry, Report
from notifications import incoming, tokens
from notifications.models import Incoming
from notifications.reading.child import reader

HARD = Path(__file__).parent.parent.parent / "shared" / "mail" / "inbound"


@pytest.fixture(autouse=True, scope="module")
def _child():
    yield
    reader.close()


def test_a_mail_becomes_a_report_with_its_words_and_its_bytes(app):
    raw = mail()
    outcome, report = taken(raw)

    assert (outcome.kind, outcome.stored) == ("report", True)
    assert report.story == "Somebody else's invoice is in my account."
    assert (report.subject, report.name) == ("Strange invoice", "Karim Reporter")
    assert (report.contact, report.source, report.language) == (
        "karim@customer.example",
        "mail",
        "en",
    )
    assert report.raw.content == raw
    assert report.raw is db.session.scalar(select(Incoming)).blob  # the bytes are kept once
    assert report.acknowledged_at is None


def test_the_raw_bytes_are_committed_before_the_mail_is_read(app, monkeypatch):
    def never(*_):
        raise KeyboardInterrupt  # as when the process is killed

    monkeypatch.setattr(reader, "read", never)
    with pytest.raises(KeyboardInterrupt):
        incoming.take(mail(), "imap:1", now())
    monkeypatch.undo()
    db.session.rollback()

    row = db.session.scalar(select(Incoming))
    assert (row.state, row.blob.content) == ("stored", mail())
    assert incoming.finish(now()) == 0  # it may still be at work
    assert incoming.finish(now() + timedelta(minutes=5)) == 1
    assert count(Report) == 1


def test_files_are_kept_with_their_names(app):
    raw = mail(
        '--x\nContent-Type: text/plain\n\nSee the picture.\n--x\nContent-Type: image/png; name="'
        '=?utf-8?Q?=C3=A9cran.png?="\nContent-Transfer-Encoding: base64\n\niVBORw0KGgo=\n--x--',
        Content_Type="multipart/mixed; boundary=x",
    )
    _, report = taken(raw)

    assert report.story == "See the picture."
    assert [(f.filename, f.media_type, f.blob.content) for f in report.attachments] == [
        ("écran.png", "image/png", b"\x89PNG\r\n\x1a\n")
    ]


def test_the_language_of_a_report_is_that_of_its_words(app):
    _, report = taken(mail("Bonjour, je vois dans mon compte les factures de quelqu'un."))

    assert report.language == "fr"


def test_the_same_mail_twice_makes_one_report(app):
    first, report = taken(mail())
    second, _ = taken(mail())

    assert (first.kind, second.kind) == ("report", "duplicate")
    assert second.report == report.reference
    assert (count(Report), count(Incoming)) == (1, 2)


def test_the_same_mail_by_two_ways_makes_one_report_and_a_note(app):
    """Two mailboxes get it: what servers wrote above its first step differs."""
    first = mail(Received="from phone by customer.example")
    taken(b"Received: by a.example\nDelivered-To: a@x.example\n" + first)
    second, report = taken(b"Received: by b.example\nDelivered-To: b@x.example\n" + first)

    assert second.kind == "duplicate"
    assert count(Report) == 1
    notes = db.session.scalars(select(Entry.verb).where(Entry.report_id == report.id)).all()
    assert notes == ["report.received", "report.duplicate"]


def test_two_mails_with_one_message_id_are_both_kept(app):
    taken(mail("One."))
    second, _ = taken(mail("Quite another."))

    assert second.kind == "report"
    assert count(Report) == 2


def test_two_mails_without_message_id_are_both_kept(app):
    taken(mail("One.", Message_ID=None))
    second, _ = taken(mail("Quite another.", Message_ID=None))

    assert second.kind == "report"


@pytest.mark.parametrize("raw", [b"", b"\n", b"no headers here", b"\0\0\0", b"From: \n\n"])
def test_a_mail_without_anything_is_kept_for_people(app, raw):
    outcome, report = taken(raw)

    assert outcome.stored
    assert report.raw.content == raw
    assert report.state == "new"
    assert report.acknowledged_at  # there is nobody to answer


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-generated"},
        {"Precedence": "bulk"},
        {"List_Id": "<all.lists.example>"},
        {"Return_Path": "<>"},
        {"X_Auto_Response_Suppress": "All"},
        {"From": "noreply@provider.example"},
        {"From": "privacy@training.example"},  # ourselves
    ],
    ids=str,
)
def test_mail_of_a_machine_is_a_report_that_nobody_answers(app, headers):
    outcome, report = taken(mail(**headers))

    assert outcome.kind == "report"
    assert report.automatic
    assert report.acknowledged_at


def test_a_vacation_notice_to_our_mail_stands_with_its_report(app, report):
    ours = tokens.message_id("report", report.uid, "training.example")
    outcome, found = taken(
        mail("I am away.", Auto_Submitted="auto-replied", In_Reply_To=ours, Subject="Away")
    )

    assert (outcome.kind, found.id) == ("auto_reply", report.id)
    assert [message.mark for message in report.messages] == ["automatic"]


def test_a_vacation_notice_to_nobody_knows_what_is_still_seen(app):
    outcome, report = taken(mail("I am away.", Subject="Out of office: Strange"))

    assert outcome.kind == "auto_reply"
    assert (report.mark, report.automatic) == ("automatic", True)


def test_our_own_mail_that_comes_back_makes_nothing(app, report):
    ours = tokens.message_id("report", report.uid, "training.example")
    outcome, _ = taken(mail(Message_ID=ours))

    assert (outcome.kind, outcome.report, count(Report)) == ("auto_reply", None, 1)


def test_a_mail_that_breaks_the_processing_is_kept_marked_and_holds_up_nobody(app, monkeypatch):
    import notifications.placing as placing

    place = placing.place

    def breaks(row, raw, reading, at):
        if b"poison" in raw and not reading.trouble:
            raise ZeroDivisionError
        place(row, raw, reading, at)

    monkeypatch.setattr(placing, "place", breaks)
    first, _ = taken(mail("poison"))
    second, _ = taken(mail("harmless"))
    assert (first.kind, first.stored, second.kind) == ("quarantined", True, "report")

    later = now() + timedelta(minutes=10)
    rounds = [incoming.finish(later) for _ in range(4)]

    assert rounds == [0, 0, 1, 0]
    marks = db.session.scalars(select(Report.mark).order_by(Report.id)).all()
    assert marks == [None, "malformed"]
    assert db.session.scalar(select(Incoming.state).order_by(Incoming.id)) == "quarantined"


def test_the_command_prints_one_line_and_says_where_the_mail_is(run):
    outcome = run("mail", "receive", input=mail())

    assert outcome.exit_code == 0, outcome.output
    assert json.loads(outcome.output) == {
        "kind": "report",
        "report": f"RP-{now().year}-0001",
        "stored": True,
        "why": "it names none of our mails",
    }
    again = json.loads(run("mail", "receive", input=mail()).output)
    assert (again["kind"], again["report"]) == ("duplicate", f"RP-{now().year}-0001")


def test_the_command_asks_to_try_again_when_nothing_could_be_stored(run, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(incoming, "keep", full)
    outcome = run("mail", "receive", input=mail())

    assert outcome.exit_code == 75
    assert json.loads(outcome.output)["stored"] is False


def test_of_a_mail_over_the_limit_the_beginning_is_kept_and_marked(run, monkeypatch):
    monkeypatch.setattr(incoming, "LARGEST", 2000)
    outcome = run("mail", "receive", input=mail("A long story. " * 1000))

    assert json.loads(outcome.output)["stored"] is True
    report = db.session.scalar(select(Report))
    assert (report.mark, report.raw.size) == ("oversize", 2000)
    assert report.story.startswith("A long story.")
    assert db.session.scalar(select(Incoming.full_size)) > 14_000


@pytest.mark.skipif(not HARD.exists(), reason="the shared mails are not here")
def test_each_of_the_difficult_mails_is_one_report(app):
    paths = sorted(HARD.glob("*.eml"))
    for path in paths:
        outcome, report = taken(path.read_bytes(), path.name)
        assert outcome.stored, path.name
        assert report is not None, path.name
        assert report.raw.content == path.read_bytes()
        assert report.mark in (None, "returned", "empty", "junk"), path.name
        assert report.story or report.attachments or report.mark == "empty", path.name

    assert len({path.read_bytes() for path in paths}) == count(Report)  # three stand there twice
