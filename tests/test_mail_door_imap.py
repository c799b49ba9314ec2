"""The mailbox is read whole, whoever else reads, moves or renumbers it; against a real server."""

import contextlib
import imaplib
import socket
import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from incidents.db import db, now
from incidents.models import Report
from notifications import imap, incoming, mailbox
from notifications.models import Incoming, Mail, Mailbox, Server
from notifications.reading.child import reader


@pytest.fixture(autouse=True, scope="module")
def _child():
    yield
    reader.close()


@pytest.fixture
def user(dovecot):
    return dovecot.user()


@pytest.fixture
def server(app, dovecot, user):
    """The mailbox as the settings page keeps it."""
    server = Server(
        uid="a" * 16,
        direction="in",
        host=dovecot.host,
        port=dovecot.port,
        security="none",
        username=user,
        sender="breach@training.example",
    )
    server.password = dovecot.password
    db.session.add(server)
    db.session.commit()
    return server


@pytest.fixture
def deliver(dovecot, user):
    """Put mails into the mailbox: deliver("one", "two")."""

    def deliver(*stories):
        for story in stories:
            dovecot.deliver(user, letter(story))

    return deliver


@pytest.fixture
def other(dovecot, user):
    """Somebody else who reads the same mailbox."""
    client = imaplib.IMAP4(dovecot.host, dovecot.port, timeout=30)
    client.login(user, dovecot.password)
    client.select("INBOX")
    yield client
    client.logout()


def letter(story):
    name = story.split()[0]
    return (
        f"From: {name}@customer.example\r\nMessage-ID: <{name}@customer.example>\r\n"
        f"Subject: {name}\r\n\r\n{story}\r\n"
    ).encode()


def stories():
    """What the reports say; leaves no transaction open, since SQLite has one writer."""
    db.session.rollback()
    found = [report.story for report in db.session.scalars(select(Report).order_by(Report.id))]
    db.session.rollback()
    return found


def test_each_mail_becomes_a_report_and_is_acknowledged(server, deliver):
    deliver("one", "two")

    assert mailbox.poll() == 2
    assert stories() == ["one", "two"]
    assert db.session.scalar(select(func.count()).select_from(Mail)) == 2


def test_looking_again_finds_nothing_new(server, deliver):
    deliver("one")
    mailbox.poll()

    assert mailbox.poll() == 0
    deliver("two")
    assert mailbox.poll() == 1
    assert stories() == ["one", "two"]


def test_what_somebody_read_already_is_fetched_all_the_same(server, deliver, other):
    deliver("one", "two")
    other.noop()
    other.store("1", "+FLAGS", r"(\Seen)")

    mailbox.poll()

    assert stories() == ["one", "two"]


def test_a_mail_is_marked_only_when_it_is_stored(server, deliver, other, monkeypatch):
    deliver("one")

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(incoming, "keep", full)
    mailbox.poll()
    other.noop()
    assert b"Seen" not in other.fetch("1", "(FLAGS)")[1][0]
    assert stories() == []

    monkeypatch.undo()
    db.session.refresh(server)
    assert server.failing_since
    server.next_try_at = None
    db.session.commit()
    mailbox.poll()
    other.noop()
    assert b"Seen" in other.fetch("1", "(FLAGS)")[1][0]
    assert stories() == ["one"]


def test_a_renumbered_mailbox_loses_nothing_and_doubles_nothing(server, deliver, dovecot, user):
    deliver("one", "two")
    mailbox.poll()
    client = imaplib.IMAP4(dovecot.host, dovecot.port, timeout=30)
    client.login(user, dovecot.password)
    client.create("Elsewhere")
    client.select("INBOX")
    client.copy("1:*", "Elsewhere")
    client.logout()
    deliver("three")
    server.folder = "Elsewhere"  # other numbers, the same mails
    db.session.commit()

    assert mailbox.poll() == 2
    assert stories() == ["one", "two"]
    kinds = db.session.scalars(select(Incoming.kind).order_by(Incoming.id)).all()
    assert kinds == ["report", "report", "duplicate", "duplicate"]
    blobs = db.session.scalars(select(Incoming.blob_id)).all()
    assert len(set(blobs)) == 2  # the bytes are kept once

    server.folder = "INBOX"
    db.session.commit()
    mailbox.poll()
    assert stories() == ["one", "two", "three"]


def test_the_uidvalidity_is_part_of_a_mails_key(server, deliver, monkeypatch):
    deliver("one")
    mailbox.poll()
    enter = imap.Box.enter

    def renumbered(self):
        enter(self)
        self.uidvalidity += 1

    monkeypatch.setattr(imap.Box, "enter", renumbered)

    assert mailbox.poll() == 1  # looked at again
    assert stories() == ["one"]
    assert len(db.session.scalars(select(Mailbox)).all()) == 2


def test_a_malformed_mail_in_the_middle_holds_up_nobody(server, deliver, dovecot, user):
    deliver("one")
    dovecot.deliver(user, b"\xff\x00\xfe not a mail at all\n" + b"Content-Type: multipart/\n" * 50)
    deliver("three")

    assert mailbox.poll() == 3
    found = stories()
    assert (found[0], found[2], len(found)) == ("one", "three", 3)


def test_a_mail_that_cannot_be_fetched_holds_up_nobody_and_is_tried_again(
    server, deliver, monkeypatch
):
    deliver("one", "two", "three")
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


def test_of_a_mail_over_the_limit_the_beginning_is_fetched(server, dovecot, user, monkeypatch):
    monkeypatch.setattr(incoming, "LARGEST", 50_000)
    monkeypatch.setattr(incoming, "BEGINNING", 5_000)
    dovecot.deliver(user, letter("large " + "story " * 20_000))
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


def test_a_worker_that_dies_after_storing_leaves_nothing_undone(server, deliver, monkeypatch):
    deliver("one")

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


def test_mail_from_long_before_the_set_up_is_left_alone(server, dovecot, user, monkeypatch):
    dovecot.deliver(user, letter("old"))
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
def test_a_mailbox_that_cannot_be_read_is_noted_and_left_for_a_while(server, change, words):
    for name, value in change.items():
        setattr(server, name, value)
    db.session.commit()
    seen = server.version

    assert mailbox.poll() == 0

    db.session.refresh(server)
    assert server.failing_since
    assert server.next_try_at > now()
    assert words.lower() in server.answer.lower()
    assert server.version == seen  # the settings page that is open does not go stale


def test_a_mailbox_that_is_back_loses_nothing(server, deliver, dovecot):
    deliver("one")
    mailbox.poll()
    dovecot.stop()
    try:
        assert mailbox.poll() == 0
        db.session.refresh(server)
        assert server.failing_since
        assert mailbox.poll() == 0  # not before its time
        deliver("two")
    finally:
        dovecot.start()
    server.next_try_at = now()
    db.session.commit()

    assert mailbox.poll() == 1
    db.session.refresh(server)
    assert (server.failing_since, server.failures) == (None, 0)
    assert stories() == ["one", "two"]


def test_a_trusted_certificate_is_accepted(server, deliver, dovecot, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.path))
    server.security, server.port, server.host = "tls", dovecot.tls_port, "localhost"
    db.session.commit()
    deliver("one")

    assert mailbox.poll() == 1


def test_without_a_mailbox_there_is_nothing_to_do(app):
    assert mailbox.poll() == 0


@pytest.fixture
def line(dovecot, server):
    """A line to the server that can be cut: line()."""
    listener = socket.create_server(("127.0.0.1", 0))
    ends = []

    def carry(source, sink):
        with contextlib.suppress(OSError):
            while data := source.recv(65_536):
                sink.sendall(data)

    def serve():
        with contextlib.suppress(OSError):
            while True:
                near, _ = listener.accept()
                far = socket.create_connection((dovecot.host, dovecot.port))
                ends.extend([near, far])
                for pair in ((near, far), (far, near)):
                    threading.Thread(target=carry, args=pair, daemon=True).start()

    def cut():
        for end in [listener, *ends]:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    threading.Thread(target=serve, daemon=True).start()
    server.port = listener.getsockname()[1]
    db.session.commit()
    yield cut
    cut()


@pytest.fixture
def listening(app, server):
    """The thread that waits to be told of mail."""
    stop = threading.Event()
    thread = threading.Thread(target=mailbox.watch, args=(app, stop))
    db.session.rollback()
    thread.start()
    yield thread
    stop.set()
    thread.join(30)
    assert not thread.is_alive()


def eventually(check, seconds=20):
    end = time.monotonic() + seconds
    while not check() and time.monotonic() < end:
        time.sleep(0.05)
    assert check()


def failing(server):
    db.session.rollback()
    since = db.session.get_one(Server, server.id).failing_since
    db.session.rollback()
    return since is not None


def test_a_mail_is_heard_of_without_being_asked_for(listening, deliver):
    deliver("one")
    eventually(lambda: stories() == ["one"])
    # Dovecot may miss a file dropped within the second of its last look, until it looks again
    # 30 seconds later. Real mail comes through Dovecot itself.
    time.sleep(1.1)
    deliver("two")  # now it waits, told by the server alone
    eventually(lambda: stories() == ["one", "two"], seconds=60)


def test_a_line_that_is_cut_is_noticed(line, listening, deliver, server):
    deliver("one")
    eventually(lambda: stories() == ["one"])
    line()

    eventually(lambda: failing(server))
