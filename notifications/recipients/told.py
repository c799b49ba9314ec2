"""Whether an address was told, when, and with which text: also when its list is long gone."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import or_, select

from incidents.audit import record
from incidents.db import db
from incidents.models import User
from incidents.refusal import Refused
from notifications.models import Notice, Recipient
from notifications.recipients import addresses
from notifications.recipients.listing import entry, key_of


@dataclass(frozen=True)
class Told:
    """One letter to one address. `at`: when it left, or when the person was told in another way;
    None while neither happened. `language`: that of the person; the text is the notice's."""

    notice: Notice
    uid: str  # of the row
    state: str
    at: datetime | None
    otherwise: bool
    language: str
    group: int


def told(address: str) -> list[Told]:
    """Every letter that this address is or was on the list of, the newest first; found by its
    keyed hash. Raises addresses.BadAddress."""
    key = key_of(addresses.check(address))
    counts = or_(Notice.listed_to.is_(None), Recipient.id <= Notice.listed_to)
    found = select(Recipient).join(Notice).where(Recipient.address_key == key, counts)
    return [
        Told(
            row.notice,
            row.uid,
            row.state,
            row.told_at or row.sent_at,
            row.told_at is not None,
            row.language,
            row.group,
        )
        for row in db.session.scalars(found.order_by(Recipient.id.desc()))
    ]


def ask(address: str, by: User, at: datetime) -> list[Told]:
    """As `told`, for the controller, and written down: in the file of each incident concerned, or
    in the house's own when there is none. Refused for a bad address."""
    if not by.is_controller:
        raise Refused(_("Only the controller asks whether an address was told."))
    try:
        found = told(address)
    except addresses.BadAddress as error:
        raise Refused(_(str(error))) from error
    key = key_of(addresses.check(address)).hex()
    for one in found:
        entry("list.asked", one.notice, by, at, key=key)
    if not found:
        record("list.asked", by=by, at=at, key=key)
    return found
