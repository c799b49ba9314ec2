"""Single mails, and the reminders among them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from incidents.db import db
from incidents.models import Incident, User
from incidents.seal import Sealed


class Mail(db.Model):
    """One single mail waiting to leave: an acknowledgement, a reset link, a test."""

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(16), unique=True)
    kind: Mapped[str] = mapped_column(
        String(20)
    )  # acknowledgement, account, test, answer, news, reminder
    report_id: Mapped[int | None] = mapped_column(ForeignKey("report.id"), index=True)
    notice_id: Mapped[int | None] = mapped_column(ForeignKey("notice.id"))
    address_key: Mapped[str] = mapped_column(String(32), index=True)
    message_id: Mapped[str] = mapped_column(String(200), unique=True)
    made_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10), default="queued")
    attempts: Mapped[int] = mapped_column(default=0)
    doubts: Mapped[int] = mapped_column(default=0)  # how often its fate was not known
    next_try_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]

    to_sealed: Mapped[bytes]
    content_sealed: Mapped[bytes | None]  # emptied once sent
    answer_sealed: Mapped[bytes | None]
    to = Sealed()
    content = Sealed("json")  # {"subject", "text", "html"|null, "headers": {}}
    answer = Sealed()

    __table_args__ = (Index("ix_mail_state_next", "state", "next_try_at"),)


class Reminder(db.Model):
    """One reminder of one clock to one person. `step` of `anchor` names it, so that it goes once.

    `kind`: authority, subjects or another kind of duty, or aware. `anchor` is the moment its steps
    are counted from: the due moment, or the beginning where the law names no hour.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(16), unique=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"))
    kind: Mapped[str] = mapped_column(String(12))
    anchor: Mapped[datetime]
    step: Mapped[str] = mapped_column(String(8))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    planned_at: Mapped[datetime]
    queued_at: Mapped[datetime]
    late: Mapped[bool] = mapped_column(default=False)  # it says so: it was missed when planned
    mail_id: Mapped[int | None] = mapped_column(ForeignKey("mail.id"), index=True)
    acknowledged_at: Mapped[datetime | None]

    incident: Mapped[Incident] = relationship()
    user: Mapped[User] = relationship()

    __table_args__ = (UniqueConstraint("incident_id", "kind", "anchor", "step", "user_id"),)
