"""A limit of letters a minute holds over many batches and for all workers together."""

import threading
import time

import pytest
from sending import PEOPLE

from incidents.db import db, now
from notifications import jobs
from notifications.models import Recipient, Worker
from notifications.sending import outbox
from notifications.sending.tray import Ready, Tray

PER_MINUTE = 600
COUNT = 22


@pytest.fixture
def batches(monkeypatch):
    """Few letters a batch, so that there are many."""
    monkeypatch.setattr(outbox, "BATCH", 4)


def test_in_no_minute_more_leave_than_allowed_over_batches_and_workers():
    clock = [0.0]
    trays = [Tray(PER_MINUTE / 2, lambda: clock[0]) for _worker in range(2)]
    given = []
    while clock[0] < 300:
        for tray in trays:
            if not len(tray):
                tray.add(Ready(number, 1, b"", b"", b"") for number in range(4))
            while tray.take():
                given.append(clock[0])
        clock[0] += 0.03 if clock[0] % 7 > 1 else 0.7  # and now and then the network is slow
    for first in range(0, len(given), 50):
        within = [at for at in given if given[first] <= at < given[first] + 60]
        assert len(within) <= PER_MINUTE + 2 * len(trays)
    assert len(given) > 4 * PER_MINUTE  # and it is not wasted


def test_over_many_batches_no_more_leave_than_allowed(run_of, relay, smtp_sink, batches):
    relay.per_minute = PER_MINUTE
    db.session.commit()
    run_of(COUNT)
    began = time.monotonic()

    assert outbox.deliver().sent == COUNT

    # However slow the machine is, it can only take longer. One may go at once, and one was due.
    assert time.monotonic() - began >= (COUNT - 2) * 60 / PER_MINUTE


def test_two_workers_share_it(app, run_of, relay, smtp_sink, batches, monkeypatch):
    relay.per_minute = PER_MINUTE
    names = [f"host:{number}:x" for number in range(2)]
    db.session.add_all(Worker(name=name, started_at=now(), seen_at=now()) for name in names)
    db.session.commit()
    run_of(COUNT)
    monkeypatch.setattr(jobs, "name", lambda: threading.current_thread().name)
    shares, share = [], outbox._Round._per_minute
    monkeypatch.setattr(
        outbox._Round, "_per_minute", lambda me: shares.append(share(me)) or shares[-1]
    )
    start = threading.Barrier(2)

    def work():
        with app.app_context():
            start.wait()
            outbox.deliver()

    workers = [threading.Thread(target=work, name=name) for name in names]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert shares and set(shares) == {PER_MINUTE / 2}
    db.session.expire_all()
    assert [len(smtp_sink.to(one)) for one in PEOPLE[:COUNT]] == [1] * COUNT
    assert {row.state for row in db.session.query(Recipient)} == {"sent"}
