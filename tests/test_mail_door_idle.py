"""New mail is heard of at once, by the server's own word."""

import contextlib
import socket
import threading
import time

import pytest
from inbox import stories

from incidents.db import db
from notifications import mailbox
from notifications.models import Server

pytestmark = pytest.mark.usefixtures("reading_child")


@pytest.fixture
def line(dovecot, inbox):
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
    inbox.port = listener.getsockname()[1]
    db.session.commit()
    yield cut
    cut()


@pytest.fixture
def listening(app, inbox):
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


def failing(inbox):
    db.session.rollback()
    since = db.session.get_one(Server, inbox.id).failing_since
    db.session.rollback()
    return since is not None


def test_a_mail_is_heard_of_without_being_asked_for(listening, drop):
    drop("one")
    eventually(lambda: stories() == ["one"])
    # Dovecot may miss a file dropped within the second of its last look, until it looks again
    # 30 seconds later. Real mail comes through Dovecot itself.
    time.sleep(1.1)
    drop("two")  # now it waits, told by the server alone
    eventually(lambda: stories() == ["one", "two"], seconds=60)


def test_a_line_that_is_cut_is_noticed(line, listening, drop, inbox):
    drop("one")
    eventually(lambda: stories() == ["one"])
    line()

    eventually(lambda: failing(inbox))
