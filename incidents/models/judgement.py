"""What the law said, what the controller decided, and what is due from it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from incidents.db import db, partial
from incidents.models.incident import Incident
from incidents.models.people import User
from incidents.models.report import Blob
from incidents.seal import Sealed

UNMET = "met_at IS NULL AND withdrawn_at IS NULL"


class Assessment(db.Model):
    """What the law engine answered on one day for one set of facts. A snapshot, never changed."""

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), index=True)
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    on: Mapped[date]  # the day whose law was asked
    law_version: Mapped[str] = mapped_column(String(40))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    result: Mapped[dict[str, Any]] = mapped_column(JSON)

    incident: Mapped[Incident] = relationship(back_populates="assessments")
    by: Mapped[User | None] = relationship()


class Decision(db.Model):
    """What the controller decided on an assessment; `departs` when it differs, with a reason."""

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(16), unique=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), index=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    authority: Mapped[bool]  # the supervisory authority will be told
    subjects: Mapped[bool]  # the data subjects will be told
    departs: Mapped[bool]
    memo_id: Mapped[int | None] = mapped_column(ForeignKey("blob.id"))  # PDF, as it was decided

    reason_sealed: Mapped[bytes | None]
    reason = Sealed()

    incident: Mapped[Incident] = relationship(back_populates="decisions")
    assessment: Mapped[Assessment] = relationship()
    by: Mapped[User] = relationship()
    memo: Mapped[Blob | None] = relationship()


class Duty(db.Model):
    """A legal duty to tell somebody, and when we met it."""

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(16), unique=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))  # authority, subjects
    rule: Mapped[str] = mapped_column(String(60))  # "GDPR Art. 33(1)"
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime | None]  # None: "without undue delay", the law names no hour
    met_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]

    proof_sealed: Mapped[bytes | None]
    withdrawn_sealed: Mapped[bytes | None]
    late_sealed: Mapped[bytes | None]
    proof = Sealed()  # how it was met: the authority's reference, the notice
    withdrawn = Sealed()  # why it fell away
    late = Sealed()  # the reasons for the delay, GDPR Art. 33(1)

    incident: Mapped[Incident] = relationship(back_populates="duties")

    __table_args__ = (partial("ix_duty_unmet", "kind", "id", where=UNMET),)

    @property
    def is_open(self) -> bool:
        return self.met_at is None and self.withdrawn_at is None

    def is_late(self, now: datetime) -> bool:
        """Whether it was met, or still stands open, after its due moment."""
        return self.due_at is not None and (self.met_at or now) > self.due_at
