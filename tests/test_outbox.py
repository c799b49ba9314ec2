"""Letters leave once each, one state a person, and a run is over only when no letter is open."""

import asyncio
from datetime import timedelta

import pytest
from sending import PEOPLE, claim_one, mark_one

from incidents.db import db, now
from incidents.models import Entry
from incidents.refusal import Refused
from notifications import compose, jobs, notices, returns, runs
from notifications.models import Attempt, Notice, Recipient, Worker
from notifications.recipients.person import Person
from notifications.relay import Outcome
from notifications.sending import outbox, recovery


@pytest.fixture
def later(monkeypatch):
    """Let the worker's clock be ahead: later(minutes=2)."""

    def move(**span):
        moment = now() + timedelta(**span)
        monkeypatch.setattr(outbox, "now", lambda: moment)

    return move


def deliver(limit=None):
    db.session.rollback()
    return outbox.deliver(limit)


def states(notice):
    db.session.expire_all()
    rows = db.session.query(Recipient).filter_by(notice_id=notice.id).order_by(Recipient.id)
    return [row.state for row in rows]


def row(number):
    return db.session.query(Recipient).order_by(Recipient.id).all()[number]


def entries(verb):
    return [e.detail for e in db.session.query(Entry).filter_by(verb=verb).order_by(Entry.n)]


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
    (attempt,) = db.session.query(Attempt).all()
    assert (attempt.outcome, attempt.answer) == ("sent", "250 2.0.0 kept")
    assert attempt.worker == jobs.name()


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
    assert db.session.query(Attempt).count() == 0
    assert relay.failing_since is not None
    smtp_sink.start()
    later(minutes=2)
    assert deliver().sent == 2


def test_a_refused_person_fails_alone_and_keeps_the_duty_open(run_of, smtp_sink):
    notice = run_of(3)
    smtp_sink.answers[PEOPLE[1]] = "550 5.1.1 no such user"
    deliver()
    assert states(notice) == ["sent", "failed", "sent"]
    assert notice.state == "done" and runs.missed(notice) == 1
    assert notice.duty.met_at is None
    assert row(1).answer == "550 5.1.1 no such user"


def test_only_the_failed_ones_are_sent_again_under_the_same_id(run_of, smtp_sink, controller_user):
    notice = run_of(3)
    smtp_sink.answers[PEOPLE[1]] = "550 5.1.1 no such user"
    deliver()
    del smtp_sink.answers[PEOPLE[1]]

    assert runs.resend_failed(notice, controller_user, now()) == 1
    db.session.commit()
    assert notice.state == "sending"
    deliver()

    assert len(smtp_sink.mails) == 3
    (again,) = smtp_sink.to(PEOPLE[1])
    assert again.message["Message-ID"] == row(1).message_id
    assert notice.state == "done" and notice.duty.met_at is not None


def test_people_told_in_another_way_meet_the_duty(run_of, smtp_sink, controller_user):
    notice = run_of(2)
    smtp_sink.answers[PEOPLE[0]] = "550 5.1.1 no such user"
    deliver()
    with pytest.raises(Refused):
        runs.tell_otherwise(notice, "  ", controller_user, now())
    assert runs.tell_otherwise(notice, "By phone, by Cleo", controller_user, now()) == 1
    db.session.commit()
    assert states(notice) == ["failed", "sent"] and row(0).told == "By phone, by Cleo"
    assert notice.duty.met_at is not None
    assert entries("notice.told_otherwise")[0]["how"] == "By phone, by Cleo"


def test_a_deferred_letter_keeps_the_run_open_until_it_has_left(run_of, smtp_sink, later):
    notice = run_of(2)
    smtp_sink.answers[PEOPLE[0]] = "450 4.2.1 greylisted"
    deliver()
    assert (notice.state, states(notice)) == ("sending", ["deferred", "sent"])
    assert deliver().total == 0
    del smtp_sink.answers[PEOPLE[0]]
    later(minutes=2)
    deliver()
    assert (notice.state, states(notice)) == ("done", ["sent", "sent"])


def test_a_letter_is_given_up_after_five_days(run_of, smtp_sink):
    notice = run_of(1)
    row(0).attempts = 33
    db.session.commit()
    smtp_sink.answers[PEOPLE[0]] = "450 4.2.1 later"
    deliver()
    assert states(notice) == ["failed"]


def test_ten_refusals_in_a_row_pause_the_run(run_of, smtp_sink):
    notice = run_of(12)
    smtp_sink.answers |= dict.fromkeys(PEOPLE, "554 5.7.1 blocked")
    deliver()
    assert (notice.state, notice.pause_reason) == ("paused", "refusals")
    assert states(notice) == ["failed"] * 10 + ["queued"] * 2


def test_refusals_with_letters_between_them_do_not_pause_the_run(run_of, smtp_sink):
    notice = run_of(12)
    bad = [one for one in PEOPLE if one != PEOPLE[5]]
    smtp_sink.answers |= dict.fromkeys(bad, "550 5.1.1 no such user")
    deliver()
    assert notice.state == "done" and states(notice).count("failed") == 11


def test_a_refusal_of_the_sender_pauses_the_run_and_fails_nobody(
    run_of, relay, smtp_sink, controller_user
):
    notice = run_of(3)
    smtp_sink.answers |= dict.fromkeys(PEOPLE, "550 5.1.8 sender domain not found")
    deliver()
    assert (notice.state, notice.pause_reason) == ("paused", "sender")
    assert states(notice) == ["queued"] * 3
    smtp_sink.answers.clear()
    runs.resume(notice, controller_user, now())
    db.session.commit()
    assert deliver().sent == 3


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


def test_two_workers_do_not_take_the_same_letter(run_of):
    run_of(2)
    first, second, third = (claim_one(now()) for _ in range(3))
    assert first != second and third is None


def test_what_a_dead_worker_held_is_in_doubt_and_not_sent_again(run_of, smtp_sink, later):
    notice = run_of(2)
    claim_one(now())
    db.session.commit()
    assert deliver().sent == 1
    later(minutes=16)
    deliver()
    assert states(notice) == ["in_doubt", "sent"]
    assert notice.state == "sending" and notice.duty.met_at is None
    assert smtp_sink.to(PEOPLE[0]) == []


def test_a_worker_that_gives_no_sign_of_life_holds_nothing(run_of, later):
    notice = run_of(1)
    name = jobs._name[:-1] + "x"
    db.session.add(Worker(name=name, started_at=now(), seen_at=now()))
    claim_one(now(), f"{name}/1")
    db.session.commit()
    later(minutes=1)
    deliver()
    assert states(notice) == ["sending"]
    later(minutes=2)
    deliver()
    assert states(notice) == ["in_doubt"]


def test_a_slow_worker_that_comes_back_knows_better(run_of):
    notice = run_of(1)
    number = claim_one(now())
    db.session.commit()
    recovery.expire(now() + timedelta(minutes=16))
    db.session.commit()
    assert states(notice) == ["in_doubt"]
    mark_one(number, Outcome("sent", "250 kept"), now())
    db.session.commit()
    assert states(notice) == ["sent"]


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_letter_that_got_no_answer_is_held_and_the_others_go_on(
    run_of, smtp_sink, number, monkeypatch, app, later
):
    """The server took it and fell silent: sent again, that person would get it twice."""
    app.config["MAIL_FINAL_TIMEOUT"] = 0.5
    take = smtp_sink.handle_DATA

    async def take_and_fall_silent(server, session, envelope):
        answer = await take(server, session, envelope)
        if envelope.rcpt_tos == [PEOPLE[number]]:
            await asyncio.sleep(60)
        return answer

    monkeypatch.setattr(smtp_sink, "handle_DATA", take_and_fall_silent)
    notice = run_of(3)
    deliver()
    later(minutes=2)
    deliver()
    expected = ["sent"] * 3
    expected[number] = "in_doubt"
    assert states(notice) == expected
    assert [len(smtp_sink.to(one)) for one in PEOPLE[:3]] == [1, 1, 1]
    assert notice.state == "sending"


@pytest.mark.parametrize(("to", "copies"), [("sent", 0), ("queued", 1)])
def test_a_letter_in_doubt_is_settled_by_a_person(run_of, smtp_sink, controller_user, to, copies):
    notice = run_of(1)
    claim_one(now())
    recovery.expire(now() + timedelta(minutes=16))
    db.session.commit()
    runs.settle(notice, [row(0)], to, controller_user, now())
    db.session.commit()
    deliver()
    assert (notice.state, states(notice)) == ("done", ["sent"])
    assert len(smtp_sink.mails) == copies
    assert entries("notice.settled")[0]["message_ids"] == [row(0).message_id]


def test_a_letter_that_comes_back_opens_the_duty_again(run_of):
    notice = run_of(1)
    deliver()
    assert notice.duty.met_at is not None
    runs.came_back(notice, now())
    db.session.commit()
    assert notice.duty.is_open


def test_a_letter_that_comes_back_before_we_noted_that_it_left_stays_failed(run_of):
    notice = run_of(1)
    number = claim_one(now())
    said = {"recipient": PEOPLE[0], "outcome": "hard", "status": "5.1.1", "reason": "nobody"}
    returned = {"rows": [{**said, "said": "nobody", "final": True}]}
    returns.apply([("letter", row(0).uid)], returned, now())
    mark_one(number, Outcome("sent", "250 kept"), now())
    db.session.commit()
    assert states(notice) == ["failed"]


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


def test_the_command_fails_when_a_letter_failed(run_of, run, smtp_sink):
    run_of(1)
    smtp_sink.answers[PEOPLE[0]] = "550 5.1.1 no such user"
    result = run("mail", "send")
    assert (result.output, result.exit_code) == ("0 sent, 1 failed\n", 1)


def test_a_letter_that_cannot_be_written_holds_up_nobody(run_of, smtp_sink):
    notice = run_of(2)
    broken = row(0)
    broken.person = Person("not\nan address")
    notice.approval = notices.fingerprint(notice).hash
    db.session.commit()
    deliver()
    assert states(notice) == ["failed", "sent"]
    assert len(smtp_sink.mails) == 1


def test_the_version_that_people_edit_is_not_moved_by_the_worker(run_of):
    notice = run_of(2)
    before = notice.version
    db.session.commit()
    number = claim_one(now())
    mark_one(number, Outcome("failed", "550 no"), now())
    db.session.commit()
    db.session.expire_all()
    assert db.session.get(Notice, notice.id).version == before
