"""Who looks after what: following a case, looking at a report, filters kept for next time."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from incidents.db import db
from incidents.models.people import User


class Following(db.Model):
    """Somebody who wants to hear of each change of an incident or of a report.

    `told_n`: the number of the newest entry of the file that this person was told of.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incident.id"), index=True)
    report_id: Mapped[int | None] = mapped_column(ForeignKey("report.id"), index=True)
    since: Mapped[datetime]
    told_n: Mapped[int]

    user: Mapped[User] = relationship()

    __table_args__ = (
        CheckConstraint("(incident_id IS NULL) <> (report_id IS NULL)", name="one_thing"),
        UniqueConstraint("user_id", "incident_id", name="uq_following_incident"),
        UniqueConstraint("user_id", "report_id", name="uq_following_report"),
    )


class Looking(db.Model):
    """Somebody who has a report open: two people should not do the same work."""

    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    since: Mapped[datetime]
    seen_at: Mapped[datetime]

    user: Mapped[User] = relationship()


class SavedFilter(db.Model):
    """A filter of the queue that one person uses again: what it asks, as the address has it."""

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(16), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    asks: Mapped[dict[str, Any]] = mapped_column(JSON)
