"""Claims of two runs whose rows stand between each other: neither is taken for the other's."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from incidents.db import db, now
from notifications import notices, runs
from notifications.models import Claim, Recipient
from notifications.relay import Outcome
from notifications.sending import claims, recovery

SENT, LATER = Outcome("sent", "250 ok"), Outcome("deferred", "450 later")


@pytest.fixture
def both(run_of, controller_user):
    """Of four rows the outer two are of one run, the inner two of another; who is in which."""
    one = run_of(4)
    two = notices.draft(one.incident, one.duty, controller_user, now())
    two.state, two.started_at, two.domain = "sending", now(), one.domain
    rows = db.session.scalars(select(Recipient).order_by(Recipient.id)).all()
    for row in rows[1:3]:
        row.notice = two
    db.session.commit()
    return {row.id: row.notice_id for row in rows}


def claim(lease):
    """The numbers of all letters that wait, and are this lease's now."""
    found = claims.claim(now(), lease, 10, claims.running())
    db.session.commit()
    return sorted(letter.id for letter in found)


def spans():
    found = db.session.execute(select(Claim.notice_id, Claim.first, Claim.last, Claim.lease))
    return sorted((*row,) for row in found)


def state(number):
    db.session.expire_all()
    return db.session.get_one(Recipient, number).state


def test_a_letter_put_off_does_not_wait_for_those_of_another_run_that_stand_around_it(both):
    first, second, third, fourth = claim("a/1")
    claims.mark([(first, LATER), (fourth, SENT)], "a/1", now(), both)
    claims.let_go([], "a/1", {second, third}, both)
    db.session.commit()
    assert spans() == [(both[second], second, third, "a/1")]

    recovery.sweep(now() + timedelta(minutes=2))

    assert state(first) == "queued"


def test_what_is_given_back_of_one_run_leaves_the_claim_on_another_as_it_is(both):
    first, second, third, fourth = claim("a/1")
    claims.let_go([second], "a/1", {first, third, fourth}, both)
    assert spans() == [(both[first], first, fourth, "a/1"), (both[third], third, third, "a/1")]


def test_who_held_a_letter_before_leaves_it_alone_though_it_holds_others_around_it(
    both, controller_user
):
    """Put off here, and sent by who holds it now: it would have gone twice."""
    _first, second, third, _fourth = claim("a/1")
    inner = update(Claim).where(Claim.notice_id == both[second])
    db.session.execute(inner.values(until=now() - timedelta(minutes=1)))
    db.session.commit()
    while recovery.expire(now()):
        db.session.commit()
    letters = [db.session.get_one(Recipient, number) for number in (second, third)]
    runs.settle(letters[0].notice, letters, "queued", controller_user, now())
    db.session.commit()
    assert claim("b/1") == [second, third]

    claims.mark([(second, LATER)], "a/1", now(), both)
    db.session.commit()

    assert state(second) == "queued"
    claims.mark([(second, SENT)], "b/1", now(), both)
    assert state(second) == "sent"


def test_letters_not_begun_wait_again_though_their_claim_had_run_out(run_of, controller_user):
    notice = run_of(3)
    first, second, third = claim("a/1")
    late = now() + 2 * claims.LEASE
    while recovery.expire(late):
        db.session.commit()
    assert state(first) == state(second) == state(third) == "in_doubt"

    claims.mark([(first, SENT)], "a/1", late)
    claims.let_go([second, third], "a/1", set())
    db.session.commit()

    assert [state(number) for number in (first, second, third)] == ["sent", "queued", "queued"]
    assert [row.attempts for row in notice_rows(notice)] == [1, 0, 0]
    assert claim("b/1") == [second, third]


def notice_rows(notice):
    here = select(Recipient).where(Recipient.notice_id == notice.id)
    return db.session.scalars(here.order_by(Recipient.id)).all()
