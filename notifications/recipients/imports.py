"""A file of people: looked at, kept sealed, then confirmed as a whole or dropped.

Each change voids an approval (notices.changing), writes one entry, and commits nothing.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, BinaryIO

from flask_babel import gettext as _
from sqlalchemy import insert

from incidents.db import db
from incidents.intake import one_line
from incidents.models import User
from incidents.refusal import Refused
from incidents.seal import address_key
from notifications import notices
from notifications.models import ListImport, Notice, Recipient
from notifications.recipients import store
from notifications.recipients.columns import Columns, recognise
from notifications.recipients.listing import Maker, entry, grown, known, locked
from notifications.recipients.person import Person
from notifications.recipients.sift import Findings, Row, sift
from notifications.recipients.table import Shape, shape

BATCH = 2_000  # rows written at once


class Look:
    """What is found in a file before anything of it is stored. Asks nothing of the database."""

    def __init__(self, file: BinaryIO, known: set[bytes], columns: Columns | None = None) -> None:
        """Raises table.BadTable. Takes some 20 seconds for a million rows."""
        self.size, self.sha256 = store.digest(file)
        self.shape: Shape = shape(file)
        self.columns = columns or recognise(self.shape.header)
        self.findings = examine(file, self.shape, self.columns, known)


def examine(
    file: BinaryIO, shape: Shape, columns: Columns, known: set[bytes]
) -> dict[str, Any] | None:
    """The findings of a file as JSON; None while nobody has said where the addresses are."""
    if columns.address is None:
        return None
    findings = Findings()
    for row in sift(file, shape, columns, address_key, known):
        findings.take(row)
    return findings.as_json()


def upload(
    notice: Notice, file: BinaryIO, filename: str | None, look: Look, by: User, at: datetime
) -> ListImport:
    """Keep a file sealed until it is confirmed or dropped. Nobody is on the list by it."""
    locked(notice)
    if notice.state not in ("draft", "approved"):
        notices.changing(notice, by, at)  # refuses, and says why
    row = ListImport(
        notice_id=notice.id,
        by_id=by.id,
        at=at,
        size=look.size,
        sha256=look.sha256,
        shape={"encoding": look.shape.encoding, "delimiter": look.shape.delimiter},
        columns=look.columns.as_json(),
        counts=look.findings or {},
    )
    row.filename = one_line(filename) or _("unnamed")
    row.header = list(look.shape.header)
    db.session.add(row)
    db.session.flush()
    store.keep(file, row)
    entry("list.uploaded", notice, by, at, size=row.size, sha256=row.sha256)
    return row


def shape_of(row: ListImport) -> Shape:
    """How the file of an import is written."""
    return Shape(row.shape["encoding"], row.shape["delimiter"], tuple(row.header or ()))


def choose(row: ListImport, columns: Columns, findings: dict[str, Any] | None) -> None:
    """Say which column is what; `findings` are those of the file read that way."""
    _still_open(row)
    row.columns, row.counts = columns.as_json(), findings or {}


def confirm(row: ListImport, by: User, at: datetime) -> int:
    """Put the people of a file on the list: all of them or, on any error, none.

    Returns how many came on. The file is forgotten with the same commit.
    """
    _still_open(row)
    notice = locked(row.notice)
    columns = Columns.from_json(row.columns)
    if columns.address is None:
        raise Refused(_("Say first which column holds the addresses."))
    notices.changing(notice, by, at)
    file = store.read(row)
    if store.digest(file) != (row.size, row.sha256):
        raise Refused(
            _("What was kept of this file is damaged. Nothing was imported: upload it again.")
        )
    findings = Findings()
    rows = _counted(sift(file, shape_of(row), columns, address_key, known(notice)), findings)
    make = Maker(notice)
    batch: list[dict[str, Any]] = []
    for person in rows:
        who = Person(person.address, person.name, person.language or "")
        batch.append(make(who, bytes.fromhex(person.key)))
        if len(batch) == BATCH:
            db.session.execute(insert(Recipient), batch)
            batch = []
    if batch:
        db.session.execute(insert(Recipient), batch)
    counts = findings.as_json()
    if not counts["new"]:
        raise Refused(_("There is nobody new in this file. Nothing was imported."))
    store.empty(row)
    row.state, row.counts = "done", counts
    grown(notice, counts["new"], at)
    numbers = {name: value for name, value in counts.items() if name != "problems"}
    entry("list.imported", notice, by, at, sha256=row.sha256, **numbers)
    return counts["new"]


def drop(row: ListImport, by: User | str, at: datetime) -> None:
    """Forget an uploaded file without importing it."""
    _still_open(row)
    store.empty(row)
    row.state = "dropped"
    entry("list.dropped", row.notice, by, at, sha256=row.sha256)


def _counted(rows: Iterator[Row], findings: Findings) -> Iterator[Row]:
    for row in rows:
        findings.take(row)
        if row.outcome == "new":
            yield row


def _still_open(row: ListImport) -> None:
    if row.state != "preview":
        raise Refused(_("This file was imported or dropped before. Upload it again."))
