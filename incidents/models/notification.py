"""What the supervisory authority is told, in numbered frozen versions, and what it answers."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from incidents.db import db, partial
from incidents.models.incident import Incident
from incidents.models.people import User
from incidents.seal import Sealed

ASKING = ("request", "order")  # kinds of letters that want an answer
UNANSWERED = "answered_on IS NULL"


class Notification(db.Model):
    """One version of what the authority is told (GDPR Art. 33(3), 33(4)); its content never
    changes. Marking it as sent adds the moment and the authority's reference."""

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(16), unique=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"))
    number: Mapped[int]  # from 1, by incident
    phase: Mapped[str] = mapped_column(String(13))  # initial, complementary, withdrawal
    made_at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    sha256: Mapped[str] = mapped_column(String(64))  # of the content; stands in the chain, too
    sent_at: Mapped[datetime | None]

    content_sealed: Mapped[bytes | None]
    reference_sealed: Mapped[bytes | None]
    content = Sealed("json")  # see incidents.notification.frozen; None: erased
    reference = Sealed()  # the number that the authority gave it

    incident: Mapped[Incident] = relationship(back_populates="notifications")
    by: Mapped[User] = relationship()

    __table_args__ = (UniqueConstraint("incident_id", "number"),)


class AuthorityLetter(db.Model):
    """Something the authority wrote about an incident, and by when it wants an answer."""

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(16), unique=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))  # reference, letter, request, order, closed
    received_on: Mapped[date]
    due_on: Mapped[date | None]  # None: no answer is asked, or no day was named
    answered_on: Mapped[date | None]
    by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))

    reference_sealed: Mapped[bytes | None]
    text_sealed: Mapped[bytes | None]
    answer_sealed: Mapped[bytes | None]
    reference = Sealed()
    text = Sealed()  # what it says, or asks
    answer = Sealed()  # what was answered, and how

    incident: Mapped[Incident] = relationship(back_populates="authority_letters")
    by: Mapped[User] = relationship()

    __table_args__ = (partial("ix_authority_letter_open", "due_on", "id", where=UNANSWERED),)

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer of ours."""
        return self.answered_on is None and self.kind in ASKING
