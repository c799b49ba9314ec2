"""A wire that hangs is ended, and costs what a dead one costs; one that waits is waited for."""

import os
import select
import signal
import socket
import threading
from contextlib import suppress
from types import SimpleNamespace

import pytest
from sending import PEOPLE, states

from incidents.db import db
from notifications.relay import Relay, Unreachable
from notifications.sending import __main__ as process
from notifications.sending import carrier, outbox
from notifications.sending.across import Unpacked, packed
from notifications.sending.carrier import Carrier


@pytest.fixture
def wires(monkeypatch):
    """The processes that were started; whoever hangs is killed in the end, and that is told by
    `rescued`."""
    found = SimpleNamespace(processes=[], rescued=[])
    start = carrier.subprocess.Popen

    def popen(*args, **more):
        found.processes.append(start(*args, **more))
        return found.processes[-1]

    def rescue():
        for one in found.processes:
            if one.poll() is None:
                found.rescued.append(one.pid)
                one.kill()

    monkeypatch.setattr(carrier.subprocess, "Popen", popen)
    rescuer = threading.Timer(60, rescue)
    rescuer.start()
    yield found
    rescuer.cancel()


def stop(wires):
    for one in wires.processes:
        with suppress(ProcessLookupError):
            os.kill(one.pid, signal.SIGSTOP)


def test_a_wire_that_hangs_is_ended_and_its_journal_read(
    run_of, relay, smtp_sink, wires, monkeypatch
):
    notice = run_of(12)
    db.session.rollback()
    monkeypatch.setattr(carrier, "SILENCE", 0.3)
    kept = type(smtp_sink).handle_DATA

    async def hangs_at_the_fourth(self, *args):
        if len(self.mails) == 3 and len(wires.processes) == 1:
            stop(wires)
        return await kept(self, *args)

    monkeypatch.setattr(type(smtp_sink), "handle_DATA", hangs_at_the_fourth)
    outbox.deliver()
    assert wires.rescued == []

    monkeypatch.setattr(carrier, "SILENCE", 120.0)
    relay.next_try_at = None  # it may have been slow to start
    db.session.commit()
    outbox.deliver()
    found = states(notice)
    assert set(found) <= {"sent", "in_doubt"} and found.count("in_doubt") <= 2
    assert max(len(smtp_sink.to(one)) for one in PEOPLE[:12]) == 1
    sent = [one for one, state in zip(PEOPLE, found, strict=False) if state == "sent"]
    assert all(len(smtp_sink.to(one)) == 1 for one in sent)


def test_a_wire_that_hangs_though_much_is_to_be_said_to_it_holds_nobody_up(
    smtp_sink, wires, tmp_path, monkeypatch
):
    """More than a pipe holds: else the books would wait for room."""
    with Carrier(Relay("127.0.0.1", smtp_sink.port, "none"), None, tmp_path, "test/1") as wire:
        wire.ready()  # it may be slow to start
        monkeypatch.setattr(carrier, "SILENCE", 0.3)
        monkeypatch.setattr(carrier, "SLICE", 0.1)
        stop(wires)
        wire.hand([(1, [b"x" * 3_000_000], ())], [])
        assert wire.died and wire.rest() == []
    assert wires.rescued == []


def test_a_wire_that_hangs_before_it_is_ready_is_said_so(wires, tmp_path, monkeypatch):
    monkeypatch.setattr(carrier, "SILENCE", 0.3)
    monkeypatch.setattr(carrier, "SLICE", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:  # so that it cannot be ready before
        relay = Relay("127.0.0.1", silent.getsockname()[1], "none")
        with Carrier(relay, None, tmp_path, "test/1") as wire:
            stop(wires)
            with pytest.raises(Unreachable):
                wire.ready()
    assert wires.rescued == []


class Looks:
    """A poll that finds something at these looks only; no time passes."""

    def __init__(self, *found):
        self.found = list(found)

    def poll(self, _wait):
        return self.found.pop(0)


def test_one_that_says_that_it_lives_is_waited_for_without_end(tmp_path):
    wire = Carrier(Relay("127.0.0.1", 1), None, tmp_path, "test/1")
    wire._in, told = os.pipe()
    wire._process = SimpleNamespace(kill=lambda: pytest.fail("it lived"))
    for _ in range(3):
        os.write(told, packed(("alive",)))
        wire._heard = Looks(*[False] * 24, True)
        assert wire._hear(None) and not wire.died
    killed = []
    wire._process = SimpleNamespace(kill=lambda: killed.append(1))
    wire._heard = Looks(*[False] * 25)
    assert not wire._hear(None) and wire.died and killed
    os.close(wire._in)
    os.close(told)


def test_a_wire_with_nothing_to_say_says_that_it_lives(monkeypatch):
    moment = [100.0]
    monkeypatch.setattr(process, "monotonic", lambda: moment[0])
    heard, sink = os.pipe()
    books = process.Books(0, sink)
    said = []
    for at in (100.0, 101.0, 104.0, 106.0, 107.0, 112.0):
        moment[0] = at
        books.tell()
        if select.select([heard], [], [], 0)[0]:
            said.append((at, Unpacked().take(os.read(heard, 1000))))
    assert said == [(at, [("alive",)]) for at in (100.0, 106.0, 112.0)]
    os.close(heard)
    os.close(sink)


def test_a_wire_says_that_it_lives_while_a_server_takes_its_time_to_greet(monkeypatch):
    waited, said = threading.Event(), []
    monkeypatch.setattr(process, "ALIVE", 0.01)
    monkeypatch.setattr(process, "opened", lambda *_: waited.wait(60) and "open")

    def say(word):
        said.append(word)
        if len(said) == 3:
            waited.set()

    assert process._opened(Relay("127.0.0.1", 1), SimpleNamespace(say=say)) == "open"
    assert said[:3] == ["alive"] * 3


def test_a_server_that_cannot_be_had_is_told_by_the_thread_that_asked():
    with pytest.raises(Unreachable):
        process._opened(Relay("127.0.0.1", 1, "none"), SimpleNamespace(say=print))
