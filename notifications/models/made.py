"""Large files made by the worker, kept sealed and in pieces for some days."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from incidents.db import db
from incidents.models import User
from incidents.seal import Sealed
from notifications.models.notices import Notice
from notifications.models.paper import PaperBatch


class MadeFile(db.Model):
    """One file. queued -> making -> ready, or failed. `kind`: paper (a part of a batch), proof
    (without addresses), proof_open (with them)."""

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(16), unique=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), index=True)
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("paper_batch.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    part: Mapped[int] = mapped_column(default=1)
    filename: Mapped[str]
    state: Mapped[str] = mapped_column(String(8), default="queued")
    done: Mapped[int] = mapped_column(default=0)  # people so far
    total: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    lease_until: Mapped[datetime | None]
    made_at: Mapped[datetime | None]
    size: Mapped[int] = mapped_column(default=0)  # bytes
    sha256: Mapped[str | None] = mapped_column(String(64))

    wish_sealed: Mapped[bytes | None]
    # What was asked for beside: the people whose letters are included. Of letters on paper: the
    # sheets to complete by hand, see `paper.by_hand`.
    wish = Sealed("json")

    notice: Mapped[Notice] = relationship()
    batch: Mapped[PaperBatch | None] = relationship()
    by: Mapped[User] = relationship()


class MadePart(db.Model):
    """A piece of a made file, in order; so that no file need be whole in memory."""

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(16), unique=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("made_file.id"))
    number: Mapped[int]

    content_sealed: Mapped[bytes]
    content = Sealed("bytes")

    __table_args__ = (UniqueConstraint("file_id", "number"),)
