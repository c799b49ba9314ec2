"""The people a notice goes to: one row a person, and in whose hands it is."""

from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    and_,
    exists,
    not_,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from incidents.db import db
from incidents.seal import Sealed
from notifications import tokens
from notifications.models.notices import Notice
from notifications.recipients.person import PURGED, Person

# What can become of one letter. Final: sent, failed, cancelled; in_doubt waits for a person;
# paper: without an e-mail address, never the mail worker's; sending: queued, and claimed.
STATES = ("queued", "sending", "sent", "deferred", "failed", "in_doubt", "cancelled", "paper")
WAITING = ("queued", "cancelled")  # the states of a row that may be claimed, or was


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
    lease_by: Mapped[str | None] = mapped_column(String(80))  # who knows more of one in doubt
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
    def is_within(self) -> bool:
        """Whether it stands within a claim. In whose hands it is then depends on its state."""
        return any(claim.first <= self.id <= claim.last for claim in self.notice.claims)

    @property
    def under_way(self) -> bool:
        """Whether a worker has it in hand, though its run may have been cancelled meanwhile."""
        return self.state in WAITING and self.is_within

    @property
    def shown_state(self) -> str:
        """One of STATES, as people see it."""
        return "sending" if self.state == "queued" and self.under_way else self.state

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


class Claim(db.Model):
    """Letters in the hands of one round of one worker: those of a run from row `first` to row
    `last` that wait. Nobody else waited between the two when it was made.

    A few rows for thousands of letters: the row of a letter is written once, when it is known what
    became of it, and a letter under way is one that waits within a claim.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), index=True)
    first: Mapped[int]
    last: Mapped[int]
    lease: Mapped[str] = mapped_column(String(80), index=True)
    until: Mapped[datetime]


# What a letter and the claim within which it stands have in common; whether there is one.
within = and_(Recipient.notice_id == Claim.notice_id, Recipient.id.between(Claim.first, Claim.last))
claimed = exists().where(within)


def in_state(state: str) -> ColumnElement[bool]:
    """The rows that are in one of STATES, as people see it."""
    if state not in ("queued", "sending"):
        return Recipient.state == state
    held = claimed if state == "sending" else not_(claimed)
    return and_(Recipient.state == "queued", held)
