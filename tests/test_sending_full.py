"""A disk that fills up while letters leave: nobody is in doubt for it, and the page says it."""

import errno
import os
import threading
from pathlib import Path

import pytest
from sending import PEOPLE, states
from test_sending_journal import die, found, written
from test_sending_wire import Sent

from incidents.db import db
from notifications.models import Server
from notifications.sending import journal, outbox, recovery
from notifications.sending.journal import Journal, left
from notifications.sending.wire import NOT_NOTED


def descriptors():
    return len([*Path("/proc/self/fd").iterdir()])


def full(*_):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.fixture
def cut_off(monkeypatch):
    """Of what is written next to a file, only so many bytes find room: cut_off(7)."""
    write = os.write

    def begin(room):
        def once(file, raw):
            monkeypatch.setattr(journal.os, "write", write)
            return write(file, raw[:room])

        monkeypatch.setattr(journal.os, "write", once)

    return begin


def test_what_was_begun_when_the_disk_filled_up_is_waited_for(faulty, tmp_path, monkeypatch):
    flush, waits, failed = Journal.flush, threading.Event(), threading.Event()

    def fails(self):
        if waits.is_set() and self._noted:
            failed.set()
            full()
        flush(self)

    def fault(step, connection, time):
        if (step, connection, time) == (".", 1, 2):  # its text is there, and was not answered
            waits.set()
            failed.wait(0.4)
        return

    faulty.fault = fault
    monkeypatch.setattr(Journal, "flush", fails)
    sent = Sent(tmp_path, faulty.port, 60, connections=4, final_timeout=20)
    assert set(sent.states) == {"sent", "back"} and sent.wire.failure == NOT_NOTED
    assert sorted(faulty.kept) == sorted(
        f"p{n}@b.example" for n, outcome in sent.outcomes.items() if outcome.state == "sent"
    )


def test_no_text_leaves_that_was_not_written_down(faulty, tmp_path, monkeypatch):
    monkeypatch.setattr(Journal, "flush", lambda self: self._noted and full())
    sent = Sent(tmp_path, faulty.port, 6)
    assert sent.states == {"back": 6} and faulty.kept == []


@pytest.mark.parametrize("room", [0, 1, 5, 11])
def test_a_line_that_was_cut_off_spoils_none_that_comes_after_it(tmp_path, cut_off, room):
    one = Journal(tmp_path, "x")
    one.begun(45, 12)
    one.begun(46, 1)
    cut_off(room)
    with pytest.raises(OSError, match="No space left"):
        one.flush()
    one.answered(46, 1)
    one.flush()
    die(one)
    ((_, _, steps),) = found(tmp_path)
    assert steps[45, 12] == ("begun", "") and steps[46, 1] == ("answered", "")


@pytest.mark.parametrize("room", [None, 3])
def test_a_journal_that_finds_no_room_to_be_renewed_keeps_the_old_one(
    tmp_path, monkeypatch, cut_off, room
):
    one = written(tmp_path)
    monkeypatch.setattr(journal, "LIMIT", 1)
    before = descriptors()
    if room is None:
        with monkeypatch.context() as patch:
            patch.setattr(journal.os, "write", full)
            one.settled([1])
    else:
        cut_off(room)
        one.settled([1])
    assert descriptors() == before
    assert [path.suffix for path in tmp_path.iterdir()] == [".journal"]
    assert found(tmp_path) == []  # it is still its own
    one.begun(9, 1)
    one.flush()
    die(one)
    ((_, _, steps),) = found(tmp_path)
    assert steps[2, 4] == ("begun", "") and steps[9, 1] == ("begun", "")


def test_a_journal_that_finds_no_room_at_first_leaves_nothing_about(tmp_path, monkeypatch):
    before = descriptors()
    with monkeypatch.context() as patch:
        patch.setattr(journal.os, "write", full)
        with pytest.raises(OSError, match="No space left"):
            Journal(tmp_path, "x")
    assert descriptors() == before and list(tmp_path.iterdir()) == []


def test_reading_journals_leaves_no_file_open(tmp_path, monkeypatch):
    """Of one that lives, was renewed, cannot be read, or was not looked at to its end."""
    lives = written(tmp_path, "lives")
    for lease in ("dead", "renewed"):
        die(written(tmp_path, lease))
    (tmp_path / "folder.journal").mkdir()
    stat = type(tmp_path).stat

    def renewed(path, **more):
        return stat(path.parent if path.name == "renewed.journal" else path, **more)

    monkeypatch.setattr(type(tmp_path), "stat", renewed)
    before = descriptors()
    assert [one.lease for one in left(tmp_path)] == ["dead"]
    for _one in left(tmp_path):
        break
    assert descriptors() == before
    die(lives)


def test_what_only_looks_like_a_number_is_none(tmp_path):
    one = written(tmp_path)
    os.write(one._file, "b ² 1\nb 7 ³\nb -1 1\nb 1_0 1\nt 5 250 \n".encode())
    die(one)
    ((_, _, steps),) = found(tmp_path)
    assert {number for number, _ in steps} == {1, 2, 3, 5}


def test_the_journal_of_a_round_that_failed_is_kept_and_believed(run_of, smtp_sink, monkeypatch):
    """The claims may be stored though the answer of the database was lost."""
    notice = run_of(4)
    db.session.rollback()
    commit, take, claimed = db.session.commit, outbox.claims.claim, []

    def claim(*args):
        found = take(*args)
        if found and not claimed:
            claimed.append(found)

            def broken():
                monkeypatch.setattr(db.session, "commit", commit)
                commit()
                raise ConnectionError

            monkeypatch.setattr(db.session, "commit", broken)
        return found

    monkeypatch.setattr(outbox.claims, "claim", claim)
    with pytest.raises(ConnectionError):
        outbox.deliver()
    assert states(notice) == ["sending"] * 4
    assert [path.suffix for path in recovery.journals().iterdir()] == [".journal"]

    outbox.deliver()
    assert states(notice) == ["sent"] * 4
    assert [len(smtp_sink.to(one)) for one in PEOPLE[:4]] == [1] * 4


def test_a_journal_that_cannot_be_made_is_said_so_on_the_page(run_of, relay, monkeypatch):
    notice = run_of(2)
    recovery.journals().write_text("a file, where a folder should be")
    db.session.rollback()
    assert outbox.deliver().total == 0
    db.session.expire_all()
    assert db.session.query(Server).one().answer == NOT_NOTED
    assert states(notice) == ["queued"] * 2
