"""What comes later joins its report by our token alone, or as the very mail that made it."""

import pytest
from arrivals import count, mail, taken
from sqlalchemy import select

from incidents.db import db, now
from incidents.models import Attachment, Entry, Message, Report
from notifications import tokens
from notifications.reading.child import reader


@pytest.fixture(autouse=True, scope="module")
def _child():
    yield
    reader.close()


def passing_on(*mails, words="Is this one of ours?", **headers):
    """A mail by a colleague that carries others as attachments, as mail programs do it."""
    parts = [f"Content-Type: text/plain\n\n{words}".encode()]
    parts += [b"Content-Type: message/rfc822\n\n" + one.strip(b"\n") for one in mails]
    body = b"".join(b"--outer\n" + part + b"\n" for part in parts) + b"--outer--\n"
    given = {"From": "Sam <sam@training.example>", "Message_ID": "<2@training.example>"}
    given |= {"Subject": "FW: Strange invoice", **headers}
    head = mail("", **given, Content_Type='multipart/mixed; boundary="outer"')
    return head.replace(b"\n\n\n", b"\n\n") + body


@pytest.mark.parametrize("ends", [b"\n", b"\r\n"])
def test_a_mail_passed_on_as_an_attachment_joins_its_report_with_a_note(app, ends):
    first = mail(Received="from phone by customer.example")
    _, report = taken(b"Received: by a.example\nDelivered-To: a@x.example\n" + first)
    copy = b"Received: by b.example\nDelivered-To: sam@x.example\nX-Seen: yes\n" + first
    outcome, _ = taken(passing_on(copy).replace(b"\n", ends))

    assert (outcome.kind, outcome.report) == ("duplicate", report.reference)
    assert count(Report) == 1
    message = report.messages[0]
    assert "Is this one of ours?" in message.text and "invoice is in my account" in message.text
    assert (message.mark, message.known_sender, report.unread) == ("passed_on", False, 1)
    assert [file.filename for file in report.attachments] == ["Strange invoice.eml"]
    notes = db.session.scalars(select(Entry.verb).where(Entry.report_id == report.id)).all()
    assert notes == ["report.received", "report.message", "report.duplicate"]
    again, _ = taken(passing_on(copy, Message_ID="<3@training.example>", words="And again."))
    assert (again.report, count(Report), count(Message)) == (report.reference, 1, 2)


def test_a_mail_passed_on_that_we_do_not_have_is_a_report_with_its_words(app):
    taken(mail())
    outcome, report = taken(passing_on(mail("Quite another story.", Message_ID="<9@c.example>")))

    assert outcome.kind == "report" and count(Report) == 2
    assert "Quite another story." in report.story and "From: Karim" in report.story
    assert report.contact == "sam@training.example"


def test_a_mail_that_carries_an_unknown_one_beside_a_known_one_is_a_report_of_its_own(app):
    taken(mail())
    outcome, _ = taken(passing_on(mail(), mail("Unknown.", Message_ID="<9@c.example>")))

    assert outcome.kind == "report" and count(Report) == 2


def test_a_mail_that_only_looks_like_one_we_have_joins_nothing(app):
    """The same sender, subject and Message-ID, but other words (trust C-61)."""
    taken(mail())
    outcome, _ = taken(passing_on(mail("Tell me all you know.")))

    assert outcome.kind == "report" and count(Report) == 2


def test_a_reply_joins_its_report_by_our_message_id(app, report):
    ours = tokens.message_id("report", report.uid, "training.example", "1f")
    outcome, found = taken(
        mail("It happened again.", In_Reply_To=ours, From="Karim <karim@customer.example>")
    )

    assert (outcome.kind, found.id) == ("reply", report.id)
    (message,) = report.messages
    assert (message.text, message.direction, message.known_sender) == (
        "It happened again.",
        "in",
        True,
    )
    assert count(Report) == 1


@pytest.mark.parametrize(
    "where",
    [
        {"References": "<other@x.example> {id}"},
        {"To": "{plus}"},
        {"Delivered_To": "{plus}"},
        {"body": "More.\n\n> Reference [{token}]"},
    ],
    ids=lambda where: next(iter(where)),
)
def test_a_reply_joins_by_any_of_the_places_a_token_stands_in(app, report, where):
    places = {
        "id": tokens.message_id("report", report.uid, "training.example"),
        "plus": tokens.return_address(report.uid, "p@training.example", "report"),
        "token": tokens.reply_token(report.uid),
    }
    outcome, found = taken(mail(**{name: text.format(**places) for name, text in where.items()}))

    assert (outcome.kind, found.id) == ("reply", report.id)


def test_a_subject_or_a_known_sender_joins_nothing(app, report):
    outcome, found = taken(
        mail("Me again.", Subject=f"Re: {report.reference}", From=f"<{report.contact}>")
    )

    assert outcome.kind == "report"
    assert found.id != report.id


def test_a_guessed_token_joins_nothing(app, report):
    genuine = tokens.reply_token(report.uid)
    wrong = genuine[:-1] + ("0" if genuine[-1] != "0" else "1")
    outcome, found = taken(mail(f"[{wrong}]"))

    assert outcome.kind == "report"
    assert found.id != report.id


def test_a_sender_new_to_the_case_is_shown_as_such_and_gets_nothing(app, report):
    ours = tokens.message_id("report", report.uid, "training.example")
    report.acknowledged_at = now()
    db.session.commit()
    taken(mail("I know more.", In_Reply_To=ours, From="Mallory <mallory@elsewhere.example>"))

    (message,) = report.messages
    assert not message.known_sender
    assert message.sender == "mallory@elsewhere.example"
    assert report.contact == "karim@customer.example"
    assert db.session.scalars(select(Report).where(Report.acknowledged_at.is_(None))).all() == []


def test_the_same_reply_twice_is_one_message(app, report):
    ours = tokens.message_id("report", report.uid, "training.example")
    taken(mail(In_Reply_To=ours))
    second, _ = taken(b"Delivered-To: b@x.example\n" + mail(In_Reply_To=ours))

    assert (second.kind, second.report) == ("duplicate", report.reference)
    assert count(Message) == 1


def test_files_of_a_reply_hang_on_the_reply(app, report):
    ours = tokens.message_id("report", report.uid, "training.example")
    raw = mail(
        "--x\n\nHere.\n--x\nContent-Disposition: attachment; filename=a.txt\n\nabc\n--x--",
        Content_Type="multipart/mixed; boundary=x",
        In_Reply_To=ours,
    )
    taken(raw)

    (file,) = db.session.scalars(select(Attachment)).all()
    assert (file.report_id, file.message_id) == (report.id, report.messages[0].id)
