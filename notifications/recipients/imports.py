"""A file of people: looked at, kept sealed, then confirmed as a whole or dropped.

A large file is read and confirmed by the worker (`background`), a small one at once. Each change
voids an approval (notices.changing), writes one entry, and commits nothing.
"""

import weakref
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, BinaryIO

from flask_babel import gettext as _

from incidents.db import db
from incidents.intake import one_line
from incidents.models import User
from incidents.pages import organisation
from incidents.refusal import Refused
from incidents.seal import vault
from notifications import notices
from notifications.models import ListImport, Notice
from notifications.recipients import filled, grouping, store, workbook, writing
from notifications.recipients.columns import Columns, recognise
from notifications.recipients.findings import TAKEN, Findings
from notifications.recipients.groups import Groups
from notifications.recipients.listing import entry, grown, known, locked, sealing, settled
from notifications.recipients.origins import origin
from notifications.recipients.sift import Keys, Sieve, sift
from notifications.recipients.table import Shape, shape
from notifications.sifting.rows import lines, runs

LARGE = 2 << 20  # bytes of CSV from which on the worker reads it: some 40,000 people
UNDER_WAY = ("reading", "importing", "writing")  # states in which a file is the worker's


class Look:
    """What is found in a file before anything of it is stored. Asks nothing of the database.

    A workbook is turned into CSV here; `file` is what is to be kept. A `large` file is only begun:
    how it is written and which columns it has.
    """

    def __init__(
        self, file: BinaryIO, known: set[bytes], columns: Columns | None = None, large: int = LARGE
    ) -> None:
        """Raises table.BadTable."""
        _size, self.sha256 = store.digest(file)  # of what was uploaded
        self.file, self.sheet = file, ""
        if workbook.is_workbook(file):
            self.file, self.sheet = workbook.as_csv(file)
            weakref.finalize(self, self.file.close)
        self.size, self.kept_sha256 = store.digest(self.file)
        self.shape: Shape = shape(self.file)
        self.columns = columns or columns_of(self.shape)
        self.large = self.size >= large
        self.findings = None
        if not self.large:
            self.findings = examine(self.file, self.shape, self.columns, known)


def columns_of(shape: Shape, header: int | None = None) -> Columns:
    """Which column of a file is what, as its names tell; `header`: the row that names them."""
    number = shape.header if header is None else header
    names = shape.top[max(number, 0)] if number < len(shape.top) else ()
    if number < 0:
        with_address = (row for row in shape.top if any("@" in cell for cell in row))
        return recognise(next(with_address, names))
    found = recognise(names, shape.top[number + 1 :])
    return Columns.from_json(found.as_json() | {"header": number})


def examine(
    file: BinaryIO,
    shape: Shape,
    columns: Columns,
    known: set[bytes],
    groups: Groups | None = None,
) -> dict[str, Any] | None:
    """The findings of a file as JSON; None while nobody has said where people are found."""
    if not columns.usable:
        return None
    findings = Findings()
    sieve = sieve_of(shape, columns, known, groups)
    for row in sift(file, shape, sieve):
        findings.take(row)
        findings.compare(row)
    found = findings.as_json()
    found["concerned"] = {number: data for data, number in sieve.groups.numbers.items()}
    return found


def sieve_of(
    shape: Shape, columns: Columns, known: set[bytes], groups: Groups | None = None
) -> Sieve:
    """What looks at the rows of a file."""
    keys = Keys(vault().indexer("address"), vault().indexer("paper"))
    return Sieve(columns, _header(shape, columns), keys, known, groups or Groups())


def _header(shape: Shape, columns: Columns) -> tuple[str, ...]:
    return shape.top[columns.header] if 0 <= columns.header < len(shape.top) else ()


def question(row: ListImport, sealed: bool) -> dict[str, Any]:
    """What the program beside the app is asked about a file (notifications.sifting): to look at it
    or, `sealed`, to make rows of its people."""
    notice, columns, shape = row.notice, Columns.from_json(row.columns), shape_of(row)
    seal = sealing(notice) and notice.list_key.key if sealed and notice.list_key else None
    return {
        "size": row.size,
        "rows": row.counts.get("rows", 0),  # 0: not known yet
        "people": notice.people,
        "encoding": shape.encoding,
        "delimiter": shape.delimiter,
        "ended": shape.ended,
        "columns": columns.as_json(),
        "header": _header(shape, columns),
        "groups": list(grouping.known(notice).numbers.items()),
        "key": vault().blind,
        "seal": seal,
        "notice": notice.uid,
        "otherwise": organisation().language,
    }


def N_(text: str) -> str:  # noqa: N802 - the name that translators' tools look for
    """Mark a text for translation without translating it here."""
    return text


DAMAGED = N_("What was kept of this file is damaged. Nothing was imported: upload it again.")


def upload(notice: Notice, filename: str | None, look: Look, by: User, at: datetime) -> ListImport:
    """Keep a file sealed until it is confirmed or dropped. Nobody is on the list by it."""
    locked(notice)
    if notice.state not in notices.OPEN:
        notices.changing(notice, by, at)  # refuses, and says why
    found = origin(look.shape.top[look.columns.header]) if look.columns.header >= 0 else None
    row = ListImport(
        notice_id=notice.id,
        by_id=by.id,
        at=at,
        state="reading" if look.large and look.columns.usable else "preview",
        size=look.size,
        sha256=look.kept_sha256,
        shape={
            "encoding": look.shape.encoding,
            "delimiter": look.shape.delimiter,
            "ended": look.shape.ended,
            "origin": [found.name, *found.because] if found else None,
        },
        columns=look.columns.as_json(),
        counts=look.findings or {},
    )
    row.filename = one_line(filename) or _("unnamed")
    row.header = {"top": look.shape.top, "sheet": look.sheet}
    db.session.add(row)
    db.session.flush()
    store.keep(look.file, row)
    entry("list.uploaded", notice, by, at, size=row.size, sha256=look.sha256)
    return row


def shape_of(row: ListImport) -> Shape:
    """How the file of an import is written."""
    top = tuple(tuple(cells) for cells in (row.header or {}).get("top", ()))
    return Shape(row.shape["encoding"], row.shape["delimiter"], top, row.shape["ended"])


def choose(row: ListImport, columns: Columns, findings: dict[str, Any] | None) -> None:
    """Say which column is what; `findings` are those of the file read that way, None for a large
    one, which the worker reads."""
    still_open(row)
    row.columns, row.counts, row.problem = columns.as_json(), findings or {}, None
    if findings is None and columns.usable:
        row.state, row.progress = "reading", 0


def confirm(row: ListImport, by: User, at: datetime) -> int:
    """Put the people of a file on the list: all of them or, on any error, none.

    Returns how many came on. The file is forgotten with the same commit.
    """
    still_open(row)
    _may_be_confirmed(row, by, at)
    notice, file = locked(row.notice), store.read(row)
    settled(notice)
    if store.digest(file) != (row.size, row.sha256):
        raise Refused(_(DAMAGED))
    shape, groups, findings = shape_of(row), grouping.known(notice), Findings()
    sieve = sieve_of(shape, Columns.from_json(row.columns), known(notice), groups)
    made = lines(sift(file, shape, sieve), findings, sealing(notice), organisation().language)
    connection = db.session.connection()
    with writing.tuned(connection):
        for run in runs(made):
            writing.write(connection, notice.id, run)
    concerned = {number: data for data, number in groups.numbers.items()}
    return came(row, findings.as_json(), concerned, by, at)


def confirm_later(row: ListImport, by: User, at: datetime) -> None:
    """Let the worker put the people of a large file on the list."""
    still_open(row)
    _may_be_confirmed(row, by, at)
    row.state, row.confirmed_by_id, row.progress = "importing", by.id, 0
    row.lease_until = None


def _may_be_confirmed(row: ListImport, by: User, at: datetime) -> None:
    if not Columns.from_json(row.columns).usable:
        raise Refused(_("Say first which column holds the addresses."))
    if row.notice.state not in notices.OPEN:
        notices.changing(row.notice, by, at)  # refuses, and says why


def came(
    row: ListImport,
    counts: dict[str, Any],
    concerned: Mapping[int, Sequence[str]],
    by: User,
    at: datetime,
) -> int:
    """Note that the people of a file are on the list; returns how many. Their rows are written.

    `counts`: the findings; `concerned`: the data of each group's number.
    """
    notice = row.notice
    notices.changing(notice, by, at)
    people = sum(counts[outcome] for outcome in TAKEN)
    if not people:
        raise Refused(_("There is nobody new in this file. Nothing was imported."))
    grouping.add(notice, concerned, counts["groups"])
    db.session.expire(notice, ["groups"])
    notices.furnish(notice)
    store.empty(row)
    row.state, row.counts, row.problem = "done", counts, None
    grown(notice, people, at)
    filled.came(notice, counts["filled"])
    left_out = ("problems", "twin_lines", "filled")
    numbers = {name: value for name, value in counts.items() if name not in left_out}
    entry("list.imported", notice, by, at, sha256=row.sha256, **numbers)
    return people


def drop(row: ListImport, by: User | str, at: datetime) -> None:
    """Forget an uploaded file without importing it."""
    if row.state not in ("preview", "reading", "unreadable"):
        still_open(row)
    store.empty(row)
    row.state = "dropped"
    entry("list.dropped", row.notice, by, at, sha256=row.sha256)


def still_open(row: ListImport) -> None:
    """Refuse what is done to a file that is not there any more, or under way."""
    if row.state in UNDER_WAY:
        raise Refused(_("This file is being read. Wait until that is done."))
    if row.state != "preview":
        raise Refused(_("This file was imported or dropped before. Upload it again."))
