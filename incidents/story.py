"""The story of an incident, told from the entries of the file, newest first and in order.

Other rooms tell their own verbs (`tell`) and add their own parts to the printed file (`sections`),
so that the case need not know them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, func, or_, select

from incidents import wording
from incidents.db import db
from incidents.models import Entry, Incident, Processor, Report, User
from incidents.seal import Broken

PIECES = 10  # pieces of the file looked at for one page, where many entries are alike


@dataclass(frozen=True)
class Item:
    """One line of the story. `changes` are (question, before, after) in words, for the file;
    `times`: how often the same was written down in a row."""

    n: int
    at: datetime
    who: str
    text: str
    body: str | None
    kind: str
    mac: str
    sure: str = "known"
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    times: int = 1


@dataclass(frozen=True)
class Section:
    """A part of the printed file: its heading, the template that draws it, what that is given."""

    title: str
    template: str
    context: dict[str, Any]


# Each is asked with the incident, and answers with a part of the printed file, or None.
sections: list[Callable[[Incident], Section | None]] = []


def tell(verbs: dict[str, wording.Told]) -> None:
    """Teach the story the verbs of another room; see `wording.VERBS` for their form."""
    wording.VERBS.update(verbs)


def page(
    incident: Incident, before: int | None = None, limit: int = 30
) -> tuple[list[Item], int | None]:
    """The newest entries, or those before number `before`; and the number to go on from. What was
    written down many times in a row (a thousand letters came back) is one line of it."""
    told: list[Item] = []
    for _piece in range(PIECES):
        query = select(Entry).where(_of(incident)).order_by(Entry.n.desc()).limit(limit + 1)
        if before is not None:
            query = query.where(Entry.n < before)
        rows = list(db.session.scalars(query))
        told = _folded(told + _items(rows[:limit]))
        before = rows[limit - 1].n if len(rows) > limit else None
        if before is None or len(told) >= limit // 2:
            break
    return told, before


def whole(incident: Incident) -> Iterator[Item]:
    """Every entry in order, read in pieces."""
    last = 0
    while True:
        query = select(Entry).where(_of(incident), Entry.n > last).order_by(Entry.n).limit(500)
        rows = list(db.session.scalars(query))
        if not rows:
            return
        yield from _items(rows)
        last = rows[-1].n


def of_report(report: Report, limit: int = 30) -> list[Item]:
    """What was done with one report, newest first."""
    query = select(Entry).where(Entry.report_id == report.id).order_by(Entry.n.desc())
    return _items(list(db.session.scalars(query.limit(limit))))


def of_verbs(incident: Incident, *verbs: str) -> list[Entry]:
    """The entries of these verbs, in order: for the history of one thing, such as awareness."""
    query = select(Entry).where(Entry.incident_id == incident.id, Entry.verb.in_(verbs))
    return list(db.session.scalars(query.order_by(Entry.n)))


def _of(incident: Incident) -> ColumnElement[bool]:
    """Entries of the incident, and those that its reports had before they were joined."""
    own = select(Report.id).where(Report.incident_id == incident.id)
    return or_(
        Entry.incident_id == incident.id,
        and_(Entry.incident_id.is_(None), Entry.report_id.in_(own)),
    )


def _items(rows: list[Entry]) -> list[Item]:
    details = [_detail(row) for row in rows]
    names = _names(rows, details)
    items = []
    for row, detail in zip(rows, details, strict=True):
        report = names.reports.get(row.report_id or 0, "")
        kind, text, body = wording.tell(row.verb, detail, report, names)
        items.append(
            Item(
                n=row.n,
                at=row.at,
                who=_who(row.actor, names),
                text=text,
                body=body,
                kind=kind,
                mac=row.mac,
                changes=wording.changes(detail, names),
            )
        )
    return items


def _folded(items: list[Item]) -> list[Item]:
    """Neighbours that say the same of the same day by the same person as one, the newest."""
    out: list[Item] = []
    for item in items:
        last = out[-1] if out else None
        if last and not item.changes and _said(last) == _said(item):
            out[-1] = replace(last, times=last.times + item.times)
        else:
            out.append(item)
    return out


def _said(item: Item) -> tuple[object, ...]:
    return item.text, item.body, item.who, item.kind, item.at.date()


def _detail(row: Entry) -> dict[str, Any]:
    try:
        return row.detail or {}
    except Broken:  # the story is still told; `flask audit verify` names the row
        return {}


def _names(rows: list[Entry], details: list[dict[str, Any]]) -> wording.Names:
    """All names that these entries need, by one query for each kind."""
    people = {int(row.actor[5:]) for row in rows if row.actor.startswith("user:")}
    reports = {row.report_id for row in rows if row.report_id is not None}
    processors: set[int] = set()
    for detail in details:
        for value in (detail.get("old"), detail.get("new")):
            if isinstance(value, dict):
                processors |= set(value.get("processor_ids") or [])
                value = value.get("owner_id")
            if isinstance(value, int):
                people.add(value)
    called = func.coalesce(func.nullif(User.name, ""), User.email)
    return wording.Names(
        people=_found(User.id, called, people),
        reports=_found(Report.id, Report.reference, reports),
        processors=_found(Processor.id, Processor.name, processors),
    )


def _found(number: Any, name: Any, wanted: set[int]) -> dict[int, str]:
    if not wanted:
        return {}
    return {
        row[0]: row[1] for row in db.session.execute(select(number, name).where(number.in_(wanted)))
    }


def _who(actor: str, names: wording.Names) -> str:
    if actor.startswith("user:"):
        number = int(actor[5:])
        return names.people.get(number) or _("Account %(number)s", number=number)
    known = {
        "reporter": _("The reporter"),
        "worker": _("Tocsin, by itself"),
        "command": _("By a command"),
    }
    return known.get(actor, actor)
