"""A round that takes hours holds up nothing beside it, and goes by what is so now."""

from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import SQLAlchemyError

from incidents.db import db, now
from incidents.models import Organisation
from notifications import backoff, notices
from notifications.models import Claim, Notice, Recipient, Server, Worker
from notifications.sending import carrier, outbox, recovery, writing


@pytest.fixture
def watched(monkeypatch):
    """Deliver few letters at a time, and call `look(connection)` between them, as another process
    would see the database."""
    monkeypatch.setattr(outbox, "BATCH", 2)
    monkeypatch.setattr(outbox, "TIDY", 0.0, raising=False)

    def deliver(look):
        def stop():
            with db.engine.connect() as connection:
                look(connection)
            return False

        db.session.rollback()
        return outbox.deliver(stop=stop)

    return deliver


@pytest.fixture
def two_runs(run_of, told, controller_user):
    """One letter to forty people, and one to two."""
    first = run_of(40)
    return first, run_of(2, notice=notices.draft(told, first.duty, controller_user, now()))


def waiting(connection, notice):
    rows = select(Recipient.id).where(Recipient.notice_id == notice, Recipient.state == "queued")
    return len(connection.execute(rows).all())


def test_a_short_run_is_over_while_a_long_one_goes_on(two_runs, watched):
    long, short = (notice.id for notice in two_runs)
    over = []

    def look(connection):
        state = connection.scalar(select(Notice.state).where(Notice.id == short))
        if state == "done" and waiting(connection, long):
            over.append(short)

    assert watched(look).sent == 42
    assert over and two_runs[1].state == "done"


def test_a_letter_put_off_is_tried_again_while_a_long_run_goes_on(
    two_runs, watched, smtp_sink, monkeypatch
):
    long, short = (notice.id for notice in two_runs)
    late = db.session.scalars(select(Recipient).where(Recipient.notice_id == short)).first()
    number, smtp_sink.answers[late.address] = late.id, "450 4.2.0 come again"
    monkeypatch.setattr(backoff, "wait", lambda *_: timedelta(0))
    tried = []

    def look(connection):
        row = connection.execute(
            select(Recipient.attempts, Recipient.state).where(Recipient.id == number)
        ).one()
        if row.attempts > 1 and waiting(connection, long):
            tried.append(row)
            smtp_sink.answers.clear()

    watched(look)
    assert tried


def test_letters_queued_again_go_while_a_long_run_goes_on(two_runs, watched, smtp_sink):
    """As when somebody sends them again: they stand before what was claimed last."""
    long, short = (notice.id for notice in two_runs)
    number = db.session.scalar(select(Recipient.id).where(Recipient.notice_id == short).limit(1))
    queued, gone = [], []

    def look(connection):
        state = connection.scalar(select(Recipient.state).where(Recipient.id == number))
        if state == "sent" and not queued:
            queued.append(1)
            again = update(Recipient).where(Recipient.id == number).values(state="queued")
            connection.execute(again)
            connection.execute(update(Notice).where(Notice.id == short).values(state="sending"))
            connection.commit()
        elif state == "sent" and waiting(connection, long):
            gone.append(1)

    assert watched(look).sent == 43
    assert gone


def test_what_a_round_has_in_hand_is_not_taken_for_a_dead_workers(run_of, watched, monkeypatch):
    run_of(40)
    clock, lapsed = [now()], []
    monkeypatch.setattr(outbox, "now", lambda: clock[0])

    def look(connection):
        lapsed.extend(connection.execute(select(Claim.id).where(Claim.until < clock[0])).all())
        clock[0] += timedelta(minutes=20)

    assert watched(look).sent == 40
    assert lapsed == []


def test_settings_changed_in_mid_run_hold_from_then_on(
    run_of, relay, watched, smtp_sink, controller_user
):
    run_of(40)
    number = relay.id

    def look(connection):
        if len(smtp_sink.mails) > 4 and not done:
            done.append(1)
            server = Server.__table__
            values = {"connections": 3, "version": server.c.version + 1}
            connection.execute(server.update().where(server.c.id == number).values(values))
            connection.commit()

    done = []
    assert 4 < watched(look).sent < 40
    assert outbox.deliver().sent > 0 and len(smtp_sink.mails) == 40


def test_a_worker_that_comes_later_gets_its_share_of_the_limit(
    run_of, relay, watched, smtp_sink, monkeypatch
):
    relay.per_minute = 60_000
    run_of(40)
    limits, class_ = [], outbox.Carrier

    def limited(relay, per_minute, *more):
        limits.append(per_minute)
        return class_(relay, per_minute, *more)

    monkeypatch.setattr(outbox, "Carrier", limited)
    done = []

    def look(connection):
        if len(smtp_sink.mails) > 4 and not done:
            done.append(1)
            values = {"name": "other:1:x", "started_at": now(), "seen_at": now()}
            connection.execute(Worker.__table__.insert().values(values))
            connection.commit()

    monkeypatch.setattr(outbox._Round, "_usual", lambda self: 2)
    watched(look)
    outbox.deliver()
    assert limits == [60_000, 30_000] and len(smtp_sink.mails) == 40


def test_letters_that_are_long_wait_in_the_books_and_not_beside_the_wire(
    run_of, smtp_sink, monkeypatch
):
    """A column of 200 signs in each of twenty blocks is as much as four hundred usual letters."""
    run_of(60)
    monkeypatch.setattr(outbox, "HEAVY", 3_000, raising=False)
    hand, waiting = carrier.Carrier.hand, []

    def handed(self, texts, letters):
        said = hand(self, texts, letters)
        waiting.append(self._open)
        return said

    monkeypatch.setattr(carrier.Carrier, "hand", handed)
    db.session.rollback()
    assert outbox.deliver().sent == len(smtp_sink.mails) == 60
    assert max(waiting) <= 8
    assert db.session.scalars(select(Claim)).all() == []


def test_a_journal_that_cannot_be_read_holds_nobody_up(run_of, smtp_sink):
    run_of(2)
    (recovery.journals() / "another.journal").mkdir(parents=True)
    db.session.rollback()
    assert outbox.deliver().sent == 2


def test_a_database_that_is_away_while_letters_are_written_fails_nobody(
    run_of, smtp_sink, monkeypatch
):
    run_of(12)
    made, once = writing.Writing.__init__, []

    def lost(self, *args):
        if not once:
            once.append(1)
            db.session.execute(text("SELECT no_such_column"))
        made(self, *args)

    monkeypatch.setattr(writing.Writing, "__init__", lost)
    db.session.rollback()
    with suppress(SQLAlchemyError):
        outbox.deliver()
    db.session.rollback()
    outbox.deliver()
    states = {row.state for row in db.session.query(Recipient)}
    assert (states, len(smtp_sink.mails)) == ({"sent"}, 12)


def test_settings_saved_in_the_moment_in_which_letters_are_written_are_in_none(
    run_of, smtp_sink, monkeypatch
):
    notice = run_of(12)
    made, once = writing.Writing.__init__, []

    def late(self, *args):
        if not once:
            once.append(1)
            served = Organisation.__table__
            values = {"name": "Somebody Else", "version": served.c.version + 1}
            with db.engine.begin() as connection:
                connection.execute(served.update().values(values))
        made(self, *args)

    monkeypatch.setattr(writing.Writing, "__init__", late)
    db.session.rollback()
    for _ in range(2):
        outbox.deliver()
    assert once and smtp_sink.mails == []
    assert (notice.state, notice.pause_reason) == ("paused", "changed")
    assert {row.shown_state for row in db.session.query(Recipient)} == {"queued"}


def test_a_process_that_cannot_be_made_is_said_so_on_the_page(run_of, relay, monkeypatch):
    run_of(1)
    monkeypatch.setattr(carrier.sys, "executable", "/nonexistent/python")
    db.session.rollback()
    assert outbox.deliver().total == 0
    assert relay.failing_since is not None and "could not start" in relay.answer


def test_a_wire_that_dies_in_each_round_is_said_so_on_the_page(run_of, relay, monkeypatch):
    run_of(6)
    monkeypatch.setenv("TOCSIN_FAULT", "mail")
    db.session.rollback()
    outbox.deliver()
    assert relay.failing_since is None  # one may be an accident
    outbox.deliver()
    assert relay.failing_since is not None and relay.answer == outbox.ENDS
    assert {row.state for row in db.session.query(Recipient)} == {"queued"}
