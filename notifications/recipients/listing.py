"""The list of a notice: who is on it; people added by hand, taken off, looked up, read.

Each change voids an approval (notices.changing), writes one entry, and commits nothing.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from incidents.audit import record
from incidents.db import db
from incidents.models import User
from incidents.pages import organisation
from incidents.refusal import Refused
from incidents.seal import address_key
from notifications import notices
from notifications.models import Notice, Recipient, number_of, on_list
from notifications.recipients import addresses, filled, grouping
from notifications.recipients.person import PeopleSeal, Person


def known(notice: Notice) -> set[bytes]:
    """The keyed hashes of those on the list, 16 bytes each."""
    keys = select(Recipient.address_key).where(on_list(notice))
    return set(db.session.scalars(keys).yield_per(5_000))


def known_joined(notice: Notice) -> Iterator[bytes]:
    """As `known`, many joined, in flat memory, over a connection of its own that only reads. What
    it needs of the notice is asked now, and not when the first are taken."""
    keys = select(Recipient.address_key).where(on_list(notice))

    def joined() -> Iterator[bytes]:
        reads = {"only_reads": True, "yield_per": 5_000}
        with db.engine.connect().execution_options(**reads) as connection:
            for some in connection.scalars(keys).partitions():
                yield b"".join(some)

    return joined()


def settled(notice: Notice) -> None:
    """Refuse a change of a list into which a file is just being written: who is in it is not
    known yet."""
    if notice.listed_to is not None:
        raise Refused(
            _(
                "A file is being written into this list. Nothing was changed: wait until it is "
                "done, then do this again."
            )
        )


def add(
    notice: Notice, address: str, name: str | None, language: str | None, by: User, at: datetime
) -> Recipient:
    """Put one person on the list by hand. Refused for a bad address and for one that is on it."""
    locked(notice)
    try:
        address = addresses.check(address)
    except addresses.BadAddress as error:
        raise Refused(_(str(error))) from error
    settled(notice)
    if find(notice, address):
        raise Refused(_("This address is on the list already."))
    notices.changing(notice, by, at)
    person = Person(address, addresses.name(name), language or "")
    recipient = Recipient(**Maker(notice)(person, key_of(address)))
    db.session.add(recipient)
    grown(notice, 1, at)
    db.session.flush()
    entry("list.person_added", notice, by, at, person=recipient.uid)
    return recipient


def remove(recipient: Recipient, by: User, at: datetime) -> None:
    """Take one person off the list, before anything was sent."""
    notice = locked(recipient.notice)
    settled(notice)
    notices.changing(notice, by, at)
    filled.went(notice, recipient.person.fields)
    db.session.delete(recipient)
    grouping.left(notice, recipient.group)
    grown(notice, -1, at)
    entry(
        "list.person_removed", notice, by, at, person=recipient.uid, key=recipient.address_key.hex()
    )


def find(notice: Notice, address: str) -> Recipient | None:
    """The person with this address, in whatever case, on the list of a notice."""
    return db.session.scalar(
        select(Recipient).where(on_list(notice), Recipient.address_key == key_of(address))
    )


def read(recipient: Recipient, by: User, at: datetime, why: str) -> None:
    """Say that somebody looks at one person's row unmasked. `why`: "preview", "row"."""
    entry("list.person_read", recipient.notice, by, at, person=recipient.uid, why=why)


class Maker:
    """Makes rows of the list, each person sealed. Refused once the list was purged."""

    def __init__(self, notice: Notice) -> None:
        self.notice_id = notice.id
        self.language = organisation().language
        self.seal = sealing(notice)

    def __call__(self, person: Person, key: bytes, group: int = 0) -> dict[str, Any]:
        return {
            "notice_id": self.notice_id,
            "address_key": key,
            "language": person.language or self.language,
            "group": group,
            "state": "queued" if person.address else "paper",
            "person_sealed": self.seal.close(person, key),
        }


def sealing(notice: Notice) -> PeopleSeal:
    """What closes the people of a notice. Refused once its list was purged."""
    seal = notice.people_seal()
    if seal is None:
        raise Refused(
            _("The list of this letter was erased. Nobody can be added to it: draft another one.")
        )
    return seal


def of(notice: Notice, uid: str) -> Recipient | None:
    """The row of a notice's list with this uid."""
    row = db.session.get(Recipient, number_of(uid))
    if row is None or row.notice_id != notice.id or not row.counts:
        return None
    return row


def key_of(address: str) -> bytes:
    """The keyed hash by which an address is found in a list, whatever its case: 16 bytes."""
    return bytes.fromhex(address_key(address))


def locked(notice: Notice) -> Notice:
    """The notice as it is now, held until the commit: one change of a list at a time."""
    db.session.refresh(notice, with_for_update=True)
    return notice


def grown(notice: Notice, people: int, at: datetime) -> None:
    """Count people who came on the list, or went off it."""
    notice.people += people
    notice.list_changed_at = at


def entry(verb: str, notice: Notice, by: User | str, at: datetime, **detail: Any) -> None:
    """One entry about the list of a notice; people by the uid of their row only."""
    record(verb, by=by, at=at, incident=notice.incident, notice=notice.uid, **detail)
