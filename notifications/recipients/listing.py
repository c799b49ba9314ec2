"""The list of a notice: who is on it; people added by hand, taken off, looked up, read.

Each change voids an approval (notices.changing), writes one entry, and commits nothing.
"""

import secrets
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select

from incidents.audit import record
from incidents.db import db
from incidents.models import User
from incidents.pages import organisation
from incidents.refusal import Refused
from incidents.seal import Vault, address_key, vault
from notifications import compose, notices, tokens
from notifications.models import Notice, Recipient
from notifications.recipients import addresses


def known(notice: Notice) -> set[bytes]:
    """The keyed hashes of those on the list, 16 bytes each."""
    keys = db.session.scalars(select(Recipient.address_key).where(Recipient.notice_id == notice.id))
    return {bytes.fromhex(key) for key in keys.yield_per(5_000)}


def add(
    notice: Notice, address: str, name: str | None, language: str | None, by: User, at: datetime
) -> Recipient:
    """Put one person on the list by hand. Refused for a bad address and for one that is on it."""
    locked(notice)
    try:
        address = addresses.check(address)
    except addresses.BadAddress as error:
        raise Refused(_(str(error))) from error
    key = address_key(address)
    if find(notice, address):
        raise Refused(_("This address is on the list already."))
    notices.changing(notice, by, at)
    values = Maker(notice)(address, key, addresses.name(name), language)
    recipient = Recipient(**values)
    db.session.add(recipient)
    grown(notice, 1, at)
    db.session.flush()
    entry("list.person_added", notice, by, at, person=recipient.uid)
    return recipient


def remove(recipient: Recipient, by: User, at: datetime) -> None:
    """Take one person off the list, before anything was sent."""
    notice = locked(recipient.notice)
    notices.changing(notice, by, at)
    db.session.delete(recipient)
    grown(notice, -1, at)
    entry("list.person_removed", notice, by, at, person=recipient.uid, key=recipient.address_key)


def find(notice: Notice, address: str) -> Recipient | None:
    """The person with this address, in whatever case, on the list of a notice."""
    return db.session.scalar(
        select(Recipient).where(
            Recipient.notice_id == notice.id, Recipient.address_key == address_key(address)
        )
    )


def read(recipient: Recipient, by: User, at: datetime, why: str) -> None:
    """Say that somebody looks at one person's row unmasked. `why`: "preview", "row"."""
    entry("list.person_read", recipient.notice, by, at, person=recipient.uid, why=why)


class Maker:
    """Makes rows of the list: sealed, each with the Message-ID it keeps for ever."""

    def __init__(self, notice: Notice) -> None:
        self.notice_id = notice.id
        self.languages = {text.language for text in notice.texts}
        self.language = organisation().language
        self.vault: Vault = vault()
        host = urlsplit(current_app.config["SETTINGS"].url).hostname or "localhost"
        self.domain = compose.sender(compose.server()).rpartition("@")[2] or host

    def __call__(
        self, address: str, key: str, name: str | None, language: str | None
    ) -> dict[str, Any]:
        uid = secrets.token_hex(8)
        return {
            "uid": uid,
            "notice_id": self.notice_id,
            "address_key": key,
            "language": language if language in self.languages else self.language,
            "state": "queued",
            "message_id": tokens.message_id("letter", uid, self.domain),
            "address_sealed": self.vault.seal(address.encode(), f"recipient.address.{uid}"),
            "name_sealed": self.vault.seal(name.encode(), f"recipient.name.{uid}")
            if name
            else None,
        }


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
