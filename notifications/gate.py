"""The gate all mail leaves by: shut after a restored backup until a person opens it.

What was sent since the backup was made is not known in it. Letters of a run, single mails and
reminders all wait; runs are paused one by one, and go on one by one, each by its own page.
"""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import func, select, update

from incidents import epoch
from incidents.db import db, now
from incidents.models import User
from incidents.refusal import Refused
from notifications import jobs, runs
from notifications.models import Mail, Notice, Recipient

LISTED = 50  # single mails shown by one


def may_pass(at: datetime) -> bool:
    """Whether mail may leave now; raises the epoch. Commits. Asked once a round by whoever sends
    (servers.relay_when_ready does it)."""
    if epoch.step(at):
        return True
    sending = select(Notice).where(Notice.state == "sending").order_by(Notice.id)
    # All before the first is written down: see sending.order.
    for notice in db.session.scalars(sending.with_for_update(key_share=True)).all():
        runs.stop_for(notice, "restored", at)
    db.session.commit()
    return False


@jobs.periodic(20)
def passed() -> None:
    """Raise the epoch after mail has left, and while a worker lives: a copy of the database made
    before is older from now on. Commits."""
    may_pass(now())


@dataclass(frozen=True)
class Run:
    """A letter to many whose people may have been told already. `waiting`: rows not sent, as far
    as this database knows."""

    notice: Notice
    waiting: int


@dataclass(frozen=True)
class Waiting:
    """What would leave: paused runs, approved letters not begun, single mails by kind, and the
    first of these."""

    runs: list[Run]
    mails: dict[str, int]
    first: list[Mail]


def waiting() -> Waiting:
    """What would be sent, as far as this database knows."""
    held = select(Notice).where(Notice.state.in_(("approved", "sending", "paused")))
    found = []
    for notice in db.session.scalars(held.order_by(Notice.id)):
        unsent = Recipient.state.in_(("queued", "deferred"))
        here = select(func.count()).where(Recipient.notice_id == notice.id, unsent)
        found.append(Run(notice, db.session.scalar(here) or 0))
    queued = Mail.state == "queued"
    kinds = select(Mail.kind, func.count()).where(queued).group_by(Mail.kind).order_by(Mail.kind)
    first = select(Mail).where(queued).order_by(Mail.id).limit(LISTED)
    return Waiting(
        found,
        dict(db.session.execute(kinds).all()),
        list(db.session.scalars(first).all()),
    )


def release(by: User | str, at: datetime, cancel_mails: bool) -> int:
    """Open the gate again; returns how many single mails were cancelled. No commit.

    The runs stay paused. `cancel_mails`: single mails that wait are never sent. Refused for
    anybody but a controller (or a person at the command line), and when nothing is held.
    """
    if isinstance(by, User) and not by.is_controller:
        raise Refused(_("Only the controller lets mail leave again."))
    cancelled = 0
    if cancel_mails:
        drop = update(Mail).where(Mail.state == "queued")
        dropped = drop.values(state="cancelled", content_sealed=None).returning(Mail.id)
        cancelled = len(db.session.scalars(dropped).all())
    if not epoch.release(by, at, mails_cancelled=cancelled):
        raise Refused(_("Mail is not held any more. Somebody released it before."))
    for job in ("post.deliver", "outbox.deliver"):
        jobs.wake_after_commit(job)
    return cancelled
