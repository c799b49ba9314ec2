"""What came in: each mail as it came, and how far a mailbox was read."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from incidents.db import db
from incidents.models import Blob, Report


class Incoming(db.Model):
    """A mail as it came, stored before it was understood. `key` stops doubles:
    "imap:<mailbox>:<uidvalidity>:<uid>", or "pipe:<sha256>"."""

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(12), default="stored")  # stored, done, quarantined
    kind: Mapped[str | None] = mapped_column(String(12))  # report, reply, bounce, auto_reply, ...
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    blob_id: Mapped[int] = mapped_column(ForeignKey("blob.id"))
    report_id: Mapped[int | None] = mapped_column(ForeignKey("report.id"), index=True)
    why: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
    full_size: Mapped[int | None]  # bytes of the mail, when only its beginning was kept

    blob: Mapped[Blob] = relationship()
    report: Mapped[Report | None] = relationship()

    __table_args__ = (Index("ix_incoming_state", "state", "id"),)


class Mailbox(db.Model):
    """How far a folder of a mailbox has been read; renumbered by its server, it is a new row.

    `key` is the start of its mails' `Incoming.key`: "imap:<mailbox>:<uidvalidity>:".
    """

    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    first_at: Mapped[datetime]  # when it was first looked into
    settled: Mapped[int] = mapped_column(default=0)  # no UID up to this one is still to be read
    # UIDs whose mail was announced but came without a byte, and how often; read again each time.
    empty: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
