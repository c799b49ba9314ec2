"""The people a notice goes to: one row a person, and every try to reach them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from incidents.db import db
from incidents.seal import Sealed
from notifications.models.notices import Notice

# What can become of one letter. Final: sent, failed, cancelled; in_doubt waits for a person.
STATES = ("queued", "sending", "sent", "deferred", "failed", "in_doubt", "cancelled")


class Recipient(db.Model):
    """One data subject to tell by one notice, and what became of it: one row of the outbox."""

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(16), unique=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"))
    address_key: Mapped[str] = mapped_column(String(32))
    language: Mapped[str] = mapped_column(String(5))
    state: Mapped[str] = mapped_column(String(10), default="queued")
    message_id: Mapped[str] = mapped_column(String(200), unique=True)  # fixed when queued
    attempts: Mapped[int] = mapped_column(default=0)  # since it was last queued
    next_try_at: Mapped[datetime | None]
    lease_by: Mapped[str | None] = mapped_column(String(80))
    lease_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]  # failed by mail, told in another way

    address_sealed: Mapped[bytes]
    name_sealed: Mapped[bytes | None]
    answer_sealed: Mapped[bytes | None]
    told_sealed: Mapped[bytes | None]
    address = Sealed()
    name = Sealed()
    answer = Sealed()  # the server's last answer; it may repeat the address
    told = Sealed()  # in which other way, and by whom

    notice: Mapped[Notice] = relationship()

    __table_args__ = (
        UniqueConstraint("notice_id", "address_key"),
        Index("ix_recipient_notice_state", "notice_id", "state", "id"),
        Index("ix_recipient_notice", "notice_id", "id"),
        Index(
            "ix_recipient_under_way",
            "lease_until",
            sqlite_where=text("state = 'sending'"),
            postgresql_where=text("state = 'sending'"),
        ),
    )


class Attempt(db.Model):
    """One try to hand one letter to the server, and its answer."""

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(16), unique=True)
    recipient_id: Mapped[int] = mapped_column(ForeignKey("recipient.id"), index=True)
    at: Mapped[datetime]
    worker: Mapped[str] = mapped_column(String(80))
    outcome: Mapped[str] = mapped_column(String(10))  # sent, deferred, failed, in_doubt, bounced
    answer_sealed: Mapped[bytes | None]
    answer = Sealed()
