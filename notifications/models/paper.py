"""Letters on paper: who is in which batch, on which sheet, and when a batch was posted."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from incidents.db import db
from incidents.models import User
from incidents.seal import Sealed
from notifications.models.notices import Notice


class PaperBatch(db.Model):
    """Letters set together, to be printed, put into envelopes and posted.

    making -> ready -> posted, or dropped. `layout`: where the window is, DIN (left) or NF (right).
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(16), unique=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), index=True)
    number: Mapped[int]  # 1, 2, ... within the notice
    layout: Mapped[str] = mapped_column(String(3))
    state: Mapped[str] = mapped_column(String(8), default="making")
    people: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    posted_on: Mapped[date | None]

    posted_sealed: Mapped[bytes | None]
    posted = Sealed()  # by whom, in which way

    notice: Mapped[Notice] = relationship()
    by: Mapped[User] = relationship()

    __table_args__ = (UniqueConstraint("notice_id", "number"),)


class PaperLetter(db.Model):
    """One person's sheet in a batch; `number` from 1 stands on the sheet and in the list."""

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("paper_batch.id"))
    recipient_id: Mapped[int] = mapped_column(ForeignKey("recipient.id"), index=True)
    number: Mapped[int]

    __table_args__ = (UniqueConstraint("batch_id", "number"),)
