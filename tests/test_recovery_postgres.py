"""Several workers see to what the dead held at the same moment (PostgreSQL)."""

import threading
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sending import PEOPLE
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DataError, DBAPIError
from test_outbox_postgres import app  # noqa: F401 - a fixture
from test_recovery import every_step, held, states  # noqa: F401 - a fixture

from incidents.db import db, now
from notifications.models import Claim, Recipient
from notifications.sending import claims, outbox, recovery
from notifications.sending.claims import LEASE


@contextmanager
def in_the_middle(monkeypatch, module, name, act):
    """The first time that `name` is called, `act` is done just before."""
    usual, done = getattr(module, name), []

    def first(*args):
        if not done:
            done.append(1)
            act()
        return usual(*args)

    monkeypatch.setattr(module, name, first)
    yield
    assert done


def test_a_lease_that_ran_out_is_not_doubted_while_its_journal_is_read(
    app,  # noqa: F811
    held,  # noqa: F811
    monkeypatch,
):
    every_step(*held)
    late = now() + LEASE + timedelta(minutes=1)

    def another_worker():
        with app.app_context():
            while recovery.expire(late):
                db.session.commit()
            db.session.commit()

    def act():
        other = threading.Thread(target=another_worker)
        other.start()
        other.join(20)
        assert not other.is_alive()

    with in_the_middle(monkeypatch, claims, "mark", act):
        recovery.sweep(late)
    assert states() == ["sent", "in_doubt", "queued", "queued"]


def test_nobody_is_in_doubt_when_the_database_breaks_off_what_a_worker_marks(
    app,  # noqa: F811
    run_of,
    smtp_sink,
    monkeypatch,
):
    """As it does with one of two who wait for each other."""
    run_of(5)

    def broken_off():
        with pytest.raises(DataError):
            db.session.execute(text("SELECT 1 / 0"))

    with in_the_middle(monkeypatch, claims, "mark", broken_off), pytest.raises(DBAPIError):
        outbox.deliver()
    db.session.rollback()
    outbox.deliver()

    assert states() == ["sent"] * 5
    assert [len(smtp_sink.to(one)) for one in PEOPLE[:5]] == [1] * 5
    assert db.session.query(Claim).count() == 0


def test_a_claim_that_is_stored_after_its_worker_was_killed_is_settled_too(
    postgres,
    app,  # noqa: F811
    held,  # noqa: F811
):
    """Its COMMIT was said: PostgreSQL carries it out while the journal is read already."""
    every_step(*held)
    claim = db.session.query(Claim).one()
    values = {"notice_id": claim.notice_id, "first": claim.first, "last": claim.last}
    values |= {"lease": claim.lease, "until": claim.until}
    db.session.delete(claim)
    db.session.commit()
    engine = create_engine(postgres)
    dying = engine.connect()
    dying.exec_driver_sql(f"SELECT pg_advisory_xact_lock({claims.CLAIMING})")
    dying.execute(Claim.__table__.insert().values(**values))
    timer = threading.Timer(0.5, dying.commit)
    timer.start()
    recovery.sweep(now())
    timer.join()
    dying.close()
    engine.dispose()
    assert states() == ["sent", "in_doubt", "queued", "queued"]
    assert db.session.query(Claim).count() == 0 and db.session.query(Recipient).count() == 4
