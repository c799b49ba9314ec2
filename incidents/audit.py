"""The file: every change writes one entry in its own transaction, chained by HMAC-SHA-256.

    mac(n) = HMAC(key, mac(n-1) | n | at | actor | verb | incident | report | detail_hash)

Changing, removing, adding or reordering a row breaks the chain at that row. Whoever holds both
the database and the key can forge; a printed or mailed mac of the day is the answer to that.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from incidents.db import db
from incidents.models import Chain, Counter, Entry, Incident, Report, User
from incidents.seal import Broken

GENESIS = "0" * 64


def record(
    verb: str,
    *,
    by: User | str,
    at: datetime,
    incident: Incident | None = None,
    report: Report | None = None,
    **detail: Any,
) -> Entry:
    """Append one entry to the chain, in the transaction that makes the change.

    `verb` is "thing.done"; `by` a user, or "reporter", "worker", "command"; `detail` anything
    json can hold (old and new values). Holds the end of the chain until the commit.
    """
    db.session.flush()
    head = hold()
    if head is None:
        head = Chain(id=1, n=0, mac=GENESIS)
        db.session.add(head)
    text = json.dumps(detail, ensure_ascii=False, sort_keys=True, default=str)
    entry = Entry(
        n=head.n + 1,
        at=at,
        actor=f"user:{by.id}" if isinstance(by, User) else by,
        verb=verb,
        incident_id=incident.id if incident else None,
        report_id=report.id if report else None,
        detail_hash=_hash(text),
    )
    entry.detail = json.loads(text)
    entry.mac = _mac(head.mac, entry)
    head.n, head.mac = entry.n, entry.mac
    db.session.add(entry)
    db.session.flush()
    return entry


def hold() -> Chain | None:
    """The end of the chain, for this transaction alone: for who is about to change rows that others
    change after they recorded something."""
    return db.session.get(Chain, 1, with_for_update=True, populate_existing=True)


@dataclass(frozen=True)
class Verdict:
    """What `verify` found. `broken_at` is the number of the first bad row, or None."""

    rows: int
    broken_at: int | None = None
    why: str | None = None


def verify(session: Session | None = None) -> Verdict:
    """Read the whole chain in order, in flat memory, and name the first row that does not fit.

    `session`: one on another database, such as a copy; by default the app's own.
    """
    session = session or db.session()
    mac, count = GENESIS, 0
    following = select(Entry).order_by(Entry.n).limit(500)
    rest, wordless = following, _Wordless()
    while True:
        rows = session.scalars(rest).all()
        for entry in rows:
            count += 1
            if why := _fault(entry, count, mac):
                return Verdict(count, entry.n if entry.n < count else count, why)
            wordless.see(entry)
            mac, rest = entry.mac, following.where(Entry.n > entry.n)
        session.expunge_all()
        if not rows:
            break
    if wordless.first is not None:
        return Verdict(count, wordless.first, "its detail was removed, and no erasure says so")
    head = session.get(Chain, 1)
    if (head.n if head else 0) != count or (head and head.mac != mac):
        return Verdict(count, count + 1, "the end of the chain was cut off or replaced")
    return Verdict(count)


class _Wordless:
    """The entries without detail so far, that no later entry about an erasure accounts for."""

    def __init__(self) -> None:
        self.rows: dict[tuple[int | None, int | None], int] = {}  # case, report -> first entry
        self.cases: dict[int | None, set[tuple[int | None, int | None]]] = {}
        self.reports: dict[int | None, set[tuple[int | None, int | None]]] = {}

    def see(self, entry: Entry) -> None:
        """Take one entry, in order."""
        about = (entry.incident_id, entry.report_id)
        if entry.detail_sealed is None:
            self.rows.setdefault(about, entry.n)
            self.cases.setdefault(about[0], set()).add(about)
            self.reports.setdefault(about[1], set()).add(about)
        elif entry.verb == "incident.erased":
            self._accounted(self.cases.pop(entry.incident_id, set()))
            for report in (entry.detail or {}).get("erased_reports", ()):
                self._accounted(self.reports.pop(report, set()))
        elif entry.verb == "report.erased":
            self._accounted(self.reports.pop(entry.report_id, set()))

    def _accounted(self, rows: set[tuple[int | None, int | None]]) -> None:
        for about in rows:
            self.rows.pop(about, None)

    @property
    def first(self) -> int | None:
        """The first entry whose words went without a reason."""
        return min(self.rows.values(), default=None)


def _fault(entry: Entry, expected: int, previous: str) -> str | None:
    if entry.n != expected:
        return "a row is missing before it, or was added"
    if not hmac.compare_digest(entry.mac, _mac(previous, entry)):
        return "the row or its place in the chain was changed"
    try:
        detail = entry.detail
    except Broken:
        return "its detail does not open"
    if detail is not None:
        text = json.dumps(detail, ensure_ascii=False, sort_keys=True, default=str)
        if _hash(text) != entry.detail_hash:
            return "its detail was changed"
    return None


def opens() -> bool:
    """Whether the keys of this instance open its database, tried on the newest entry."""
    newest = select(Entry).where(Entry.detail_sealed.isnot(None)).order_by(Entry.n.desc())
    entry = db.session.scalar(newest.limit(1))
    try:
        return entry is None or entry.detail is not None
    except Broken:
        return False


def next_number(kind: str, at: datetime) -> int:
    """The next number of a kind ("RP", "BR") in the year of `at`; each given once."""
    name = f"{kind}-{at.year}"
    raised = update(Counter).where(Counter.name == name).values(value=Counter.value + 1)
    value = db.session.scalar(raised.returning(Counter.value))
    if value is None:
        db.session.add(Counter(name=name, value=1))
        db.session.flush()
        value = 1
    return value


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _mac(previous: str, entry: Entry) -> str:
    parts = (
        previous,
        entry.n,
        entry.at.isoformat(),
        entry.actor,
        entry.verb,
        entry.incident_id,
        entry.report_id,
        entry.detail_hash,
    )
    text = json.dumps(parts, separators=(",", ":"))
    return hmac.new(current_app.extensions["audit_key"], text.encode(), hashlib.sha256).hexdigest()


def init_app(app: Any) -> None:
    """Derive the chain's key from the first data key, so that it survives a new session key."""
    first = app.config["DATA_KEYS"][0][1]
    app.extensions["audit_key"] = hmac.new(first, b"audit chain", hashlib.sha256).digest()
