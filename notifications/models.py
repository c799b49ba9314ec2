"""The rows of the post room: servers, single mails, letters to many, and what came in."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from incidents.db import db
from incidents.models import Blob, Duty, Incident, Report, User
from incidents.seal import Sealed

# What can become of one letter. Final: sent, failed, cancelled; in_doubt waits for a person.
STATES = ("queued", "sending", "sent", "deferred", "failed", "in_doubt", "cancelled")


class Server(db.Model):
    """A mail server of the organisation: "out" (SMTP) or "in" (IMAP), and how it last answered."""

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(16), unique=True)
    direction: Mapped[str] = mapped_column(String(3), unique=True)
    host: Mapped[str] = mapped_column(default="")  # empty: not set up
    port: Mapped[int] = mapped_column(default=0)
    security: Mapped[str] = mapped_column(String(8), default="starttls")  # tls, starttls, none
    username: Mapped[str] = mapped_column(default="")
    sender: Mapped[str] = mapped_column(default="")  # out: the From address; in: the mailbox's own
    folder: Mapped[str] = mapped_column(default="INBOX")  # in
    plus: Mapped[bool] = mapped_column(default=False)  # in: name+token@... reaches the mailbox
    per_minute: Mapped[int | None]  # out: letters a minute at most; None: as fast as it takes them
    ok_at: Mapped[datetime | None]
    failing_since: Mapped[datetime | None]
    next_try_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)  # in a row, for the back-off
    answer: Mapped[str | None]  # the server's last words, for the settings page
    version: Mapped[int] = mapped_column(default=1)

    password_sealed: Mapped[bytes | None]
    password = Sealed()

    __mapper_args__ = {"version_id_col": version}


class Worker(db.Model):
    """A worker and when it was last seen."""

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]


class Mail(db.Model):
    """One single mail waiting to leave: an acknowledgement, a reset link, a test."""

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(16), unique=True)
    kind: Mapped[str] = mapped_column(
        String(20)
    )  # acknowledgement, account, test, answer, reminder
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


class Notice(db.Model):
    """One letter to many: the communication to data subjects of GDPR Art. 34, one version of it.

    draft -> approved -> sending <-> paused -> done | cancelled. `approval` is the SHA-256 over
    texts, list and settings that the controller approved; any later change voids it.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(16), unique=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), index=True)
    duty_id: Mapped[int | None] = mapped_column(ForeignKey("duty.id"))
    number: Mapped[int] = mapped_column(default=1)  # 1, 2, ... within the incident
    state: Mapped[str] = mapped_column(String(10), default="draft")
    made_at: Mapped[datetime]
    people: Mapped[int] = mapped_column(default=0)  # rows of its list, kept by recipients
    list_changed_at: Mapped[datetime | None]
    approval: Mapped[str | None] = mapped_column(String(64))
    approved_at: Mapped[datetime | None]
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    pause_reason: Mapped[str | None]  # refusals, sender, changed: the worker; None: a person
    refusals: Mapped[int] = mapped_column(default=0)  # people refused in a row
    version: Mapped[int] = mapped_column(default=1)

    incident: Mapped[Incident] = relationship()
    duty: Mapped[Duty | None] = relationship()
    approved_by: Mapped[User | None] = relationship()
    texts: Mapped[list["NoticeText"]] = relationship(
        back_populates="notice", order_by="NoticeText.language"
    )

    __table_args__ = (UniqueConstraint("incident_id", "number"),)
    __mapper_args__ = {"version_id_col": version}


class NoticeText(db.Model):
    """The words of a notice in one language, with fixed placeholders such as {name}."""

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(16), unique=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), index=True)
    language: Mapped[str] = mapped_column(String(5))
    version: Mapped[int] = mapped_column(default=1)

    subject_sealed: Mapped[bytes]
    body_sealed: Mapped[bytes]
    subject = Sealed()
    body = Sealed()

    notice: Mapped[Notice] = relationship(back_populates="texts")

    __table_args__ = (UniqueConstraint("notice_id", "language"),)
    __mapper_args__ = {"version_id_col": version}


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


class ListImport(db.Model):
    """A file of people, kept sealed between its preview and its confirmation; then emptied."""

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(16), unique=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10), default="preview")  # preview, done, dropped
    size: Mapped[int]  # bytes
    sha256: Mapped[str] = mapped_column(String(64))
    shape: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # encoding, delimiter
    columns: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # mapping chosen or guessed
    # What the preview found: numbers, and lines with reasons; no personal data.
    counts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    filename_sealed: Mapped[bytes | None]
    header_sealed: Mapped[bytes | None]
    filename = Sealed()
    header = Sealed("json")  # the cells of the first row

    notice: Mapped[Notice] = relationship()


class ListPart(db.Model):
    """A piece of a file of people, in order; so that no file need be whole in memory."""

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(16), unique=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("list_import.id"))
    number: Mapped[int]
    size: Mapped[int]  # bytes, unsealed

    content_sealed: Mapped[bytes]
    content = Sealed("bytes")

    __table_args__ = (UniqueConstraint("import_id", "number"),)


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
