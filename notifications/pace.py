"""How fast a run goes now, from its last letters, and how long the rest will take."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from incidents.db import db
from notifications.models import Attempt, Notice, Recipient

SAMPLE = 200  # the last letters that are looked at
RECENT = timedelta(minutes=2)


@dataclass(frozen=True)
class Pace:
    """Letters a minute, and the time left at that speed; None while nobody can say."""

    per_minute: int
    left: timedelta | None


def pace(notice: Notice, counts: Mapping[str, int], at: datetime) -> Pace | None:
    """The speed of the last minutes; None when no letter left in them."""
    tries = select(Attempt.at).join(Recipient, Recipient.id == Attempt.recipient_id)
    tries = tries.where(Recipient.notice_id == notice.id, Attempt.at > at - RECENT)
    moments = db.session.scalars(tries.order_by(Attempt.id.desc()).limit(SAMPLE)).all()
    if len(moments) < 2:
        return None
    span = (max(moments[0], at) - moments[-1]).total_seconds()
    per_second = len(moments) / max(span, 1.0)
    waiting = counts.get("queued", 0) + counts.get("sending", 0)
    left = timedelta(seconds=waiting / per_second) if waiting else None
    return Pace(max(1, round(per_second * 60)), left)
