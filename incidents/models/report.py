"""What came in: reports, what was said afterwards, and the files that came along."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from incidents.db import db, partial
from incidents.seal import Sealed

if TYPE_CHECKING:
    from incidents.models.incident import Incident
    from incidents.models.organisation import Processor
    from incidents.models.people import User


class Blob(db.Model):
    """Bytes as they came, sealed: a raw mail, a posted form, a file. In the database, so that
    a row and its content are kept, rolled back and backed up as one."""

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(16), unique=True)
    size: Mapped[int]  # bytes, unsealed
    sha256: Mapped[str] = mapped_column(String(64))
    content_sealed: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)

    content = Sealed("bytes")


class Report(db.Model):
    """What one person told us, by whichever door. Kept whole; never changed, never dropped."""

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(16), unique=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True)  # RP-2026-0012
    key: Mapped[str] = mapped_column(String(100), unique=True)  # the same sending gives the same
    source: Mapped[str] = mapped_column(String(10))  # web, mail, staff
    received_at: Mapped[datetime]
    language: Mapped[str] = mapped_column(String(5))
    reporter: Mapped[str] = mapped_column(String(20))  # see intake.REPORTERS
    state: Mapped[str] = mapped_column(String(10), default="new")  # new, joined, set_aside
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incident.id"), index=True)
    raw_id: Mapped[int | None] = mapped_column(ForeignKey("blob.id"))
    logged_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    # The service provider that told us, by its own link (GDPR Art. 33(2)).
    processor_id: Mapped[int | None] = mapped_column(ForeignKey("processor.id"))
    # What joining changed, so that parting can restore it: state, and the incident's first alert.
    before_join: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    mark: Mapped[str | None]  # why staff should look twice: "malformed", "oversize", ...
    # Of a mail, by what our own mail server wrote: verified, failed, unknown.
    sender_check: Mapped[str | None] = mapped_column(String(10))
    automatic: Mapped[bool] = mapped_column(default=False)  # sent by a machine: never answered
    contact_key: Mapped[str | None] = mapped_column(String(32), index=True)
    erased_at: Mapped[datetime | None]  # its words are gone, by the retention period
    acknowledged_at: Mapped[datetime | None]  # answered, or decided that no answer goes out
    unread: Mapped[int] = mapped_column(default=0)  # messages that staff have not read yet
    version: Mapped[int] = mapped_column(default=1)

    subject_sealed: Mapped[bytes | None]
    story_sealed: Mapped[bytes | None]
    noticed_sealed: Mapped[bytes | None]
    data_sealed: Mapped[bytes | None]
    name_sealed: Mapped[bytes | None]
    contact_sealed: Mapped[bytes | None]
    aside_sealed: Mapped[bytes | None]
    answers_sealed: Mapped[bytes | None]

    subject = Sealed()  # of the mail, or the title staff gave
    story = Sealed()  # what happened, in the reporter's words
    noticed = Sealed()  # when it was noticed, in the reporter's words
    data = Sealed()  # what data, in the reporter's words
    name = Sealed()
    contact = Sealed()  # an e-mail address, checked for form
    aside = Sealed()  # why it was set aside
    answers = Sealed("json")  # {question: answer} of the public form; see forms.questions

    incident: Mapped["Incident | None"] = relationship(back_populates="reports")
    raw: Mapped[Blob | None] = relationship()
    assignee: Mapped["User | None"] = relationship(foreign_keys=[assignee_id])
    processor: Mapped["Processor | None"] = relationship()
    messages: Mapped[list["Message"]] = relationship(back_populates="report", order_by="Message.id")
    attachments: Mapped[list["Attachment"]] = relationship(
        back_populates="report", order_by="Attachment.id"
    )

    __table_args__ = (
        Index("ix_report_state_id", "state", "id"),
        partial("ix_report_unanswered", "id", where="acknowledged_at IS NULL"),
    )
    __mapper_args__ = {"version_id_col": version}


class Message(db.Model):
    """Something said later about a report: a reply to our mail, or our answer."""

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(16), unique=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), index=True)
    key: Mapped[str] = mapped_column(String(100), unique=True)
    at: Mapped[datetime]
    direction: Mapped[str] = mapped_column(String(3))  # in, out
    known_sender: Mapped[bool] = mapped_column(default=False)  # same address as the report's
    by_code: Mapped[bool] = mapped_column(default=False)  # by whoever holds the receipt's code
    raw_id: Mapped[int | None] = mapped_column(ForeignKey("blob.id"))
    mark: Mapped[str | None]
    sender_check: Mapped[str | None] = mapped_column(String(10))  # as of a report

    sender_sealed: Mapped[bytes | None]
    text_sealed: Mapped[bytes | None]
    sender = Sealed()
    text = Sealed()

    report: Mapped[Report] = relationship(back_populates="messages")
    raw: Mapped[Blob | None] = relationship()


class Attachment(db.Model):
    """A file that came with a report or a later message. Fetched by its random `uid`."""

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(16), unique=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), index=True)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"))
    blob_id: Mapped[int] = mapped_column(ForeignKey("blob.id"))
    media_type: Mapped[str] = mapped_column(default="application/octet-stream")  # by its content
    # What the virus scanner last said: "clean", or the name of what it found; never asked: None.
    scan: Mapped[str | None] = mapped_column(String(200))
    scanned_at: Mapped[datetime | None]

    filename_sealed: Mapped[bytes]
    filename = Sealed()

    report: Mapped[Report] = relationship(back_populates="attachments")
    blob: Mapped[Blob] = relationship()
