"""The one tap: a signed link by which a person says that a reminder was read. It does only that."""

import hashlib
import hmac
from datetime import datetime

from flask import current_app
from sqlalchemy import select, update

from incidents.audit import record
from incidents.db import db
from notifications.models import Reminder
from notifications.reminders import clocks


def secret(purpose: bytes, text: str, length: int = 32) -> str:
    """So many hex digits that nobody else can make, from the first data key."""
    first = current_app.config["DATA_KEYS"][0][1]
    key = hmac.new(first, purpose, hashlib.sha256).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:length]


def token(reminder: Reminder) -> str:
    """The token of one reminder: its `uid`, and 128 bits of HMAC-SHA-256."""
    return f"{reminder.uid}-{secret(b'reminder links', reminder.uid)}"


def find(text: str) -> Reminder | None:
    """The reminder that a genuine token names, or None."""
    uid = text.partition("-")[0]
    if not (text.isascii() and len(uid) == 16):
        return None
    if not hmac.compare_digest(text, f"{uid}-{secret(b'reminder links', uid)}"):
        return None
    return db.session.scalar(select(Reminder).where(Reminder.uid == uid))


def clock_of(reminder: Reminder) -> clocks.Clock | None:
    """The clock that a reminder speaks of; None once it stopped, or runs to another moment."""
    if not reminder.user.active:
        return None
    for clock in clocks.of(reminder.incident):
        if (clock.kind, clock.anchor) == (reminder.kind, reminder.anchor):
            return clock
    return None


def acknowledge(reminder: Reminder, at: datetime) -> bool:
    """Write down that the person has read this step; the next ones come all the same. No commit.

    Returns whether it was not known yet.
    """
    unread = update(Reminder).where(Reminder.id == reminder.id, Reminder.acknowledged_at.is_(None))
    if db.session.scalar(unread.values(acknowledged_at=at).returning(Reminder.id)) is None:
        return False
    record(
        "reminder.acknowledged",
        by=reminder.user,
        at=at,
        incident=reminder.incident,
        kind=reminder.kind,
        step=reminder.step,
        planned=reminder.planned_at,
    )
    return True
