"""Letters leave once each, one state a person, and a run is over only when no letter is open."""

import pytest
from sending import PEOPLE, claim_one, deliver, entries, mark_one, row, states, tried

from incidents.db import db, now
from incidents.refusal import Refused
from notifications import compose, jobs, notices, runs
from notifications.models import Notice, Worker
from notifications.relay import Outcome
from notifications.sending import outbox


def test_each_person_gets_one_letter_and_then_the_duty_is_met(run_of, smtp_sink):
    notice = run_of(3)
    tally = deliver()
    assert (tally.sent, tally.failed) == (3, 0)
    assert [mail.recipients for mail in smtp_sink.mails] == [(one,) for one in PEOPLE[:3]]
    assert [mail.message["Message-ID"] for mail in smtp_sink.mails] == [
        row(n).message_id for n in range(3)
    ]
    assert smtp_sink.connections == 1
    assert (notice.state, states(notice)) == ("done", ["sent"] * 3)
    assert notice.duty.met_at is not None and notice.approval in notice.duty.proof
    assert deliver().total == 0
    assert entries("notice.finished")[0]["letters_by_state"] == {"sent": 3}


def test_what_leaves_is_byte_for_byte_the_letter_that_can_be_read_again(run_of, smtp_sink):
    notice = run_of(1)
    deliver()
    (mail,) = smtp_sink.mails
    assert mail.raw == compose.letter(notice, row(0), compose.server()).as_bytes()


def test_each_try_is_kept_with_the_servers_answer(run_of):
    run_of(1)
    deliver()
    (one,) = tried(0)
    assert (one.outcome, one.answer) == ("sent", "250 2.0.0 kept")
    assert one.worker == jobs.name()


def test_nothing_leaves_before_the_start(run_of, smtp_sink):
    run_of(2, begin=False)
    assert deliver().total == 0
    assert smtp_sink.mails == []


def test_a_run_starts_only_while_the_approval_holds(run_of, relay, controller_user, staff_user):
    notice = run_of(1, begin=False)
    with pytest.raises(Refused):
        runs.start(notice, staff_user, now())
    relay.sender = "other@training.example"
    db.session.commit()
    with pytest.raises(Refused):
        runs.start(notice, controller_user, now())
    assert notice.state == "approved"


def test_without_a_server_everything_stays_queued(run_of, relay):
    notice = run_of(2)
    relay.host = ""
    db.session.commit()
    assert deliver().total == 0
    assert (notice.state, states(notice)) == ("sending", ["queued"] * 2)


def test_a_server_that_is_away_costs_nobody_a_try(run_of, relay, smtp_sink, later):
    notice = run_of(2)
    smtp_sink.stop()
    assert deliver().total == 0
    assert states(notice) == ["queued"] * 2
    assert tried(0) == tried(1) == []
    assert relay.failing_since is not None
    smtp_sink.start()
    later(minutes=2)
    assert deliver().sent == 2


def test_a_paused_run_sends_nothing_until_it_goes_on(run_of, smtp_sink, controller_user):
    notice = run_of(3)
    deliver(limit=1)
    runs.pause(notice, controller_user, now())
    db.session.commit()
    assert deliver().total == 0
    runs.resume(notice, controller_user, now())
    db.session.commit()
    assert deliver().sent == 2
    assert len(smtp_sink.mails) == 3


def test_a_cancelled_run_calls_nothing_back_and_meets_no_duty(run_of, smtp_sink, controller_user):
    notice = run_of(3)
    deliver(limit=1)
    runs.cancel(notice, controller_user, now())
    db.session.commit()
    assert deliver().total == 0
    assert (notice.state, states(notice)) == ("cancelled", ["sent", "cancelled", "cancelled"])
    assert notice.duty.met_at is None


def test_runs_take_turns_and_the_duty_is_met_when_both_are_over(
    run_of, told, controller_user, smtp_sink
):
    first = run_of(3)
    other = run_of(2, notice=notices.draft(told, first.duty, controller_user, now()))
    deliver(limit=4)
    assert (states(first), states(other)) == (["sent", "sent", "queued"], ["sent", "sent"])
    assert other.state == "done" and first.duty.met_at is None
    deliver()
    assert first.state == "done" and first.duty.met_at is not None


def test_a_limit_per_minute_is_kept_and_shared_by_the_workers(run_of, relay, monkeypatch):
    run_of(3)
    relay.per_minute = 600
    for number in range(2):
        db.session.add(Worker(name=f"other:{number}:x", started_at=now(), seen_at=now()))
    db.session.commit()
    limits = []
    carrier = outbox.Carrier

    def limited(relay, per_minute, *more):
        limits.append(per_minute)
        return carrier(relay, per_minute, *more)

    monkeypatch.setattr(outbox, "Carrier", limited)
    assert deliver().sent == 3
    assert limits == [200]


def test_a_server_that_takes_few_letters_a_connection_gets_them_all(run_of, smtp_sink, monkeypatch):
    notice = run_of(5)
    taken = []

    async def one_each(server, session, envelope, address, options):
        if session in taken:
            return "421 4.7.0 too many letters in this connection"
        taken.append(session)
        envelope.rcpt_tos.append(address)
        return "250 ok"

    monkeypatch.setattr(smtp_sink, "handle_RCPT", one_each)
    deliver()
    assert states(notice) == ["sent"] * 5
    assert smtp_sink.connections == 5


def test_the_command_sends_in_one_line_and_twice_is_safe(run_of, run, smtp_sink):
    run_of(3)
    first, second = run("mail", "send", "--limit", 2), run("mail", "send")
    third = run("mail", "send")
    assert [result.output for result in (first, second, third)] == [
        "2 sent, 0 failed\n",
        "1 sent, 0 failed\n",
        "0 sent, 0 failed\n",
    ]
    assert len(smtp_sink.mails) == 3


def test_the_version_that_people_edit_is_not_moved_by_the_worker(run_of):
    notice = run_of(2)
    before = notice.version
    db.session.commit()
    number = claim_one(now())
    mark_one(number, Outcome("failed", "550 no"), now())
    db.session.commit()
    db.session.expire_all()
    assert db.session.get(Notice, notice.id).version == before
