"""The rows of the outbox from hand to hand: claimed, marked, given back. Nothing here commits.

A claim is stored before a byte is sent, under the lease of one round of one worker: from which row
to which the waiting letters of a run are its own. What came of a letter is written by whoever
holds it. Pages may cancel a run over its head; letters that were under way are marked all the same.
"""

import random
import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Update, delete, func, insert, select, update

from incidents.db import db
from notifications import backoff, jobs, runs, tries
from notifications.models import WAITING, Attempt, Claim, Notice, Recipient
from notifications.relay import Outcome
from notifications.sending import order
from notifications.sending.spans import ONE, Runs, stretches, within
from notifications.sending.statements import as_one, for_now
from notifications.sending.tray import REFUSALS

LEASE = timedelta(minutes=15)  # longer than the ten minutes that an answer may take
CLAIMING = 0x746F6373696E  # names the lock of PostgreSQL that who claims has
END = 1 << 62  # after every row


class Claimed(NamedTuple):
    """A letter that was claimed: all that is needed to write it. `attempt` is the one to come."""

    id: int
    notice: int
    attempt: int
    language: str
    group: int
    address_key: bytes
    person_sealed: bytes


def new_lease() -> str:
    """The name under which one round of this worker claims."""
    return f"{jobs.name()}/{secrets.token_hex(3)}"


def running() -> list[int]:
    """The runs that send now, the older first."""
    sending = select(Notice.id).where(Notice.state == "sending")
    return list(db.session.scalars(sending.order_by(Notice.started_at, Notice.id)))


def claim(
    at: datetime, lease: str, limit: int, turns: Sequence[int], last: dict[int, int] | None = None
) -> list[Claimed]:
    """Take up to `limit` queued letters for this lease alone. The runs in `turns` get equal
    shares: a letter to twelve people does not wait for one to a million. `last`: the letter of
    each run that was claimed last, after which the next claim looks; END once none waits there.
    Keep it, and forget what may not hold any more: what stands before is not looked at again."""
    last = {} if last is None else last
    claimed: list[Claimed] = []
    turns = [notice for notice in turns if last.get(notice, 0) != END]
    if turns:
        _alone()
    while turns and len(claimed) < limit:
        share = max(1, (limit - len(claimed)) // len(turns))
        for notice in turns.copy():
            wanted = min(share, limit - len(claimed))
            got = _take(at, lease, notice, wanted, last.get(notice, 0)) if wanted else []
            claimed += got
            if len(got) < wanted:
                last[notice] = END
                turns.remove(notice)
            elif got:
                last[notice] = got[-1].id
    return claimed


def _alone() -> None:
    """Until this transaction ends, nobody else claims. Whoever holds this must wait for nothing
    that another may hold who waits for it. SQLite has one writer anyway."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(CLAIMING)))


def all_there() -> None:
    """Wait for the claims that are being stored: whoever was killed may have said so before, and
    PostgreSQL does it all the same. Commits."""
    _alone()
    db.session.commit()


def _take(at: datetime, lease: str, notice: int, limit: int, after: int) -> list[Claimed]:
    """Letters that wait after a row, from between the claims of others, and a claim on them."""
    others = select(Claim.first, Claim.last).where(Claim.notice_id == notice, Claim.last > after)
    claimed = db.session.execute(others.order_by(Claim.first)).all()
    taken: list[Claimed] = []
    for before, end in (*claimed, (END, END)):
        gap = {"notice": notice, "after": after, "before": before, "most": limit - len(taken)}
        found = db.session.connection().execute(for_now().take, gap).all()
        rows = [*map(Claimed._make, found)]
        if rows:
            _hold(notice, rows[0].id, rows[-1].id, lease, at + LEASE)
            taken += rows
        if len(taken) == limit:
            break
        after = end
    return taken


def _hold(notice: int, first: int, last: int, lease: str, until: datetime) -> None:
    claim = {"notice_id": notice, "first": first, "last": last, "lease": lease, "until": until}
    db.session.execute(insert(Claim), claim)


def mark(
    results: Collection[tuple[int, Outcome]], lease: str, at: datetime, known: Runs = ONE
) -> None:
    """Write down what became of the letters this lease holds, and each try. `known`: their runs.

    A claim that ran out meanwhile (a very slow server) left its letters in doubt; its holder knows
    better, and its word holds. A letter that is not this lease's any more is left alone.
    """
    outcomes = dict(results)
    troubled = _hold_runs(outcomes)
    held = _within_claims(outcomes, lease, known)
    lost = outcomes.keys() - held if len(held) < len(outcomes) else ()
    states: dict[int, str] = {}
    runs_of: dict[int, int] = {}
    for numbers, mine, sent in (
        (held, for_now().held, for_now().sent),
        (lost, for_now().lost, for_now().sent_late),
    ):
        left = [number for number in numbers if outcomes[number].state == "sent"]
        others = [number for number in numbers if outcomes[number].state != "sent"]
        for row, notice in _sent(left, sent, outcomes, lease, at):
            states[row], runs_of[row] = "sent", notice
        for one in _rows(others, mine, lease):
            states[one.id] = _not_sent(one, outcomes[one.id], lease, at)
            runs_of[one.id] = one.notice_id
    if troubled:
        _count_refusals(states, outcomes, runs_of, at)


def _hold_runs(outcomes: dict[int, Outcome]) -> bool:
    """Hold the runs of these letters, if any is in trouble and may have to be stopped; whether so.
    As pages do, before the letters: else the two may wait for each other."""
    troubled = any(outcome.state != "sent" for outcome in outcomes.values())
    if not troubled and not db.session.scalar(
        select(Notice.id).where(Notice.refusals > 0).limit(1)
    ):
        return False
    db.session.execute(for_now().runs, {"numbers": as_one(outcomes)}).all()
    return True


def _sent(
    numbers: Sequence[int],
    statement: Update,
    outcomes: dict[int, Outcome],
    lease: str,
    at: datetime,
) -> Sequence[Any]:
    """Mark what the server took over; returns of each letter its row and its notice."""
    if not numbers:
        return []
    values = {"numbers": as_one(numbers), "lease": lease, "at": at}
    rows = db.session.connection().execute(statement, values).all()
    taken = [(notice, row, outcomes[row].answer) for row, notice in rows]
    tries.note_taken(taken, lease.partition("/")[0], at)
    return rows


def _within_claims(numbers: Collection[int], lease: str, known: Runs) -> set[int]:
    """Those of these letters that a claim of the lease holds still."""
    mine = select(Claim.first, Claim.last, Claim.notice_id).where(Claim.lease == lease)
    those = mine.with_for_update().subquery()
    held: set[int] = set()
    for first, last, run, *_ in db.session.execute(
        select(*those.c, *order.beside(those.c.notice_id))
    ).all():
        held.update(within(numbers, first, last, run, known))
    return held


def _rows(numbers: Sequence[int], mine: ColumnElement[bool], lease: str) -> Sequence[Recipient]:
    if not numbers:
        return []
    fresh = select(Recipient).where(mine).with_for_update()
    fresh = fresh.execution_options(populate_existing=True)
    return db.session.scalars(fresh, {"numbers": as_one(numbers), "lease": lease}).all()


def _not_sent(row: Recipient, outcome: Outcome, lease: str, at: datetime) -> str:
    """The row of a letter that did not leave, and its Attempt; returns what that says."""
    state: str = outcome.state
    row.attempts += row.state != "in_doubt"  # else it was counted then
    if state == "refused":
        runs.stop_for(row.notice, "sender", at)
        state, row.attempts = "queued", row.attempts - 1
    elif state in ("lost", "deferred"):
        state = "failed" if backoff.gives_up(row.attempts) else "deferred"
        row.next_try_at = at + backoff.wait(row.attempts, random.random())  # noqa: S311
    said = "deferred" if state == "queued" else state
    if state in ("queued", "deferred") and row.notice.state == "cancelled":
        state, row.next_try_at = "cancelled", None
    row.state, row.answer = state, outcome.answer
    row.lease_by = lease if state == "in_doubt" else None
    worker = lease.partition("/")[0]
    tried = Attempt(recipient_id=row.id, at=at, worker=worker, outcome=said)
    tried.answer = outcome.answer
    db.session.add(tried)
    return said


def _count_refusals(
    states: dict[int, str], outcomes: dict[int, Outcome], runs_of: dict[int, int], at: datetime
) -> None:
    """Ten people refused one after the other: the server means us, not them."""
    told = [(runs_of[n], states[n]) for n in outcomes if states.get(n) in ("sent", "failed")]
    for number, group in groupby(sorted(told, key=lambda one: one[0]), key=lambda one: one[0]):
        notice = db.session.get_one(Notice, number)
        count = most = notice.refusals
        for _, state in group:
            count = count + 1 if state == "failed" else 0
            most = max(most, count)
        # Not through the row: its version is for people, who may have it open.
        counted = update(Notice).where(Notice.id == number).values(refusals=count)
        db.session.execute(counted)
        if most >= REFUSALS:
            runs.stop_for(notice, "refusals", at)


def renew(lease: str, at: datetime) -> None:
    """What this lease holds is still in hand: nobody is to take its holder for dead."""
    db.session.execute(update(Claim).where(Claim.lease == lease).values(until=at + LEASE))


def let_go(back: Collection[int], lease: str, left: Collection[int], known: Runs = ONE) -> None:
    """Hold no more than the letters that are `left`: those that were given `back` may be claimed
    by anybody, and a claim of which nothing is left is gone. `known`: the runs of both."""
    mine = select(Claim).where(Claim.lease == lease).with_for_update()
    lapsed = set(back)
    for claim in db.session.scalars(mine).all():
        span = claim.first, claim.last, claim.notice_id, known
        cuts = [*within(back, *span)]
        lapsed.difference_update(cuts)
        if not cuts and next(within(left, *span), None) is not None:
            continue
        db.session.delete(claim)
        for stretch in stretches([*within(left, *span)], cuts):
            _hold(claim.notice_id, *stretch, lease, claim.until)
    if lapsed:  # and left them in doubt, though they were not begun
        clear([*lapsed], lease)


def doubt(claim: Claim, why: str, at: datetime, most: int) -> int:
    """Hold in doubt up to so many letters of a claim that is locked, and let go of these; returns
    how many. Other claims of the lease may be in its holder's hands: they are not waited for."""
    for turn in order.beside(claim.notice_id):
        db.session.execute(select(turn))
    waits = select(Recipient).where(
        Recipient.notice_id == claim.notice_id,
        Recipient.id.between(claim.first, claim.last),
        Recipient.state.in_(WAITING),
    )
    waits = waits.with_for_update().execution_options(populate_existing=True)
    rows = db.session.scalars(waits.order_by(Recipient.id).limit(most)).all()
    for row in rows:
        _not_sent(row, Outcome("in_doubt", why), claim.lease, at)
    if len(rows) < most:
        db.session.delete(claim)
    else:
        claim.first = rows[-1].id + 1
    return len(rows)


def clear(numbers: Sequence[int], lease: str) -> None:
    """Letters in doubt that were not begun, as their holder knew: they wait again, as if they had
    not been claimed; of a cancelled run they go no more."""
    for row in _rows(numbers, for_now().lost, lease):
        row.state = "cancelled" if row.notice.state == "cancelled" else "queued"
        row.attempts, row.lease_by = row.attempts - 1, None


def drop(lease: str) -> None:
    """Hold nothing more: of each letter it is known what became of it."""
    db.session.execute(delete(Claim).where(Claim.lease == lease))
