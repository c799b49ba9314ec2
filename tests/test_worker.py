"""The worker runs beside the app or alone, and loses nobody when it is killed."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import ROOT
from sending import PEOPLE

from app import create_app
from incidents import settings
from incidents.db import db, now
from notifications import health, jobs, post
from notifications.models import Mail, Recipient, Worker
from notifications.sending import outbox


def wait_until(true, seconds=30):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.02)
        db.session.rollback()


def states():
    db.session.expire_all()
    rows = db.session.query(Recipient).order_by(Recipient.id).all()
    return {row.address: row.shown_state for row in rows}


@pytest.fixture
def work(instance):
    """Start `flask mail work` on this test's instance: a process of its own."""
    running = []

    def start():
        env = {key: value for key, value in os.environ.items() if not key.startswith("TOCSIN_")}
        env |= {"TOCSIN_INSTANCE": str(instance), "FLASK_APP": str(ROOT / "app.py")}
        command = [sys.executable, "-m", "flask", "mail", "work"]
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)
        running.append(process)
        assert process.stdout.readline().startswith("The worker runs as")
        return process

    yield start
    for process in running:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.mark.parametrize("wire_too", [False, True])
def test_a_worker_killed_in_the_middle_loses_nobody_and_sends_nothing_twice(
    run_of, relay, smtp_sink, work, monkeypatch, wire_too
):
    """When its wire dies with it, one letter on each connection and kill is held, since the server
    may have it; else the wire ends what was begun, and writes it down."""
    kills, relay.connections = 3, 2
    notice = run_of(30)
    db.session.rollback()
    take = smtp_sink.handle_DATA

    async def take_slowly(server, session, envelope):
        answer = await take(server, session, envelope)
        await asyncio.sleep(0.05)  # taken, and not yet answered
        return answer

    monkeypatch.setattr(smtp_sink, "handle_DATA", take_slowly)
    for kill in range(kills):
        process = work()
        smtp_sink.wait_for(5 * (kill + 1))
        wires = wires_of(process)
        process.kill()
        if wire_too:
            for wire in wires:
                os.kill(wire, signal.SIGKILL)
        process.wait()

    def settled():
        outbox.deliver()  # as soon as nobody holds the journals of the dead
        return "sending" not in states().values()

    wait_until(settled)
    found = states()
    copies = {one: len(smtp_sink.to(one)) for one in PEOPLE[:30]}
    doubtful = [one for one, state in found.items() if state == "in_doubt"]
    assert set(found.values()) <= {"sent", "in_doubt"} and len(found) == 30
    assert len(doubtful) <= (kills * relay.connections if wire_too else 0)
    assert all(copies[one] == 1 for one in found if one not in doubtful)
    assert all(copies[one] <= 1 for one in doubtful)
    assert notice.state == ("sending" if doubtful else "done")


def wires_of(process):
    """The processes that a worker has the wire in."""
    found = Path(f"/proc/{process.pid}/task").glob("*/children")
    children = [int(child) for one in found for child in one.read_text().split()]
    return [
        child
        for child in children
        if b"notifications.sending" in Path(f"/proc/{child}/cmdline").read_bytes()
    ]


def test_a_worker_that_is_asked_to_stop_ends_its_letter_first(run_of, smtp_sink, work):
    run_of(40)
    db.session.rollback()
    process = work()
    smtp_sink.wait_for(3)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=30) == 0
    assert set(states().values()) <= {"sent", "queued"}
    letters = [mail for mail in smtp_sink.mails if mail.recipients[0] in PEOPLE]  # no receipts
    assert list(states().values()).count("sent") == len(letters)
    assert db.session.query(Worker).count() == 0


def test_the_worker_beside_the_app_sends_by_itself_and_shows_that_it_lives(app, relay, smtp_sink):
    stop = jobs.start(app)
    try:
        wait_until(lambda: db.session.query(Worker).count() == 1)
        assert not [one for one in health.problems() if "worker" in one.fact]
        post.queue_mail("test", "karim@customer.example", "A test", "Hello", now())
        db.session.commit()
        smtp_sink.wait_for(1)
    finally:
        db.session.rollback()
        stop()
    assert db.session.query(Worker).count() == 0


def test_a_mail_that_was_not_stored_wakes_nobody(app, monkeypatch):
    woken = []
    monkeypatch.setattr(jobs, "wake", woken.append)
    post.queue_mail("test", "karim@customer.example", "A test", "Hello", now())
    db.session.rollback()
    db.session.commit()
    assert woken == [] and db.session.query(Mail).count() == 0

    post.queue_mail("test", "karim@customer.example", "A test", "Hello", now())
    db.session.commit()
    assert woken == ["post.deliver"]


def test_a_job_that_fails_is_told_without_its_words_and_stops_no_other(app, caplog):
    ran = []

    def broken():
        raise ValueError("karim@customer.example")

    queue = app.extensions["jobs"]
    jobs._jobs["test.broken"] = (60, broken)
    jobs._jobs["test.fine"] = (60, lambda: ran.append(1))
    try:
        queue.run("test.broken")
        queue.run("test.fine")
    finally:
        del jobs._jobs["test.broken"], jobs._jobs["test.fine"]
    assert ran == [1]
    assert "test.broken failed: ValueError" in caplog.text
    assert "karim" not in caplog.text


def test_a_queue_that_cannot_be_reached_stops_no_change(app, monkeypatch, caplog):
    def away(self, what):
        raise OSError("no room")

    monkeypatch.setattr(jobs.Jobs, "enqueue", away)
    post.queue_mail("test", "karim@customer.example", "A test", "Hello", now())
    db.session.commit()
    assert db.session.query(Mail).count() == 1


@pytest.mark.parametrize("queue", ["sqlite:", "mysql://host/queue", "queue.db"])
def test_a_queue_of_no_known_kind_stops_the_start_by_its_name(tmp_path, queue):
    config = settings.load(ROOT, {"TOCSIN_QUEUE": queue}, tmp_path)
    with pytest.raises(settings.BadSetting, match="TOCSIN_QUEUE"):
        create_app(config)


def test_one_round_of_all_jobs_runs_here_and_now(app, relay, smtp_sink):
    post.queue_mail("test", "karim@customer.example", "A test", "Hello", now())
    db.session.commit()
    jobs.run_once(app)
    assert len(smtp_sink.mails) == 1
