"""What a dead worker held is settled by what it wrote down: nobody is lost, nobody told twice."""

import threading
from datetime import timedelta

import pytest
from sending import PEOPLE, tried
from test_sending_journal import die

from incidents.db import db, now
from notifications import runs
from notifications.delivery import Outcome
from notifications.models import Claim, Recipient, Worker
from notifications.sending import claims, journal, outbox, recovery
from notifications.sending.carrier import Carrier
from notifications.sending.journal import Journal, left


def rows():
    db.session.expire_all()
    return db.session.query(Recipient).order_by(Recipient.id).all()


def states():
    return [row.shown_state for row in rows()]


def lease_of():
    """The one under which all are claimed."""
    return db.session.query(Claim.lease).distinct().scalar()


def tries(number):
    return [(one.outcome, one.answer) for one in tried(number)]


@pytest.fixture
def held(run_of):
    """A run of four, all claimed by one worker: its journal, still open, and the letters."""
    run_of(4)
    lease = claims.new_lease()
    numbers = [letter.id for letter in claims.claim(now(), lease, 4, claims.running())]
    db.session.commit()
    return Journal(recovery.journals(), lease), numbers


def write(book, *steps):
    """Steps of letters at their first attempt: ("begun", number), ("taken", number, answer), ..."""
    for step, number, *answer in steps:
        getattr(book, step)(number, 1, *answer)
    book.flush()


def every_step(book, numbers):
    """The first was taken over, the second begun, the third refused for now, the fourth waits."""
    first, second, third, _fourth = numbers
    write(book, *(("begun", letter) for letter in (first, second, third)))
    write(book, ("taken", first, "250 2.0.0 Ok: queued as 4F"), ("answered", third))
    die(book)


def test_each_step_of_a_journal_settles_its_letter(held, smtp_sink):
    every_step(*held)

    recovery.sweep(now())

    assert states() == ["sent", "in_doubt", "queued", "queued"]
    assert tries(0) == [("sent", "250 2.0.0 Ok: queued as 4F")]
    assert tries(1) == [("in_doubt", recovery.STOPPED)]
    assert tries(2) == tries(3) == []
    assert db.session.query(Claim).count() == 0
    assert [row.attempts for row in rows()[2:]] == [0, 0]  # as if they had not been claimed

    outbox.deliver()
    assert states() == ["sent", "in_doubt", "sent", "sent"]
    assert [len(smtp_sink.to(one)) for one in PEOPLE[:4]] == [0, 0, 1, 1]


def test_a_second_sweep_finds_nothing_left_to_do(held):
    every_step(*held)
    recovery.sweep(now())
    before = [tries(number) for number in range(4)]

    recovery.sweep(now())

    assert list(left(recovery.journals())) == []
    assert list(recovery.journals().iterdir()) == []
    assert [tries(number) for number in range(4)] == before


def test_recovery_commits_nothing_by_itself(held):
    every_step(*held)
    for found in left(recovery.journals()):
        recovery.recover(found, now())
        assert states() == ["sent", "in_doubt", "queued", "queued"]
    db.session.rollback()
    assert states() == ["sending"] * 4


def test_after_a_power_cut_only_what_is_written_down_is_believed(held, monkeypatch):
    every_step(*held)
    monkeypatch.setattr(journal, "boot_id", lambda: "another")

    recovery.sweep(now())

    # What was answered or only claimed may have been begun again behind the last line on the disk.
    assert states() == ["sent", "in_doubt", "in_doubt", "in_doubt"]


def test_a_journal_that_is_gone_leaves_everything_in_doubt_once_its_worker_is_silent(
    held, smtp_sink
):
    book, _numbers = held
    at = now()
    worker = lease_of().partition("/")[0]
    db.session.add(Worker(name=worker, started_at=at, seen_at=at))
    db.session.commit()
    every_step(*held)
    book.path.unlink()

    recovery.sweep(now())
    assert states() == ["sending"] * 4
    recovery.sweep(at + recovery.SILENT + timedelta(seconds=1))

    assert states() == ["in_doubt"] * 4
    outbox.deliver()
    assert smtp_sink.mails == []


def test_a_lease_that_ran_out_is_in_doubt_though_nobody_knows_its_worker(held):
    book, _numbers = held
    die(book)
    book.path.unlink()
    recovery.sweep(now() + claims.LEASE + timedelta(seconds=1))
    assert states() == ["in_doubt"] * 4


def test_a_journal_found_late_knows_better_than_the_doubt(held):
    every_step(*held)
    while recovery.expire(now() + claims.LEASE + timedelta(seconds=1)):
        db.session.commit()
    assert states() == ["in_doubt"] * 4

    recovery.sweep(now())

    assert states() == ["sent", "in_doubt", "queued", "queued"]
    assert [row.attempts for row in rows()[2:]] == [0, 0]
    assert tries(1) == [("in_doubt", recovery.STOPPED)]  # not noted twice


def test_what_stands_of_an_earlier_attempt_is_void(held):
    book, numbers = held
    write(book, *(("begun", letter) for letter in numbers))  # and the server hung up
    lease = lease_of()
    claims.mark([(letter, Outcome("lost", "")) for letter in numbers], lease, now())
    claims.let_go([], lease, [])
    db.session.query(Recipient).update({"state": "queued", "next_try_at": None})
    claims.claim(now(), lease, 4, claims.running())
    db.session.commit()
    assert {row.attempts for row in rows()} == {1}  # and the second is under way
    die(book)

    recovery.sweep(now())

    assert states() == ["queued"] * 4


def test_a_journal_that_was_renewed_says_the_same_of_what_is_open(held, monkeypatch):
    book, numbers = held
    monkeypatch.setattr(journal, "LIMIT", 1)  # so that it is written anew at once
    write(book, ("begun", numbers[0]), ("begun", numbers[1]), ("taken", numbers[1], "250 ok"))
    book.settled([])
    assert list(left(recovery.journals())) == []  # its worker lives
    die(book)

    recovery.sweep(now())

    assert states() == ["in_doubt", "sent", "queued", "queued"]


def test_a_journal_of_which_the_end_was_cut_off_settles_by_what_is_whole(held):
    every_step(*held)
    book, _numbers = held
    text = book.path.read_bytes()
    book.path.write_bytes(text[: text.rindex(b"t ") + 4])  # the disk was full

    recovery.sweep(now())

    assert states() == ["in_doubt", "in_doubt", "in_doubt", "queued"]


def test_what_a_worker_claims_before_it_knows_that_its_wire_died_waits_again(
    app, run_of, smtp_sink, monkeypatch
):
    """Another worker has read the journal by then, which knew of no letter."""
    run_of(3)
    ready = Carrier.ready

    def sweep():
        with app.app_context():
            recovery.sweep(now())

    def dies_alone(wire):
        ready(wire)
        monkeypatch.setattr(Carrier, "ready", ready)
        wire._process.kill()
        wire._process.wait()
        another_worker = threading.Thread(target=sweep)
        another_worker.start()
        another_worker.join()

    monkeypatch.setattr(Carrier, "ready", dies_alone)
    outbox.deliver()
    assert states() == ["queued"] * 3
    assert db.session.query(Claim).count() == 0
    assert list(recovery.journals().iterdir()) == []
    outbox.deliver()
    assert states() == ["sent"] * 3
    assert [len(smtp_sink.to(one)) for one in PEOPLE[:3]] == [1, 1, 1]


def test_letters_that_another_worker_holds_by_now_are_left_alone(held):
    every_step(*held)
    db.session.query(Claim).update({"lease": "other:1:x/2"})
    db.session.commit()
    recovery.sweep(now())
    assert states() == ["sending"] * 4


def test_of_a_cancelled_run_nothing_goes_any_more(held, controller_user, smtp_sink):
    every_step(*held)
    runs.cancel(rows()[0].notice, controller_user, now())
    db.session.commit()

    recovery.sweep(now())
    outbox.deliver()

    assert states() == ["sent", "in_doubt", "cancelled", "cancelled"]
    assert smtp_sink.mails == []


def test_a_letter_put_off_waits_until_the_claim_it_was_in_is_over(held):
    first, *others = [row.id for row in rows()]
    lease = lease_of()
    claims.mark([(first, Outcome("deferred", "450 later"))], lease, now())
    claims.let_go([], lease, others)
    rows()[0].next_try_at = now() - timedelta(minutes=1)
    db.session.commit()

    recovery.sweep(now())
    assert states() == ["deferred", *["sending"] * 3]

    claims.mark([(other, Outcome("sent", "250 ok")) for other in others], lease, now())
    claims.let_go([], lease, [])
    db.session.commit()
    recovery.sweep(now())
    assert states() == ["queued", *["sent"] * 3]


def test_letters_that_were_put_off_are_queued_when_they_are_due(held):
    book, _numbers = held
    die(book)
    book.path.unlink()
    claims.drop(lease_of())
    first, second, third, fourth = rows()
    for row, state, minutes in (
        (first, "deferred", -1), (second, "deferred", 1), (third, "failed", -1)
    ):  # fmt: skip
        row.state, row.next_try_at = state, now() + timedelta(minutes=minutes)
    fourth.state = "sent"
    db.session.commit()

    recovery.sweep(now())

    assert states() == ["queued", "deferred", "failed", "sent"]
    assert rows()[0].next_try_at is None
