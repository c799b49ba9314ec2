"""Where many write at once (PostgreSQL), workers still take each letter once."""

import threading
import time
from contextlib import contextmanager
from datetime import timedelta

import pytest
from fresh import fresh_app
from sending import PEOPLE
from sqlalchemy import select, text, update

from incidents.db import db, now
from incidents.models import Entry, User
from notifications import post, queues, returns, runs, servers, tries
from notifications.models import Claim, Mail, Notice, Recipient
from notifications.relay import Outcome
from notifications.sending import claims, outbox, recovery


@pytest.fixture
def app(postgres, tmp_path):
    """The app on PostgreSQL, its queue there, too."""
    queue = postgres.replace("postgresql+psycopg", "postgresql")
    env = {"TOCSIN_DATABASE_URL": postgres, "TOCSIN_QUEUE": queue}
    with fresh_app(env, tmp_path) as app:
        yield app


def at_once(app, act, times):
    """Run `act` in so many workers at the same moment."""
    start = threading.Barrier(times)

    def run():
        with app.app_context():
            start.wait()
            act()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


WAITS = """SELECT count(*) FROM pg_stat_activity
    WHERE wait_event_type = 'Lock' AND datname = current_database()"""


def looking():
    """A connection that sees who waits now; within a transaction all looks are the first one."""
    return db.engine.connect().execution_options(isolation_level="AUTOCOMMIT")


@contextmanager
def beside(app, verb, notice, user):
    """While this lasts, somebody else does something to the run; `begin` it in the middle."""
    failed = []

    def act():
        with app.app_context():
            try:
                verb(db.session.get_one(Notice, notice), db.session.get_one(User, user), now())
                db.session.commit()
            except Exception as error:
                failed.append(error)

    thread = threading.Thread(target=act)

    def begin():
        thread.start()
        with looking() as connection:
            while thread.is_alive() and not connection.scalar(text(WAITS)):
                time.sleep(0.02)

    yield begin
    thread.join()
    assert failed == []


def claimed(notice, count):
    """The numbers of letters that are claimed together."""
    found = [letter.id for letter in claims.claim(now(), "a/1", count, [notice.id])]
    db.session.commit()
    return found


def test_a_run_is_cancelled_while_a_worker_marks_its_letters(
    app, run_of, controller_user, monkeypatch
):
    notice = run_of(3)
    first, *_ = claimed(notice, 3)
    noted = tries.note_taken
    with beside(app, runs.cancel, notice.id, controller_user.id) as begin:
        monkeypatch.setattr(tries, "note_taken", lambda *of: (begin(), noted(*of)))
        claims.mark([(first, Outcome("sent", "250 ok"))], "a/1", now())
        db.session.commit()
    assert notice.state == "cancelled"
    assert [row.state for row in db.session.query(Recipient).order_by(Recipient.id)] == [
        *("sent", "cancelled", "cancelled")
    ]


def test_a_run_is_cancelled_while_a_worker_stops_it(app, run_of, controller_user, monkeypatch):
    notice = run_of(3)
    first, *_ = claimed(notice, 3)
    stop = runs.stop_for
    with beside(app, runs.cancel, notice.id, controller_user.id) as begin:
        monkeypatch.setattr(runs, "stop_for", lambda *of: (begin(), stop(*of)))
        claims.mark([(first, Outcome("refused", "550 not you"))], "a/1", now())
        db.session.commit()
    assert notice.state == "cancelled"


def test_a_run_goes_on_while_a_worker_notes_how_the_server_is(app, run_of, controller_user):
    notice, user = run_of(3).id, controller_user.id
    other = db.session.get_one(Notice, notice)
    runs.pause(other, controller_user, now())
    db.session.commit()
    with beside(app, runs.resume, notice, user) as begin:
        runs._record("notice.paused", other, "worker", now())
        begin()
        servers.answered("out", False, "550 not you", now())
        db.session.commit()


def test_a_letter_that_comes_back_while_its_worker_marks_it_has_come_back(
    app, run_of, controller_user, monkeypatch
):
    notice = run_of(1)
    (number,) = claimed(notice, 1)
    uid = db.session.get_one(Recipient, number).uid
    db.session.rollback()

    def mark(_notice, _user, at):
        claims.mark([(number, Outcome("sent", "250 ok"))], "a/1", at)
        claims.let_go([], "a/1", set())

    left = returns._has_left
    with beside(app, mark, notice.id, controller_user.id) as begin:
        monkeypatch.setattr(returns, "_has_left", lambda row: (begin(), left(row))[1])
        returns.apply([("letter", uid)], {}, now())
        db.session.commit()
    db.session.expire_all()
    assert db.session.get_one(Recipient, number).state == "failed"
    assert db.session.query(Claim).count() == 0


def test_a_run_is_not_over_when_somebody_sends_its_letters_again_at_that_moment(
    app, run_of, controller_user, monkeypatch
):
    notice = run_of(1)
    (number,) = claimed(notice, 1)
    claims.mark([(number, Outcome("failed", "550 no"))], "a/1", now())
    claims.let_go([], "a/1", set())
    db.session.commit()
    hold = runs.hold
    with beside(app, runs.resend_failed, notice.id, controller_user.id) as begin:

        def late(row):
            monkeypatch.setattr(runs, "hold", hold)
            begin()
            hold(row)

        monkeypatch.setattr(runs, "hold", late)
        runs.finish_what_is_over(now())
    db.session.expire_all()
    assert notice.state == "sending"
    assert db.session.get_one(Recipient, number).state == "queued"


def test_whether_a_long_run_waits_is_asked_without_reading_its_list(app, run_of):
    notice = run_of(2)
    more = (
        "INSERT INTO recipient (notice_id, address_key, language, group_number, state, attempts, "
        "person_sealed) SELECT :notice, decode(md5(n::text), 'hex'), 'en', 0, 'queued', 0, '' "
        "FROM generate_series(1, 20000) n"
    )
    db.session.execute(text(more), {"notice": notice.id})
    claimed(notice, 50)
    db.session.execute(text("ANALYZE recipient"))
    db.session.execute(text("ANALYZE claim"))
    db.session.commit()

    assert outbox._waiting()

    read = "SELECT seq_tup_read FROM pg_stat_xact_user_tables WHERE relname = 'recipient'"
    assert db.session.scalar(text(read)) == 0


def test_letters_put_off_are_tried_again_though_somebody_holds_one_of_them(app, run_of):
    notice = run_of(3)
    rows = update(Recipient).where(Recipient.notice_id == notice.id)
    db.session.execute(rows.values(state="deferred", next_try_at=now()))
    db.session.commit()
    one = select(Recipient.id).order_by(Recipient.id).limit(1).with_for_update()
    with db.engine.begin() as other:
        other.execute(one)
        db.session.execute(text("SET lock_timeout = '3s'"))
        assert recovery.sweep(now()) == 2
        db.session.execute(text("RESET lock_timeout"))
        db.session.commit()
    assert recovery.sweep(now()) == 1


def test_of_a_lease_that_ran_out_nobody_waits_for_the_claim_that_another_sees_to(
    app, run_of, controller_user
):
    notice = run_of(6)
    claimed(notice, 3), claimed(notice, 3)

    def expire(_notice, _user, at):
        recovery.expire(at + timedelta(hours=1))

    with beside(app, expire, notice.id, controller_user.id) as begin:
        db.session.execute(select(Claim.id).order_by(Claim.id).limit(1).with_for_update())
        begin()
        assert db.session.query(Claim).count() == 1  # it is done, and we are not
        db.session.commit()


def test_three_workers_send_each_letter_once_and_finish_once(app, run_of, smtp_sink):
    notice = run_of(30)
    db.session.rollback()
    at_once(app, outbox.deliver, 3)
    outbox.deliver()  # whoever was last may have looked before the others were done
    assert [len(smtp_sink.to(one)) for one in PEOPLE[:30]] == [1] * 30
    db.session.expire_all()
    assert {row.state for row in db.session.query(Recipient)} == {"sent"}
    assert notice.state == "done" and notice.duty.met_at is not None
    assert db.session.query(Entry).filter_by(verb="notice.finished").count() == 1


def test_three_workers_send_each_single_mail_once(app, relay, smtp_sink):
    for one in PEOPLE[:20]:
        post.queue_mail("test", one, "A test", "Hello", now())
    db.session.commit()
    at_once(app, post.deliver, 3)
    assert sorted(mail.recipients[0] for mail in smtp_sink.mails) == PEOPLE[:20]
    assert {row.state for row in db.session.query(Mail)} == {"sent"}


def test_the_queue_can_stand_in_postgresql(app):
    setting = app.config["SETTINGS"].queue
    huey = queues.make_huey(setting, "x" * 32)
    other = queues.make_huey(setting, "x" * 32)
    try:
        heard = huey.task(name="work")(lambda what: what)
        other.task(name="work")(lambda what: what)
        heard("post.deliver")
        assert other.dequeue().args == ("post.deliver",)
    finally:
        huey.storage.close()
        other.storage.close()
