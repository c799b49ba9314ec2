"""The wire is a process of its own: whichever of the two dies, nobody is lost or told twice."""

import errno
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from conftest import ROOT

from incidents.db import db
from notifications.compose import Writer
from notifications.models import Recipient
from notifications.relay import Relay, Unreachable
from notifications.sending import carrier, outbox
from notifications.sending.across import Unpacked, packed
from notifications.sending.carrier import Carrier

MESSAGES = [("letters", [(0, [b"a\r\n", b""], (1,))], [(1, 2, 3, b"a", b"b", 0, (b"Zo=C3=A9",))]),
            ("go", [1], []), ("settled", []), ("close",)]  # fmt: skip


def states():
    db.session.expire_all()
    return {row.address: row.state for row in db.session.query(Recipient)}


@pytest.mark.parametrize("size", [1, 7, 10**6])
def test_messages_come_whole_however_the_pipe_cuts_them(size):
    came, all_of_them = Unpacked(), b"".join(map(packed, MESSAGES))
    found = []
    for at in range(0, len(all_of_them), size):
        found += came.take(all_of_them[at : at + size])
    assert found == MESSAGES


def test_the_process_with_the_wire_has_no_application():
    """So that it starts at once, stays small, and a mistake in it reaches no database."""
    code = (
        "import sys, notifications.sending.__main__\n"
        "print([m for m in sys.modules if m.split('.')[0] in ('flask', 'sqlalchemy', 'psycopg')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


def test_no_secret_is_in_its_command_or_environment(smtp_sink, tmp_path, monkeypatch):
    monkeypatch.setenv("TOCSIN_SECRET_KEY", "opensesame")
    relay = Relay("127.0.0.1", smtp_sink.port, "none", password="opensesame")
    assert "opensesame" not in repr(relay)
    with Carrier(relay, None, tmp_path, "test/1") as wire:
        wire.ready()
        process = Path(f"/proc/{wire._process.pid}")
        assert b"opensesame" not in (process / "cmdline").read_bytes()
        assert b"opensesame" not in (process / "environ").read_bytes()
        wire.close()
        wire.rest()


@pytest.mark.parametrize("point", ["mail", "rcpt", "data", "half", "dot", "taken", "quit"])
def test_a_wire_that_dies_costs_at_most_the_letter_it_was_about(
    run_of, smtp_sink, monkeypatch, point
):
    notice = run_of(12)
    db.session.rollback()
    monkeypatch.setenv("TOCSIN_FAULT", point)
    outbox.deliver()
    monkeypatch.delenv("TOCSIN_FAULT")
    outbox.deliver()
    found = states()
    doubtful = [one for one, state in found.items() if state == "in_doubt"]
    assert set(found.values()) <= {"sent", "in_doubt"} and len(found) == 12
    assert len(doubtful) == (point in ("dot", "half", "taken"))
    assert all(len(smtp_sink.to(one)) <= (one in found) for one in doubtful)
    assert all(len(smtp_sink.to(one)) == 1 for one in found if one not in doubtful)
    assert notice.state == ("sending" if doubtful else "done")


@pytest.mark.parametrize("handful", [1, 100])
def test_a_letter_that_cannot_be_written_holds_up_neither_its_text_nor_the_others(
    run_of, smtp_sink, monkeypatch, handful
):
    run_of(3)
    db.session.rollback()
    own, first = Writer.own, []

    def fails_for_the_first(self, person, number):
        first.append(number)
        if number == first[0]:
            raise ValueError("no values")
        return own(self, person, number)

    monkeypatch.setattr(Writer, "own", fails_for_the_first)
    monkeypatch.setattr(outbox, "HANDFUL", handful)
    outbox.deliver()
    assert [*states().values()] == ["failed", "sent", "sent"] and len(smtp_sink.mails) == 2


@pytest.mark.parametrize("point", ["connect", "ehlo"])
def test_a_wire_that_dies_before_it_is_ready_costs_nobody_a_try(
    run_of, relay, smtp_sink, monkeypatch, point
):
    run_of(2)
    db.session.rollback()
    monkeypatch.setenv("TOCSIN_FAULT", point)
    assert outbox.deliver().total == 0
    assert set(states().values()) == {"queued"} and relay.failing_since is not None
    monkeypatch.delenv("TOCSIN_FAULT")
    relay.next_try_at = None
    db.session.commit()
    assert outbox.deliver().sent == 2 and len(smtp_sink.mails) == 2


@pytest.mark.parametrize("call", range(1, 6))
def test_a_pipe_that_fails_once_loses_nobody_and_holds_nothing_up(
    run_of, relay, smtp_sink, monkeypatch, call
):
    run_of(4)
    db.session.rollback()
    write, calls = os.write, []

    def fails_once(*args):
        calls.append(args)
        if len(calls) == call:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return write(*args)

    monkeypatch.setattr(os, "write", fails_once)
    with suppress(OSError):
        outbox.deliver()
    monkeypatch.setattr(os, "write", write)
    relay.next_try_at = None
    db.session.commit()
    outbox.deliver()
    assert set(states().values()) <= {"sent", "in_doubt"} and len(calls) >= call
    assert max(len(smtp_sink.to(one)) for one in states()) == 1


def test_a_server_that_is_away_is_said_so(tmp_path):
    wire = Carrier(Relay("127.0.0.1", 1, "none"), None, tmp_path, "test/1")
    with wire, pytest.raises(Unreachable, match="refused"):
        wire.ready()
    assert list(tmp_path.iterdir()) == []


def test_a_process_that_does_not_start_is_said_so(tmp_path, monkeypatch):
    monkeypatch.setattr(carrier, "ROOT", tmp_path)
    wire = Carrier(Relay("127.0.0.1", 1, "none"), None, tmp_path, "test/1")
    with wire, pytest.raises(Unreachable, match="could not start"):
        wire.ready()
