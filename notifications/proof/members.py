"""What goes into a dossier, member by member, read in flat memory."""

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from incidents.db import db
from incidents.models import Blob, Entry
from notifications import compose, frozen, tokens, tries
from notifications.channels import public
from notifications.models import (
    Incoming,
    Notice,
    PaperBatch,
    PaperLetter,
    Recipient,
    number_of,
    uid_of,
)
from notifications.proof.format import START, digest_of, link_of
from notifications.recipients.person import PURGED, Person
from notifications.sending.blocks import unstuffed

BATCH = 500
# Columns, not rows: each commit between two batches would have every row read anew, one by one.
_COLUMNS = select(
    Recipient.id,
    Recipient.address_key,
    Recipient.language,
    Recipient.group,
    Recipient.state,
    Recipient.attempts,
    Recipient.sent_at,
    Recipient.told_at,
    Recipient.person_sealed,
    Recipient.answer_sealed,
    Recipient.told_sealed,
)
# Entries whose words are about a notice and name nobody; of all others the hash stands alone.
TOLD = ("notice.", "paper.", "list.", "letter.", "duty.", "mail.")


def when(value: datetime | date | None) -> str | None:
    """A moment or a day as the dossier writes it."""
    return value.isoformat() if value else None


def about(notice: Notice) -> dict[str, Any]:
    """The notice itself: its approved texts, its settings, its approval, its moments."""
    settings = frozen.Kept(notice).at(None) or frozen.settings(notice)
    approved_by = notice.approved_by
    return {
        "uid": notice.uid,
        "incident": notice.incident.reference,
        "number": notice.number,
        "channel": notice.channel,
        "state": notice.state,
        "approval": notice.approval,
        "approved_at": when(notice.approved_at),
        "approved_by": (approved_by.name or approved_by.email) if approved_by else None,
        "started_at": when(notice.started_at),
        "finished_at": when(notice.finished_at),
        "shown_from": when(notice.shown_from),
        "shown_until": when(notice.shown_until),
        "domain": notice.domain,
        "people": notice.people,
        "texts": {text.language: [text.subject, text.body] for text in notice.texts},
        "settings": settings,
    }


def people(
    notice: Notice, open_: bool, progress: Callable[[int], None]
) -> Iterator[dict[str, Any]]:
    """One value a person, by row. `open_`: with address, name, and in which way they were told."""
    writers, named = frozen.Writers(notice), tokens.Letters(notice.domain, None)
    seal, last, done = notice.people_seal(), 0, 0
    query = _COLUMNS.where(Recipient.notice_id == notice.id).order_by(Recipient.id)
    while rows := db.session.execute(query.where(Recipient.id > last).limit(BATCH)).all():
        tried = tries.of(notice.id, [row.id for row in rows])
        for row in rows:
            person = seal.open(row.person_sealed, row.address_key) if seal else PURGED
            address = person.address if person is not PURGED else ""
            message_id, uid = named(row.id)[0], uid_of(row.id)

            def shown(words: str | None, address: str = address) -> str | None:
                if words is None or open_ or not address:
                    return words
                return words.replace(address, "<address>")

            value: dict[str, Any] = {
                "id": row.id,
                "key": row.address_key.hex(),
                "language": row.language,
                "group": row.group,
                "state": row.state,
                "attempts": row.attempts,
                "sent_at": when(row.sent_at),
                "told_at": when(row.told_at),
                "message_id": message_id if address else None,
                "letter": None,
                "answer": shown(Recipient.answer.open(row.answer_sealed, uid)),
                "tries": [
                    {"at": when(one.at), "outcome": one.outcome, "answer": shown(one.answer)}
                    for one in tried.get(row.id, ())
                ],
            }
            if address:
                value["letter"] = _hash(writers.at(row.sent_at), person, row, message_id)
            if open_ and person is not PURGED:
                value |= {
                    "address": person.address,
                    "name": person.name,
                    "postal": person.postal,
                    "told": Recipient.told.open(row.told_sealed, uid),
                }
            yield value
        last, done = rows[-1].id, done + len(rows)
        progress(done)


def _hash(writer: compose.Writer, person: Person, row: Any, message_id: str) -> str | None:
    """The SHA-256 of one letter, written as it was for the wire, where that is fast."""
    try:
        said = writer.said(person, row.language, message_id, row.id, row.group)
    except ValueError:  # an address that no mail can be written to
        return None
    return hashlib.sha256(unstuffed(said)).hexdigest()


def letter(notice: Notice, row: Recipient) -> bytes:
    """The exact letter of one person, byte for byte as it was, or would be, sent.

    Raises ValueError for people without an address, and once the list was purged.
    """
    if row.address in ("", PURGED.address):
        raise ValueError("Nothing can be sent to this person, or the list was erased.")
    return frozen.Writers(notice).at(row.sent_at).letter(row).as_bytes()


def returns(notice: Notice) -> Iterator[tuple[dict[str, Any], bytes]]:
    """Each mail that came back for somebody on this list, and its bytes."""
    last = 0
    query = select(Incoming).where(Incoming.kind.in_(("bounce", "auto_reply", "complaint")))
    if notice.started_at:
        query = query.where(Incoming.at >= notice.started_at)
    while rows := db.session.scalars(
        query.where(Incoming.id > last).order_by(Incoming.id).limit(50)
    ).all():
        for row in rows:
            blob = db.session.get(Blob, row.blob_id)
            raw = blob.content if blob else b""
            named = tokens.find(raw.decode("latin-1"))
            ids = [number_of(uid) for kind, uid in named if kind == "letter"]
            here = select(Recipient.id).where(
                Recipient.id.in_(ids), Recipient.notice_id == notice.id
            )
            found = list(db.session.scalars(here)) if ids else []
            if found:
                value = {
                    "number": row.id,
                    "at": when(row.at),
                    "kind": row.kind,
                    "people": sorted(found),
                    "sha256": hashlib.sha256(raw).hexdigest(),
                    "size": len(raw),
                }
                yield value, raw
        last = rows[-1].id
        db.session.expire_all()


def paper(notice: Notice) -> Iterator[dict[str, Any]]:
    """Each letter on paper: its batch and sheet, and when it was posted."""
    batches = select(PaperBatch).where(PaperBatch.notice_id == notice.id)
    for batch in db.session.scalars(batches.order_by(PaperBatch.number)).all():
        query = select(PaperLetter).where(PaperLetter.batch_id == batch.id)
        state, posted_on, number, last = batch.state, when(batch.posted_on), batch.number, 0
        while rows := db.session.scalars(
            query.where(PaperLetter.number > last).order_by(PaperLetter.number).limit(BATCH)
        ).all():
            for row in rows:
                yield {
                    "batch": number,
                    "sheet": row.number,
                    "id": row.recipient_id,
                    "state": state,
                    "posted_on": posted_on,
                }
            last = rows[-1].number


def published(notice: Notice) -> Iterator[dict[str, Any]]:
    """The public notices of the same incident, as they stood."""
    query = select(Notice).where(
        Notice.incident_id == notice.incident_id, Notice.channel == "public"
    )
    for one in db.session.scalars(query.order_by(Notice.number)).all():
        page = public.page(one)
        if page is not None:
            yield {
                "uid": one.uid,
                "address": public.address(one),
                "state": one.state,
                "from": when(one.stands_from),
                "until": when(one.shown_until),
                "ended": when(one.finished_at),
                "hash": page.hash,
                "texts": {code: list(words) for code, words in page.texts.items()},
            }


class Chain:
    """The file of changes, and the links over it that anybody can follow."""

    def __init__(self, notice: Notice) -> None:
        self.incident, self.link, self.n, self.mac = notice.incident_id, START, 0, START

    def __iter__(self) -> Iterator[dict[str, Any]]:
        query = select(Entry).order_by(Entry.n).limit(BATCH)
        while rows := db.session.scalars(query.where(Entry.n > self.n)).all():
            for entry in rows:
                value = {
                    "n": entry.n,
                    "at": entry.at.isoformat(),
                    "actor": entry.actor,
                    "verb": entry.verb,
                    "incident": entry.incident_id,
                    "report": entry.report_id,
                    "detail_hash": entry.detail_hash,
                    "mac": entry.mac,
                }
                digest = digest_of(value)
                self.link, self.n, self.mac = link_of(self.link, digest), entry.n, entry.mac
                if entry.incident_id == self.incident:
                    yield value | {"detail": self._words(entry)}
                else:
                    yield {"n": entry.n, "digest": digest}
            db.session.expire_all()

    def _words(self, entry: Entry) -> str | None:
        if not entry.verb.startswith(TOLD) or entry.detail is None:
            return None
        return json.dumps(entry.detail, ensure_ascii=False, sort_keys=True, default=str)
