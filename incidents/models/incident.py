"""The case itself: what happened, how far the work is, and what is done about it."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from incidents.db import db, partial
from incidents.seal import Sealed

if TYPE_CHECKING:
    from incidents.models.judgement import Assessment, Decision, Duty
    from incidents.models.notification import AuthorityLetter, Notification
    from incidents.models.people import User
    from incidents.models.report import Report

OPEN = "closed_at IS NULL"
UNAWARE = "aware_at IS NULL"
UNDONE = "done_on IS NULL"


class Incident(db.Model):
    """One personal data breach, or what may be one. Many reports can speak of it.

    Three moments start clocks and are kept apart: `alerted_at` (somebody told us), `noticed_at`
    (it was noticed, by whomever) and `aware_at` (the controller was reasonably certain that
    personal data was compromised; only this one starts the 72 hours, GDPR Art. 33(1)).
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(16), unique=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True)  # BR-2026-014
    title: Mapped[str] = mapped_column(String(200))  # without names: it stands in lists
    stage: Mapped[str] = mapped_column(String(12), default="detection")
    opened_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]  # its words are gone, by the retention period
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    # Detection
    began_at: Mapped[datetime | None]
    began_sure: Mapped[str] = mapped_column(String(8), default="unknown")  # exact, about, unknown
    ended_at: Mapped[datetime | None]  # None: going on, or not known
    noticed_at: Mapped[datetime | None]
    alerted_at: Mapped[datetime | None]
    aware_at: Mapped[datetime | None]
    # The facts the law asks for, in the vocabulary of incidents.law.Facts; absent = unknown.
    # No personal data: choices and numbers only.
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    # What other laws ask beside the facts (incidents.law.profile): choices, numbers, moments.
    scope: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    record_count: Mapped[int | None]
    processor_ids: Mapped[list[Any]] = mapped_column(JSON, default=list)
    # Cause analysis
    cause: Mapped[str | None] = mapped_column(String(40))  # a key of workflow.CAUSES
    # The due moment of the most pressing open duty, kept by actions so that lists can sort by it.
    next_due_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    summary_sealed: Mapped[bytes | None]
    aware_reason_sealed: Mapped[bytes | None]
    data_sealed: Mapped[bytes | None]
    people_sealed: Mapped[bytes | None]
    systems_sealed: Mapped[bytes | None]
    consequences_sealed: Mapped[bytes | None]
    whys_sealed: Mapped[bytes | None]
    factors_sealed: Mapped[bytes | None]
    lesson_sealed: Mapped[bytes | None]
    clients_sealed: Mapped[bytes | None]
    filing_sealed: Mapped[bytes | None]

    summary = Sealed()  # what happened
    aware_reason = Sealed()  # why awareness began then
    data = Sealed()  # which data, in words
    people = Sealed()  # whose data, in words
    systems = Sealed()
    consequences = Sealed()  # likely consequences, GDPR Art. 33(3)(c)
    whys = Sealed("json")  # up to five answers, each asking why of the one before
    factors = Sealed()
    lesson = Sealed()
    clients = Sealed("json")  # whom a processor tells, GDPR Art. 33(2): [{id, name, told_at}]
    filing = Sealed("json")  # what the authority asks beside the facts: answers by question

    owner: Mapped["User | None"] = relationship()
    reports: Mapped[list["Report"]] = relationship(back_populates="incident", order_by="Report.id")
    measures: Mapped[list["Measure"]] = relationship(
        back_populates="incident", order_by="Measure.id"
    )
    assessments: Mapped[list["Assessment"]] = relationship(
        back_populates="incident", order_by="Assessment.id"
    )
    decisions: Mapped[list["Decision"]] = relationship(
        back_populates="incident", order_by="Decision.id"
    )
    duties: Mapped[list["Duty"]] = relationship(back_populates="incident", order_by="Duty.id")
    notifications: Mapped[list["Notification"]] = relationship(
        back_populates="incident", order_by="Notification.number"
    )
    authority_letters: Mapped[list["AuthorityLetter"]] = relationship(
        back_populates="incident", order_by="AuthorityLetter.id"
    )

    __table_args__ = (
        Index("ix_incident_stage_id", "stage", "id"),
        Index("ix_incident_due", "next_due_at", "id"),
        Index("ix_incident_owner_id", "owner_id", "id"),
        # Few rows of many: the open ones, and those that still lack their moment of awareness.
        partial("ix_incident_open", "id", where=OPEN),
        partial("ix_incident_unaware", "id", where=UNAWARE),
    )
    __mapper_args__ = {"version_id_col": version}

    @property
    def decision(self) -> "Decision | None":
        """The decision in force: the newest."""
        return self.decisions[-1] if self.decisions else None


class Measure(db.Model):
    """Something done, or to be done, about an incident (GDPR Art. 33(3)(d))."""

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(16), unique=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), index=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    due_on: Mapped[date | None]
    done_on: Mapped[date | None]
    checked_on: Mapped[date | None]
    dropped: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)

    text_sealed: Mapped[bytes]
    effect_sealed: Mapped[bytes | None]
    text = Sealed()
    effect = Sealed()  # what the check of its effect showed

    incident: Mapped[Incident] = relationship(back_populates="measures")
    owner: Mapped["User | None"] = relationship()

    __table_args__ = (partial("ix_measure_undone", "due_on", "id", where=UNDONE),)
    __mapper_args__ = {"version_id_col": version}
