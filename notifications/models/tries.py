"""Every try to hand a letter to the server, and its answer."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from incidents.db import db
from incidents.seal import Sealed

BLOCK = 1024  # rows of a list of which one Taken tells


class Attempt(db.Model):
    """One try to hand one letter to the server, and its answer; those that succeeded are `Taken`.

    Of older versions these have a row here, too.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(16))
    recipient_id: Mapped[int] = mapped_column(ForeignKey("recipient.id"), index=True)
    at: Mapped[datetime]
    worker: Mapped[str] = mapped_column(String(80))
    outcome: Mapped[str] = mapped_column(String(10))  # sent, deferred, failed, in_doubt, bounced
    answer_sealed: Mapped[bytes | None]
    answer = Sealed()


class Taken(db.Model):
    """Letters of one notice that the server took over, as they were noted at one moment: those of
    rows `block` * BLOCK and on, less than BLOCK further. A few rows where each letter's own would
    be a million that all say the same but for the server's words.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(16))
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"))
    block: Mapped[int]
    at: Mapped[datetime]
    worker: Mapped[str] = mapped_column(String(80))
    count: Mapped[int]
    answers_sealed: Mapped[bytes]
    answers = Sealed("json")  # {"17": "250 2.0.0 Ok: queued as 4F"}, by row; null once purged

    __table_args__ = (Index("ix_taken_notice_block", "notice_id", "block"),)
