"""What dead workers held: settled by their journals, or held in doubt; and what is due again."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from flask import current_app
from sqlalchemy import literal_column, or_, select, update

from incidents.db import db
from notifications.models import Notice, Recipient, Worker
from notifications.relay import Outcome
from notifications.sending import claims
from notifications.sending.journal import Left, left
from notifications.wording import N_

SILENT = timedelta(seconds=90)  # a worker that gave no sign of life for so long is dead
ROUND = 500  # rows changed in one transaction by sweeps
# Our own words where a server has said nothing; pages translate them.
STOPPED = N_("The worker stopped while sending.")
# A literal, since SQLite uses a partial index only for the very words of its condition.
_SENDING = Recipient.state == literal_column("'sending'")


def journals() -> Path:
    """The folder of the journals of this instance."""
    return current_app.config["SETTINGS"].instance / "journals"


def sweep(at: datetime) -> int:
    """Queue the deferred letters that are due, and see to what dead workers held; returns how
    many were due. Commits."""
    due = (
        update(Recipient)
        .where(
            Recipient.notice_id.in_(claims.running()),
            Recipient.state == "deferred",
            Recipient.next_try_at <= at,
        )
        .values(state="queued", next_try_at=None)
        .execution_options(synchronize_session=False)
    )
    number = db.session.execute(due).rowcount  # type: ignore[attr-defined]
    db.session.commit()
    for found in left(journals()):
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
    steps = found.steps
    sent, doubtful, untouched = [], [], []
    for number, attempt, state in _held(found.lease):
        step, answer = steps.get((number, attempt), ("claimed", ""))
        if step == "taken":
            sent.append((number, Outcome("sent", answer)))
        elif step == "begun" or not found.reliable:
            if state != "in_doubt":
                doubtful.append((number, Outcome("in_doubt", STOPPED)))
        else:
            untouched.append(number)
    claims.mark([*sent, *doubtful], found.lease, at)
    claims.give_back(untouched, found.lease)


def _held(lease: str) -> Sequence[tuple[int, int, str]]:
    """The rows of a lease, with the attempt it claimed them for. Those in doubt are looked for
    among the runs that are not over."""
    rows = select(Recipient.id, Recipient.attempts, Recipient.state)
    under_way = rows.where(_SENDING, Recipient.lease_by == lease)
    unfinished = select(Notice.id).where(Notice.state.in_(("sending", "paused", "cancelled")))
    in_doubt = rows.where(
        Recipient.notice_id.in_(unfinished),
        Recipient.state == "in_doubt",
        Recipient.lease_by == lease,
    )
    return [(*row,) for row in db.session.execute(under_way.union_all(in_doubt))]


def expire(at: datetime) -> int:
    """Hold in doubt what was under way when its worker died without a journal that can be read
    here; returns how many. No commit."""
    leases = db.session.scalars(select(Recipient.lease_by).where(_SENDING).distinct()).all()
    silent = set(db.session.scalars(select(Worker.name).where(Worker.seen_at < at - SILENT)))
    dead = [lease for lease in leases if lease and lease.partition("/")[0] in silent]
    lapsed = or_(Recipient.lease_until < at, Recipient.lease_by.in_(dead))
    query = select(Recipient.id, Recipient.lease_by).where(_SENDING, lapsed).limit(ROUND)
    held = Recipient.lease_by.isnot(None)
    rows = db.session.execute(query.where(held).with_for_update(skip_locked=True)).all()
    by_lease: dict[str, list[tuple[int, Outcome]]] = {}
    for number, lease in rows:
        by_lease.setdefault(str(lease), []).append((number, Outcome("in_doubt", STOPPED)))
    for lease, results in by_lease.items():
        claims.mark(results, lease, at)
    return len(rows)
