"""The rows of the outbox from hand to hand: claimed, marked, given back. Nothing here commits.

A claim is stored before a byte is sent, under the lease of one round of one worker; what came of
a letter is written by whoever holds its lease.
"""

import random
import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import select, update

from incidents.db import db
from notifications import backoff, jobs, runs
from notifications.models import Notice, Recipient
from notifications.relay import Outcome
from notifications.sending.statements import ROWS, as_one, attempted, for_now
from notifications.sending.tray import REFUSALS

LEASE = timedelta(minutes=15)  # longer than the ten minutes that an answer may take


class Claimed(NamedTuple):
    """A claimed row: all that is needed to write the letter."""

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
    each run that was claimed last; keep it for the next claim."""
    last = {} if last is None else last
    claimed: list[Claimed] = []
    turns = list(turns)
    while turns and len(claimed) < limit:
        share = max(1, (limit - len(claimed)) // len(turns))
        for notice in turns.copy():
            wanted = min(share, limit - len(claimed))
            got = _take(at, lease, notice, wanted, last.get(notice, 0)) if wanted else []
            if len(got) < wanted and last.pop(notice, 0):  # some may have been queued again
                got += _take(at, lease, notice, wanted - len(got), 0)
            if got:
                last[notice] = got[-1].id
            claimed += got
            if len(got) < wanted:
                turns.remove(notice)
    return claimed


def _take(at: datetime, lease: str, notice: int, limit: int, after: int) -> list[Claimed]:
    of = {"notice": notice, "most": limit, "after": after}
    values = {**of, "lease": lease, "until": at + LEASE}
    rows = db.session.execute(for_now().take, values).all()
    return sorted(map(Claimed._make, rows))


def mark(results: Collection[tuple[int, Outcome]], lease: str, at: datetime) -> None:
    """Write down what became of the letters this lease holds, with one Attempt each.

    A lease that ran out meanwhile (a very slow server) left a row in doubt; its holder knows
    better, and its word holds. A row that is not this lease's any more is left alone.
    """
    outcomes = dict(results)
    sent = [number for number, outcome in outcomes.items() if outcome.state == "sent"]
    held = set(_sent(sent, lease, at)) if sent else set()
    states = dict.fromkeys(held, "sent")
    runs_of: dict[int, int] = {}
    others = [number for number, outcome in outcomes.items() if outcome.state != "sent"]
    for row in _rows(others, lease):
        states[row.id] = _not_sent(row, outcomes[row.id], at)
        runs_of[row.id] = row.notice_id
    tried = [(number, states[number], outcomes[number].answer) for number in states]
    if tried:
        attempted(tried, lease.partition("/")[0], at)
    _count_refusals(states, outcomes, runs_of, at)


def _sent(numbers: Collection[int], lease: str, at: datetime) -> Sequence[int]:
    values = {"numbers": as_one(numbers), "lease": lease, "at": at}
    return db.session.scalars(for_now().sent, values).all()


def _rows(numbers: Sequence[int], lease: str) -> Sequence[Recipient]:
    if not numbers:
        return []
    fresh = select(Recipient).where(*for_now().held).with_for_update()
    fresh = fresh.execution_options(populate_existing=True)
    return db.session.scalars(fresh, {"numbers": as_one(numbers), "lease": lease}).all()


def _not_sent(row: Recipient, outcome: Outcome, at: datetime) -> str:
    """The row of a letter that did not leave; returns what its Attempt says."""
    state: str = outcome.state
    if state == "refused":
        runs.stop_for(row.notice, "sender", at)
        state, row.attempts = "queued", row.attempts - 1
    elif state in ("lost", "deferred"):
        state = "failed" if backoff.gives_up(row.attempts) else "deferred"
        row.next_try_at = at + backoff.wait(row.attempts, random.random())  # noqa: S311
    said = "deferred" if state == "queued" else state
    if state in ("queued", "deferred") and row.notice.state == "cancelled":
        state, row.next_try_at = "cancelled", None
    row.state, row.answer, row.lease_until = state, outcome.answer, None
    if state != "in_doubt":
        row.lease_by = None
    return said


def _count_refusals(
    states: dict[int, str], outcomes: dict[int, Outcome], runs_of: dict[int, int], at: datetime
) -> None:
    """Ten people refused one after the other: the server means us, not them."""
    failed = {number for number, state in states.items() if state == "failed"}
    if not failed and not db.session.scalar(select(Notice.id).where(Notice.refusals > 0).limit(1)):
        return
    sent = [number for number, state in states.items() if state == "sent"]
    found = select(Recipient.id, Recipient.notice_id).where(Recipient.id.in_(sent))
    runs_of |= dict(db.session.execute(found).all())
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


def renew(numbers: Collection[int], lease: str, at: datetime) -> None:
    """These letters are still in hand: nobody is to take their holder for dead."""
    if numbers:
        values = {"numbers": as_one(numbers), "lease": lease}
        still = update(ROWS).where(*for_now().held, ROWS.c.state == "sending")
        db.session.execute(still.values(lease_until=at + LEASE), values)


def give_back(numbers: Sequence[int], lease: str) -> None:
    """Let letters wait that were claimed and never begun; of a cancelled run they go no more."""
    for back in for_now().back:
        db.session.execute(back, {"numbers": as_one(numbers), "lease": lease})
