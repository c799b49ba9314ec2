"""The mailbox is read whole, whoever else reads, moves or renumbers it; against a real server."""

import imaplib
from datetime import timedelta

import pytest
from inbox import letter, stories
from sqlalchemy import func, select

from incidents.db import db, now
from incidents.models import Report
from notifications import imap, incoming, mailbox
from notifications.models import Incoming, Mail, Mailbox

pytestmark = pytest.mark.usefixtures("reading_child")


@pytest.fixture
def other(dovecot, inbox_user):
    """Somebody else who reads the same mailbox."""
    client = imaplib.IMAP4(dovecot.host, dovecot.port, timeout=30)
    client.login(inbox_user, dovecot.password)
    client.select("INBOX")
    yield client
    client.logout()


def test_each_mail_becomes_a_report_and_is_acknowledged(inbox, drop):
    drop("one", "two")

    assert mailbox.poll() == 2
    assert stories() == ["one", "two"]
    assert db.session.scalar(select(func.count()).select_from(Mail)) == 2


def test_looking_again_finds_nothing_new(inbox, drop):
    drop("one")
    mailbox.poll()

    assert mailbox.poll() == 0
    drop("two")
    assert mailbox.poll() == 1
    assert stories() == ["one", "two"]


def test_what_somebody_read_already_is_fetched_all_the_same(inbox, drop, other):
    drop("one", "two")
    other.noop()
    other.store("1", "+FLAGS", r"(\Seen)")

    mailbox.poll()

    assert stories() == ["one", "two"]


def test_a_mail_is_marked_only_when_it_is_stored(inbox, drop, other, monkeypatch):
    drop("one")

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(incoming, "keep", full)
    mailbox.poll()
    other.noop()
    assert b"Seen" not in other.fetch("1", "(FLAGS)")[1][0]
    assert stories() == []

    monkeypatch.undo()
    db.session.refresh(inbox)
    assert inbox.failing_since
    inbox.next_try_at = None
    db.session.commit()
    mailbox.poll()
    other.noop()
    assert b"Seen" in other.fetch("1", "(FLAGS)")[1][0]
    assert stories() == ["one"]


def test_a_renumbered_mailbox_loses_nothing_and_doubles_nothing(inbox, drop, dovecot, inbox_user):
    drop("one", "two")
    mailbox.poll()
    client = imaplib.IMAP4(dovecot.host, dovecot.port, timeout=30)
    client.login(inbox_user, dovecot.password)
    client.create("Elsewhere")
    client.select("INBOX")
    client.copy("1:*", "Elsewhere")
    client.logout()
    drop("three")
    inbox.folder = "Elsewhere"  # other numbers, the same mails
    db.session.commit()

    assert mailbox.poll() == 2
    assert stories() == ["one", "two"]
    kinds = db.session.scalars(select(Incoming.kind).order_by(Incoming.id)).all()
    assert kinds == ["report", "report", "duplicate", "duplicate"]
    blobs = db.session.scalars(select(Incoming.blob_id)).all()
    assert len(set(blobs)) == 2  # the bytes are kept once

    inbox.folder = "INBOX"
    db.session.commit()
    mailbox.poll()
    assert stories() == ["one", "two", "three"]


def test_the_uidvalidity_is_part_of_a_mails_key(inbox, drop, monkeypatch):
    drop("one")
    mailbox.poll()
    enter = imap.Box.enter

    def renumbered(self):
        enter(self)
        self.uidvalidity += 1

    monkeypatch.setattr(imap.Box, "enter", renumbered)

    assert mailbox.poll() == 1  # looked at again
    assert stories() == ["one"]
    assert len(db.session.scalars(select(Mailbox)).all()) == 2


def test_a_malformed_mail_in_the_middle_holds_up_nobody(inbox, drop, dovecot, inbox_user):
    drop("one")
    dovecot.deliver(
        inbox_user, b"\xff\x00\xfe not a mail at all\n" + b"Content-Type: multipart/\n" * 50
    )
    drop("three")

    assert mailbox.poll() == 3
    found = stories()
    assert (found[0], found[2], len(found)) == ("one", "three", 3)


def test_a_mail_that_cannot_be_fetched_holds_up_nobody_and_is_tried_again(inbox, drop, monkeypatch):
    drop("one", "two", "three")
    raw = imap.Box.raw
    monkeypatch.setattr(
        imap.Box, "raw", lambda box, uid, most=None: b"" if uid == 2 else raw(box, uid, most)
    )

    assert [mailbox.poll() for _ in range(3)] == [2, 0, 0]
    assert stories() == ["one", "three"]
    assert mailbox.troubles() == 1

    monkeypatch.undo()
    assert mailbox.poll() == 1
    assert stories() == ["one", "three", "two"]
    assert mailbox.troubles() == 0


def test_of_a_mail_over_the_limit_the_beginning_is_fetched(inbox, dovecot, inbox_user, monkeypatch):
    monkeypatch.setattr(incoming, "LARGEST", 50_000)
    monkeypatch.setattr(incoming, "BEGINNING", 5_000)
    dovecot.deliver(inbox_user, letter("large " + "story " * 20_000))
    fetched = []
    raw = imap.Box.raw

    def watched(box, uid, most=None):
        fetched.append(raw(box, uid, most))
        return fetched[-1]

    monkeypatch.setattr(imap.Box, "raw", watched)
    mailbox.poll()

    report = db.session.scalar(select(Report))
    assert [len(part) for part in fetched] == [5_000]
    assert report.mark == "oversize"
    assert report.story.startswith("large story")
    assert db.session.scalar(select(Incoming.full_size)) > 100_000


def test_a_worker_that_dies_after_storing_leaves_nothing_undone(inbox, drop, monkeypatch):
    drop("one")

    def killed(*_):
        raise SystemExit

    monkeypatch.setattr(incoming, "process", killed)
    with pytest.raises(SystemExit):
        mailbox.poll()
    db.session.rollback()
    monkeypatch.undo()

    assert mailbox.poll() == 0  # it is stored: not fetched again
    assert incoming.finish(now() + timedelta(minutes=5)) == 1
    assert stories() == ["one"]


def test_mail_from_long_before_the_set_up_is_left_alone(inbox, dovecot, inbox_user, monkeypatch):
    dovecot.deliver(inbox_user, letter("old"))
    monkeypatch.setattr(mailbox, "BEFORE", timedelta(days=-2))  # as if it were older than that

    assert mailbox.poll() == 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"password": "wrong"}, "failed"),
        ({"folder": "No such folder"}, "doesn't exist"),
        ({"port": 1}, "refused"),
        ({"security": "starttls"}, "certificate"),
        ({"host": "mail.example.invalid"}, "unencrypted"),
    ],
    ids=["password", "folder", "port", "certificate", "plain"],
)
def test_a_mailbox_that_cannot_be_read_is_noted_and_left_for_a_while(inbox, change, words):
    for name, value in change.items():
        setattr(inbox, name, value)
    db.session.commit()
    seen = inbox.version

    assert mailbox.poll() == 0

    db.session.refresh(inbox)
    assert inbox.failing_since
    assert inbox.next_try_at > now()
    assert words.lower() in inbox.answer.lower()
    assert inbox.version == seen  # the settings page that is open does not go stale


def test_a_mailbox_that_is_back_loses_nothing(inbox, drop, dovecot):
    drop("one")
    mailbox.poll()
    dovecot.stop()
    try:
        assert mailbox.poll() == 0
        db.session.refresh(inbox)
        assert inbox.failing_since
        assert mailbox.poll() == 0  # not before its time
        drop("two")
    finally:
        dovecot.start()
    inbox.next_try_at = now()
    db.session.commit()

    assert mailbox.poll() == 1
    db.session.refresh(inbox)
    assert (inbox.failing_since, inbox.failures) == (None, 0)
    assert stories() == ["one", "two"]


def test_a_trusted_certificate_is_accepted(inbox, drop, dovecot, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.path))
    inbox.security, inbox.port, inbox.host = "tls", dovecot.tls_port, "localhost"
    db.session.commit()
    drop("one")

    assert mailbox.poll() == 1


def test_without_a_mailbox_there_is_nothing_to_do(app):
    assert mailbox.poll() == 0
