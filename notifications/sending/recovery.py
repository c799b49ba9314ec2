"""What dead workers held: settled by their journals, or held in doubt; and what is due again."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import Select, or_, select, union, update

from incidents.db import db
from notifications.models import WAITING, Claim, Notice, Recipient, Worker, claimed, within
from notifications.relay import Outcome
from notifications.sending import claims
from notifications.sending.journal import Left, left
from notifications.wording import N_

SILENT = timedelta(seconds=90)  # a worker that gave no sign of life for so long is dead
ROUND = 500  # rows changed in one transaction by sweeps
# Our own words where a server has said nothing; pages translate them.
STOPPED = N_("The worker stopped while sending.")


def journals() -> Path:
    """The folder of the journals of this instance."""
    return current_app.config["SETTINGS"].instance / "journals"


def sweep(at: datetime) -> int:
    """Queue the deferred letters that are due, and see to what dead workers held; returns how
    many were due. Commits."""
    due = select(Recipient.id).where(
        Recipient.notice_id.in_(claims.running()),
        Recipient.state == "deferred",
        Recipient.next_try_at <= at,
        ~claimed,  # there it would be taken for one that is under way
    )
    # What another holds is looked at again: who waits for nobody stands in no ring.
    free = update(Recipient).where(Recipient.id.in_(due.with_for_update(skip_locked=True)))
    queued = free.values(state="queued", next_try_at=None)
    queued = queued.execution_options(synchronize_session=False)
    number = db.session.execute(queued).rowcount  # type: ignore[attr-defined]
    db.session.commit()
    for found in left(journals()):
        claims.all_there()
        recover(found, at)
        db.session.commit()
        found.forget()
    while expire(at):
        db.session.commit()
    db.session.commit()
    return number


def recover(found: Left, at: datetime) -> None:
    """Settle what a dead worker held by what it wrote down of each letter. No commit.

    Taken over: sent. Begun: in doubt. Anything else was not handed over, and waits again, as if
    it had not been claimed; but after a power cut the journal may lack its end, so what it says
    of nothing is in doubt, too.
    """
    _hold(found.lease)
    sent, doubtful, untouched = [], [], []
    for number, attempt, state in _held(found.lease):
        step, answer = found.steps.get((number, attempt), ("claimed", ""))
        if step == "taken":
            sent.append((number, Outcome("sent", answer)))
        elif step == "begun" or not found.reliable:
            if state != "in_doubt":
                doubtful.append((number, Outcome("in_doubt", STOPPED)))
        elif state == "in_doubt":
            untouched.append(number)
    claims.mark([*sent, *doubtful], found.lease, at)
    claims.clear(untouched, found.lease)
    claims.drop(found.lease)


def _hold(lease: str) -> None:
    """Hold the runs of a lease and its claims: else another worker, for which they have run out,
    may hold letters in doubt that are settled here."""
    runs = union(
        select(Claim.notice_id).where(Claim.lease == lease),
        _doubted(lease, Recipient.notice_id),
    )
    theirs = select(Notice.id).where(Notice.id.in_(runs)).order_by(Notice.id)
    db.session.execute(theirs.with_for_update(key_share=True)).all()
    db.session.execute(select(Claim.id).where(Claim.lease == lease).with_for_update()).all()


def _held(lease: str) -> Sequence[tuple[int, int, str]]:
    """The letters of a lease, with the attempt that its journal speaks of."""
    under_way = (
        select(Recipient.id, Recipient.attempts + 1, Recipient.state)
        .join(Claim, within)
        .where(Claim.lease == lease, Recipient.state.in_(WAITING))
    )
    in_doubt = _doubted(lease, Recipient.id, Recipient.attempts, Recipient.state)
    return [(*row,) for row in db.session.execute(under_way.union_all(in_doubt))]


def _doubted(lease: str, *columns: Any) -> Select[Any]:
    """The letters in doubt of which a lease knows more, looked for among the runs that are not
    over."""
    unfinished = select(Notice.id).where(Notice.state.in_(("sending", "paused", "cancelled")))
    return select(*columns).where(
        Recipient.notice_id.in_(unfinished),
        Recipient.state == "in_doubt",
        Recipient.lease_by == lease,
    )


def expire(at: datetime) -> int:
    """Hold in doubt what was under way when its worker died without a journal that can be read
    here; returns how many, or 1 when there was none but more may come. No commit."""
    leases = db.session.scalars(select(Claim.lease).distinct()).all()
    silent = set(db.session.scalars(select(Worker.name).where(Worker.seen_at < at - SILENT)))
    dead = [lease for lease in leases if lease.partition("/")[0] in silent]
    lapsed = select(Claim).where(or_(Claim.until < at, Claim.lease.in_(dead)))
    claim = db.session.scalar(lapsed.limit(1).with_for_update(skip_locked=True))
    if claim is None:
        return 0
    return claims.doubt(claim, STOPPED, at, ROUND) or 1
