"""What was under way when a worker ended is held, and sent again only by a person's choice."""

import asyncio
from datetime import timedelta

import pytest
from sending import PEOPLE, claim_one, deliver, entries, mark_one, row, states

from incidents.db import db, now
from notifications import jobs, runs
from notifications.models import Worker
from notifications.relay import Outcome
from notifications.sending import recovery


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
