"""Letters to many: the notice and its words."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from incidents.db import db
from incidents.models import Duty, Incident, User
from incidents.seal import Sealed
from notifications.models.keys import ListKey
from notifications.recipients.person import PeopleSeal

if TYPE_CHECKING:
    from notifications.models.groups import NoticeGroup
    from notifications.models.recipients import Claim


class Notice(db.Model):
    """One letter to many: the communication to data subjects of GDPR Art. 34, one version of it.

    draft -> approved -> sending <-> paused -> done | cancelled; of the channel "public", which has
    no list, approved -> published -> cancelled (withdrawn). `approval` is the SHA-256 over
    texts, list and settings that the controller approved; any later change voids it.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(16), unique=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), index=True)
    duty_id: Mapped[int | None] = mapped_column(ForeignKey("duty.id"))
    list_key_id: Mapped[int | None] = mapped_column(ForeignKey("list_key.id"))
    number: Mapped[int] = mapped_column(default=1)  # 1, 2, ... within the incident
    channel: Mapped[str] = mapped_column(String(6), default="mail")  # mail, public
    # public: where its page stands, and from when to when.
    public_id: Mapped[str | None] = mapped_column(String(26), unique=True, index=True)
    shown_from: Mapped[datetime | None]
    shown_until: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(10), default="draft")
    made_at: Mapped[datetime]
    # In the Message-ID of its letters: the sender's when it was last approved before it began.
    domain: Mapped[str] = mapped_column(String(255), default="localhost")
    people: Mapped[int] = mapped_column(default=0)  # rows of its list, kept by recipients
    list_changed_at: Mapped[datetime | None]
    # How many people have something in each free column of the list, by wording.field_key; None
    # for a list older than this count.
    filled: Mapped[dict[str, Any] | None] = mapped_column(JSON, default=dict)
    # While a large file is being written: the last row that counts. See recipients.on_list.
    listed_to: Mapped[int | None]
    written_in: Mapped[str] = mapped_column(String(5), default="en")  # what staff wrote of the case
    authors: Mapped[list[Any]] = mapped_column(JSON, default=list)  # users who made text or list
    # The first of two approvals, by an author, of what must be the same for the second.
    first_approval: Mapped[str | None] = mapped_column(String(64))
    first_at: Mapped[datetime | None]
    first_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    approval: Mapped[str | None] = mapped_column(String(64))
    approved_at: Mapped[datetime | None]
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    pause_reason: Mapped[str | None]  # refusals, sender, changed, restored; None: a person
    refusals: Mapped[int] = mapped_column(default=0)  # people refused in a row
    version: Mapped[int] = mapped_column(default=1)

    incident: Mapped[Incident] = relationship()
    duty: Mapped[Duty | None] = relationship()
    first_by: Mapped[User | None] = relationship(foreign_keys=first_by_id)
    approved_by: Mapped[User | None] = relationship(foreign_keys=approved_by_id)
    list_key: Mapped[ListKey | None] = relationship()
    texts: Mapped[list["NoticeText"]] = relationship(
        back_populates="notice", order_by="NoticeText.language"
    )
    groups: Mapped[list["NoticeGroup"]] = relationship(
        back_populates="notice", order_by="NoticeGroup.number"
    )

    claims: Mapped[list["Claim"]] = relationship(viewonly=True)

    __table_args__ = (UniqueConstraint("incident_id", "number"),)
    __mapper_args__ = {"version_id_col": version}

    @property
    def stands_from(self) -> datetime | None:
        """From when a public notice really stands: a first moment that was over when it was
        published means from then on."""
        known = [moment for moment in (self.shown_from, self.started_at) if moment]
        return max(known, default=None)

    def people_seal(self) -> PeopleSeal | None:
        """What closes and opens the people on its list; None once that was purged. Made anew at
        each call: keep it for many people."""
        key = self.list_key.key if self.list_key else None
        return PeopleSeal(key, self.uid) if key else None


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
