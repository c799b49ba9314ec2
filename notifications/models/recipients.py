"""The people a notice goes to: one row a person, and every try to reach them."""

from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    and_,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from incidents.db import db, partial
from incidents.seal import Sealed
from notifications import tokens
from notifications.models.notices import Notice
from notifications.recipients.person import PURGED, Person

# What can become of one letter. Final: sent, failed, cancelled; in_doubt waits for a person;
# paper: without an e-mail address, never the mail worker's.
STATES = ("queued", "sending", "sent", "deferred", "failed", "in_doubt", "cancelled", "paper")


class Recipient(db.Model):
    """One data subject to tell by one notice, and what became of it: one row of the outbox.

    Lean, since a million are written and sent. `address_key` is the keyed hash of the address in
    lower case, 16 bytes; for people without one, of their name and postal address.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"))
    address_key: Mapped[bytes] = mapped_column(LargeBinary(16))
    language: Mapped[str] = mapped_column(String(5))
    group: Mapped[int] = mapped_column("group_number", default=0)  # NoticeGroup.number; 0: none
    state: Mapped[str] = mapped_column(String(10), default="queued")
    attempts: Mapped[int] = mapped_column(default=0)  # since it was last queued
    next_try_at: Mapped[datetime | None]
    lease_by: Mapped[str | None] = mapped_column(String(80))
    lease_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]  # failed by mail, told in another way

    person_sealed: Mapped[bytes]  # under the key of the incident's lists: see `person`
    answer_sealed: Mapped[bytes | None]
    told_sealed: Mapped[bytes | None]
    answer = Sealed()  # the server's last answer; it may repeat the address
    told = Sealed()  # in which other way, and by whom

    notice: Mapped[Notice] = relationship()

    __table_args__ = (
        UniqueConstraint("notice_id", "address_key"),
        Index("ix_recipient_notice_state", "notice_id", "state", "id"),
        Index("ix_recipient_notice", "notice_id", "id"),
        partial("ix_recipient_under_way", "lease_until", where="state = 'sending'"),
    )

    @property
    def uid(self) -> str:
        """16 hex digits, for tokens and addresses of pages; of a row that was flushed."""
        return uid_of(self.id)

    @property
    def counts(self) -> bool:
        """Whether it is on the list: not so while its file is still being written."""
        last = self.notice.listed_to
        return last is None or self.id <= last

    @property
    def message_id(self) -> str:
        """The Message-ID of the letter to this person, the same for ever once it is approved."""
        return tokens.message_id("letter", self.uid, self.notice.domain)

    @property
    def person(self) -> Person:
        """Who it is; PURGED once the list was. Raises incidents.seal.Broken."""
        seal = self.notice.people_seal()
        return seal.open(self.person_sealed, self.address_key) if seal else PURGED

    @person.setter
    def person(self, person: Person) -> None:
        seal = self.notice.people_seal()
        self.person_sealed = seal.close(person, self.address_key) if seal else b""

    @property
    def address(self) -> str:
        """The address; "" for people who have none."""
        return self.person.address

    @property
    def name(self) -> str | None:
        """The name, where the list has one."""
        return self.person.name


def on_list(notice: Notice) -> ColumnElement[bool]:
    """The rows of a notice's list. Those of a large file that is still being written are none of
    them: they count all at once, when the last one is there."""
    here = Recipient.notice_id == notice.id
    return here if notice.listed_to is None else and_(here, Recipient.id <= notice.listed_to)


def uid_of(number: int) -> str:
    """`Recipient.uid` of a row."""
    return f"{number:016x}"


def number_of(uid: str) -> int:
    """The row that `Recipient.uid` names; 0, which no row has, for anything else."""
    try:
        number = int(uid, 16) if len(uid) == 16 and uid.isalnum() else 0
    except ValueError:
        return 0
    return number if number < 1 << 63 else 0


class Attempt(db.Model):
    """One try to hand one letter to the server, and its answer."""

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(16))
    recipient_id: Mapped[int] = mapped_column(ForeignKey("recipient.id"), index=True)
    at: Mapped[datetime]
    worker: Mapped[str] = mapped_column(String(80))
    outcome: Mapped[str] = mapped_column(String(10))  # sent, deferred, failed, in_doubt, bounced
    answer_sealed: Mapped[bytes | None]
    answer = Sealed()
