"""The mail door, whichever way a mail came: stored as it is, then read, then put in its place."""

import logging
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from incidents.actions.files import keep
from incidents.db import db
from incidents.intake import digest
from notifications import placing
from notifications.models import Incoming
from notifications.reading.child import Reading, reader

log = logging.getLogger(__name__)
LARGEST = 50 * 1024 * 1024  # bytes of one mail; of a larger one the beginning is kept
BEGINNING = 64 * 1024
_TRIES = 3
_LEFT_BEHIND = timedelta(minutes=2)


@dataclass(frozen=True)
class Outcome:
    """What became of a mail: `kind` is report, reply, bounce, auto_reply, quarantined or
    duplicate; `report` the reference of the report it made or belongs to."""

    kind: str
    report: str | None
    stored: bool
    why: str

    def as_json(self) -> dict[str, object]:
        """The line that `flask mail receive` prints."""
        return asdict(self)


def store(raw: bytes, key: str, at: datetime, full_size: int | None = None) -> Incoming:
    """Keep a mail byte for byte, and commit, before anything is understood of it.

    `key` says where it came from; the same key gives the row it gave before. `full_size` is the
    size in bytes of a mail of which `raw` is only the beginning.
    """
    known = _by_key(key)
    if known is not None:
        return known
    sha256 = digest(raw)
    # Fetched again under another number, the bytes are there already.
    twin = db.session.scalar(select(Incoming).where(Incoming.sha256 == sha256).limit(1))
    blob = twin.blob if twin else keep(raw)
    row = Incoming(key=key, at=at, sha256=sha256, blob=blob, full_size=full_size)
    db.session.add(row)
    try:
        db.session.commit()
    except IntegrityError:  # another worker fetched it at the same moment
        db.session.rollback()
        known = _by_key(key)
        if known is None:
            raise
        return known
    return row


def process(row: Incoming, at: datetime) -> Outcome:
    """Read a stored mail and put it in its place; commits. Safe to call twice.

    A mail that cannot be read becomes a report all the same, marked, with what can be told of it.
    """
    number, raw = row.id, row.blob.content
    db.session.commit()  # reading takes seconds: nobody waits for this transaction meanwhile
    reading = reader.read(raw, current_app.config["SETTINGS"].file_limit)
    try:
        return _placed(number, raw, reading, at)
    except IntegrityError:  # its twin was placed at the same moment: now it is found as such
        db.session.rollback()
        return _placed(number, raw, reading, at)


def take(raw: bytes, key: str, at: datetime, full_size: int | None = None) -> Outcome:
    """Store and process a mail. Raises only when it could not be stored.

    What breaks the processing leaves the mail stored, to be tried again by `finish`.
    """
    known = _by_key(key)
    if known is not None and known.state != "stored":
        reference = known.report.reference if known.report else None
        db.session.commit()
        return Outcome("duplicate", reference, True, "the same mail was received before")
    row = store(raw, key, at, full_size)
    return _processed(row.id, at) or Outcome(
        "quarantined", None, True, "it is stored, and will be read again in a few minutes"
    )


def finish(at: datetime, limit: int = 20) -> int:
    """Process what is stored but was left behind (a worker died). Returns how many were done."""
    left = select(Incoming.id).where(Incoming.state == "stored", Incoming.at < at - _LEFT_BEHIND)
    numbers = db.session.scalars(left.order_by(Incoming.id).limit(limit)).all()
    db.session.commit()
    return sum(_processed(number, at) is not None for number in numbers)


def _processed(number: int, at: datetime) -> Outcome | None:
    """One stored mail processed, or None: then the try was counted, and the next mail goes on."""
    try:
        row = db.session.get_one(Incoming, number)
        if row.attempts >= _TRIES:
            return _quarantined(row, at)
        return process(row, at)
    except Exception as error:
        # Never the error's text: it may quote the mail.
        log.error("Incoming mail %s was not processed: %s", number, type(error).__name__)
        db.session.rollback()
        row = db.session.get_one(Incoming, number)
        row.attempts += 1
        db.session.commit()
        return None


def _quarantined(row: Incoming, at: datetime) -> Outcome:
    """A mail that broke the processing itself: kept as a report with its raw bytes alone."""
    number, raw = row.id, row.blob.content
    facts = {"identity": row.sha256, "text": ""}
    trouble = f"placing it failed {row.attempts} times"
    return _placed(number, raw, Reading(facts, trouble=trouble), at)


def _placed(number: int, raw: bytes, reading: Reading, at: datetime) -> Outcome:
    row = db.session.get_one(Incoming, number)
    if row.state == "stored":
        placing.place(row, raw, reading, at)
    outcome = Outcome(
        row.kind or "report", row.report.reference if row.report else None, True, row.why or ""
    )
    db.session.commit()
    return outcome


def _by_key(key: str) -> Incoming | None:
    return db.session.scalar(select(Incoming).where(Incoming.key == key))
