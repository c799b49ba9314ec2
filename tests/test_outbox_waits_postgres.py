"""Who writes about letters at the same moment waits for each other in one order (PostgreSQL)."""

import threading
import time
from contextlib import contextmanager

import pytest
from sqlalchemy import func, select, text, update
from test_outbox_postgres import WAITS, app, beside, looking  # noqa: F401 - a fixture

from incidents import epoch
from incidents.actions import duties
from incidents.db import db, now
from incidents.models import User
from notifications import gate, notices, returns, runs, servers
from notifications.models import Notice, Recipient
from notifications.relay import Outcome
from notifications.sending import claims, recovery

MANY = 2000
MORE = """INSERT INTO recipient (notice_id, address_key, language, group_number, state, attempts,
    person_sealed) SELECT :notice, decode(md5(n::text), 'hex'), 'en', 0, 'queued', 0, ''
    FROM generate_series(1, :many) n"""


@contextmanager
def at_once(app, *acts):  # noqa: F811
    """Each begins once the one before waits for somebody, or is done; all end with this."""
    failed, threads = [], []

    def run(act):
        with app.app_context():
            try:
                act()
                db.session.commit()
            except Exception as error:
                failed.append(error)

    for act in acts:
        thread = threading.Thread(target=run, args=(act,))
        thread.start()
        threads.append(thread)
        with looking() as connection:
            while thread.is_alive() and connection.scalar(text(WAITS)) < len(threads):
                time.sleep(0.02)
    yield
    for thread in threads:
        thread.join()
    assert failed == []


@pytest.fixture
def long_run(app, run_of):  # noqa: F811
    """A run whose first letters were tried before: the database finds them last."""
    notice = run_of(2)
    db.session.execute(text(MORE), {"notice": notice.id, "many": MANY})
    db.session.commit()
    first = select(Recipient.id).order_by(Recipient.id).limit(100)
    db.session.execute(update(Recipient).where(Recipient.id.in_(first)).values(attempts=1))
    db.session.commit()
    db.session.execute(text("ANALYZE recipient"))
    db.session.commit()
    return notice


@pytest.mark.parametrize("who", ["mark", "doubt"])
def test_a_long_run_is_cancelled_while_a_worker_writes_down_what_became_of_its_letters(
    app,  # noqa: F811
    long_run,
    controller_user,
    who,
):
    number, user = long_run.id, controller_user.id
    numbers = [letter.id for letter in claims.claim(now(), "a/1", 1000, [number])]
    db.session.commit()

    def cancel():
        runs.cancel(db.session.get_one(Notice, number), db.session.get_one(User, user), now())

    def mark():
        claims.mark([(one, Outcome("sent", "250 ok")) for one in numbers[:200]], "a/1", now())

    def doubt():
        recovery.expire(now() + 2 * claims.LEASE)

    with db.engine.connect() as other:  # holds up the page in the middle of its way
        middle = select(Recipient.id).where(Recipient.id == numbers[-1]).with_for_update()
        other.execute(middle)
        with at_once(app, cancel, mark if who == "mark" else doubt):
            other.rollback()
    db.session.expire_all()
    assert long_run.state == "cancelled"
    state, count = {"mark": ("sent", 200), "doubt": ("in_doubt", recovery.ROUND)}[who]
    assert runs.counts(long_run) == {state: count, "cancelled": MANY + 2 - count}


@pytest.fixture
def sent(app, run_of):  # noqa: F811
    """A run of two that reached both, which no worker has noticed yet."""
    notice = run_of(2)
    db.session.execute(update(Recipient).values(state="sent", sent_at=now()))
    db.session.commit()
    return notice


def test_a_duty_that_is_met_by_hand_while_its_run_ends_is_met(
    app,  # noqa: F811
    sent,
    controller_user,
    monkeypatch,
):
    record = runs._record

    def by_hand(notice, user, at):
        duties.meet(notice.duty, at, "All were told", user, at)

    with beside(app, by_hand, sent.id, controller_user.id) as begin:
        monkeypatch.setattr(runs, "_record", lambda *of, **how: (record(*of, **how), begin()))
        runs.finish_what_is_over(now())
    db.session.expire_all()
    assert sent.state == "done" and sent.duty.met_at is not None


def test_a_letter_that_comes_back_while_its_run_ends_keeps_the_duty_open(
    app,  # noqa: F811
    sent,
    controller_user,
    monkeypatch,
):
    uid = db.session.scalar(select(func.min(Recipient.id)))

    def ends(_notice, _user, at):
        runs.finish_what_is_over(at)

    with beside(app, ends, sent.id, controller_user.id) as begin:
        monkeypatch.setattr(returns, "record", lambda *of, **how: begin())
        returns.apply([("letter", f"{uid:016x}")], {}, now())
        db.session.commit()
    db.session.expire_all()
    assert sent.state == "done" and runs.missed(sent) == 1
    assert sent.duty.is_open


def test_the_server_is_saved_while_a_worker_notes_that_it_refuses_us(
    app,  # noqa: F811
    run_of,
    controller_user,
):
    notice, user = run_of(2).id, controller_user.id

    def save(_notice, user, at):
        server = servers.outgoing()
        values = {name: getattr(server, name) for name in ("version", *servers.FIELDS["out"])}
        servers.save("out", values | {"port": 2525}, user, at)

    with beside(app, save, notice, user) as begin:
        runs.stop_for(db.session.get_one(Notice, notice), "sender", now())
        begin()
        servers.answered("out", False, "550 not you", now())
        db.session.commit()
    db.session.expire_all()
    assert servers.outgoing().port == 2525


@pytest.fixture
def two(run_of, controller_user):
    """Two runs that send; the first in the database is the younger one."""
    one = run_of(1)
    other = notices.draft(one.incident, one.duty, controller_user, now())
    other.state, other.started_at = "sending", now()
    letter = db.session.query(Recipient).one()
    db.session.add(
        Recipient(
            notice=other, address_key=b"k" * 16, language="en", person_sealed=b"", state="sent"
        )
    )
    letter.state = "sent"
    db.session.commit()
    return one.id, other.id


def test_of_a_restored_backup_a_run_is_cancelled_while_all_are_stopped(
    app,  # noqa: F811
    two,
    controller_user,
    monkeypatch,
):
    monkeypatch.setattr(epoch, "step", lambda _at: False)
    stop = runs.stop_for
    with beside(app, runs.cancel, two[1], controller_user.id) as begin:

        def first(*of):
            monkeypatch.setattr(runs, "stop_for", stop)
            stop(*of)
            begin()

        monkeypatch.setattr(runs, "stop_for", first)
        assert not gate.may_pass(now())
    assert [row.state for row in db.session.query(Notice).order_by(Notice.id)] == [
        *("paused", "cancelled")
    ]


def test_a_mail_that_returns_two_letters_waits_for_no_worker_that_waits_for_it(
    app,  # noqa: F811
    sent,
    controller_user,
    monkeypatch,
):
    first, second = db.session.scalars(select(Recipient.id).order_by(Recipient.id))
    letter = returns._letter

    def returned_too(_notice, _user, at):
        returns.apply([("letter", f"{second:016x}")], {}, at)

    with beside(app, returned_too, sent.id, controller_user.id) as begin:

        def then(*of):
            monkeypatch.setattr(returns, "_letter", letter)
            letter(*of)
            begin()

        monkeypatch.setattr(returns, "_letter", then)
        returns.apply([("letter", f"{number:016x}") for number in (first, second)], {}, now())
        db.session.commit()
    assert {row.state for row in db.session.query(Recipient)} == {"failed"}
