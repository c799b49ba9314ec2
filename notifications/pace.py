"""How fast a run goes now, from its last letters, and how long the rest will take."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from incidents.db import db
from notifications.models import Attempt, Notice, Recipient, Taken

SAMPLE = 5_000  # the last letters that are looked at: some dozen transactions of a fast run
RECENT = timedelta(minutes=2)


@dataclass(frozen=True)
class Pace:
    """Letters a minute, and the time left at that speed; None while nobody can say."""

    per_minute: int
    left: timedelta | None


def pace(notice: Notice, counts: Mapping[str, int], at: datetime) -> Pace | None:
    """The speed of the last minutes; None when no letter left in them.

    Letters are noted in batches that share a moment: those of the oldest moment left before the
    time that is looked at, and do not count.
    """
    since = at - RECENT
    taken = select(Taken.at, func.sum(Taken.count)).where(Taken.notice_id == notice.id)
    counted = Counter(
        dict(db.session.execute(taken.where(Taken.at > since).group_by(Taken.at)).all())
    )
    tries = select(Attempt.at).join(Recipient, Recipient.id == Attempt.recipient_id)
    tries = tries.where(Recipient.notice_id == notice.id, Attempt.at > since)
    counted.update(db.session.scalars(tries.order_by(Attempt.id.desc()).limit(SAMPLE)))
    found = sorted(counted.items())
    if len(found) < 2:
        return None
    span = (max(found[-1][0], at) - found[0][0]).total_seconds()
    per_second = sum(count for _, count in found[1:]) / max(span, 0.1)
    waiting = counts.get("queued", 0) + counts.get("sending", 0)
    left = timedelta(seconds=waiting / per_second) if waiting else None
    return Pace(max(1, round(per_second * 60)), left)
