"""Which letters are whose: claims over stretches of a list, whatever is marked and given back."""

import random

import pytest
from flask_migrate import downgrade, upgrade
from sending import states
from sqlalchemy import select, text

from incidents import schema
from incidents.db import db, now
from notifications import runs
from notifications.models import Claim, Recipient, in_state
from notifications.relay import Outcome
from notifications.sending import claims, outbox, recovery
from notifications.sending.journal import Journal

SENT = Outcome("sent", "250 ok")


def claim(lease, limit):
    """The numbers of the letters that this lease has now, too."""
    return [letter.id for letter in claims.claim(now(), lease, limit, claims.running())]


def done(numbers, lease, left, back=()):
    """These were sent, those given back; `left` are still in hand."""
    claims.mark([(number, SENT) for number in numbers], lease, now())
    claims.let_go(back, lease, left)
    db.session.flush()


def spans():
    return [tuple(row) for row in db.session.execute(select(Claim.first, Claim.last))]


def test_what_is_given_back_may_be_claimed_at_once_and_the_rest_may_not(run_of):
    run_of(10)
    one, two, *middle, nine, ten = claim("a/1", 10)
    done([one], "a/1", {two, nine, ten}, back=middle)
    assert sorted(spans()) == [(two, two), (nine, ten)]
    assert claim("b/1", 10) == middle
    assert claim("c/1", 10) == []


@pytest.mark.parametrize("seed", range(12))
def test_no_letter_is_ever_in_two_hands_and_none_is_forgotten(run_of, seed):
    notice = run_of(60)
    chance = random.Random(seed)
    hands = {lease: set() for lease in ("a/1", "b/1", "c/1")}
    sent = set()
    for _ in range(40):
        lease, mine = chance.choice(list(hands.items()))
        if chance.random() < 0.5:
            found = set(claim(lease, chance.randint(1, 20)))
            assert not found & set().union(sent, *hands.values())
            mine |= found
        else:
            part = [number for number in sorted(mine) if chance.random() < 0.5]
            gone = {number for number in part if chance.random() < 0.6}
            mine.difference_update(part)
            done(gone, lease, mine, back=set(part) - gone)
            sent |= gone
        held = set().union(*hands.values())
        assert set(db.session.scalars(select(Recipient.id).where(in_state("sending")))) == held
        assert runs.counts(notice).get("sending", 0) == len(held)
        assert len(spans()) <= len(held)
    for lease, mine in hands.items():
        done(mine, lease, set())
        sent |= mine
    assert spans() == []
    sent |= set(claim("a/1", 60))
    assert len(sent) == 60


def test_what_was_under_way_when_its_run_was_cancelled_is_marked_all_the_same(
    run_of, controller_user
):
    notice = run_of(3)
    first, second, third = claim("a/1", 3)
    runs.cancel(notice, controller_user, now())
    claims.mark([(first, SENT), (second, Outcome("in_doubt", "gone"))], "a/1", now())
    claims.let_go([third], "a/1", set())
    db.session.commit()
    assert states(notice) == ["sent", "in_doubt", "cancelled"]


def test_a_letter_begun_when_its_run_was_cancelled_and_its_worker_died_is_in_doubt(
    run_of, controller_user
):
    notice = run_of(2)
    first, _second = claim("a/1", 2)
    db.session.commit()
    book = Journal(recovery.journals(), "a/1")
    book.begun(first, 1)
    book.flush()
    book.close(settled=False)
    runs.cancel(notice, controller_user, now())
    db.session.commit()

    recovery.sweep(now())

    assert states(notice) == ["in_doubt", "cancelled"]
    assert spans() == []


@pytest.mark.parametrize("again", ["resent", "settled"])
def test_what_is_to_go_again_is_not_taken_for_what_a_worker_has_in_hand(
    run_of, controller_user, again
):
    notice = run_of(3)
    first, *others = claim("a/1", 3)
    book = Journal(recovery.journals(), "a/1")
    book.begun(first, 1)
    book.taken(first, 1, "250 ok")
    book.flush()
    claims.mark(
        [(first, Outcome("failed" if again == "resent" else "in_doubt", "x"))], "a/1", now()
    )
    claims.let_go([], "a/1", set(others))
    db.session.commit()
    if again == "resent":
        runs.resend_failed(notice, controller_user, now())
    else:
        runs.settle(notice, [db.session.get(Recipient, first)], "queued", controller_user, now())
    db.session.commit()

    recovery.sweep(now())
    assert states(notice) == ["deferred", "sending", "sending"]
    book.close(settled=False)  # its worker died
    recovery.sweep(now())
    recovery.sweep(now())

    assert states(notice) == ["queued", "queued", "queued"]
    assert spans() == []


def test_a_second_worker_does_not_connect_for_what_the_first_has_in_hand(
    run_of, smtp_sink, monkeypatch
):
    run_of(3)
    claim("a/1", 3)
    db.session.commit()
    monkeypatch.setattr(outbox, "_Round", None)  # would be called
    assert outbox.deliver().total == 0


def test_pages_show_what_is_in_hand_as_being_sent(run_of, controller):
    notice = run_of(5)
    claim("a/1", 2)
    db.session.commit()
    assert runs.counts(notice) == {"sending": 2, "queued": 3}
    rows = db.session.query(Recipient).order_by(Recipient.id).all()
    uids = [row.uid for row in rows]
    for state, shown in (("sending", uids[:2]), ("queued", uids[2:]), ("sent", [])):
        page = controller.get(f"/notices/{notice.uid}/people?state={state}").text
        assert [uid for uid in uids if uid in page] == shown


def test_an_upgrade_leaves_what_was_under_way_to_its_journal(app, run_of):
    schema._prepare(app)
    notice = run_of(3)
    numbers = [row.id for row in db.session.query(Recipient).order_by(Recipient.id)]
    db.session.remove()
    downgrade(revision="0012")
    under_way = (
        "UPDATE recipient SET state = 'sending', attempts = 1, lease_by = 'a/1', "
        "lease_until = '2099-01-01 00:00:00' WHERE id <= :last"
    )
    db.session.execute(text(under_way), {"last": numbers[1]})
    db.session.commit()
    book = Journal(recovery.journals(), "a/1")
    book.begun(numbers[0], 1)
    book.flush()
    book.close(settled=False)
    db.session.remove()

    upgrade()

    notice = db.session.merge(notice)
    assert states(notice) == ["sending", "sending", "queued"]
    recovery.sweep(now())
    assert states(notice) == ["in_doubt", "queued", "queued"]


def test_an_upgrade_leaves_nothing_to_send_of_a_run_that_was_cancelled(
    app, run_of, controller_user
):
    schema._prepare(app)
    notice = run_of(2)
    runs.cancel(notice, controller_user, now())
    db.session.commit()
    db.session.remove()
    downgrade(revision="0012")
    under_way = "UPDATE recipient SET state = 'sending', attempts = 1, lease_by = 'a/1'"
    db.session.execute(text(f"{under_way}, lease_until = '2020-01-01 00:00:00' WHERE id = 1"))
    db.session.commit()
    db.session.remove()

    upgrade()

    assert states(db.session.merge(notice)) == ["cancelled", "cancelled"]


def test_the_way_back_keeps_what_is_under_way(app, run_of):
    schema._prepare(app)
    run_of(3)
    claim("a/1", 2)
    db.session.commit()
    db.session.remove()
    downgrade(revision="0012")
    found = db.session.execute(text("SELECT state, attempts, lease_by FROM recipient ORDER BY id"))
    assert [tuple(row) for row in found] == [("sending", 1, "a/1")] * 2 + [("queued", 0, None)]
    db.session.remove()
    upgrade()
