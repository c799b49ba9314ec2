"""Who looks after what: assigned, mentioned, following, looking; filters kept for next time."""

import re
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, func, select

from incidents.audit import record
from incidents.db import db
from incidents.intake import clean, one_line
from incidents.models import (
    Entry,
    Following,
    Incident,
    Looking,
    Report,
    SavedFilter,
    User,
)
from incidents.refusal import Refused

PRESENT = timedelta(minutes=3)  # after its last sign somebody is taken to have left
FILTERS = 20


def assign(report: Report, to: User | None, by: User, at: datetime) -> None:
    """Say who sees to a report, or nobody. They follow it from now on."""
    if to is not None and not to.active:
        raise Refused(_("This account is switched off. Choose somebody who can log in."))
    was = report.assignee_id
    if was == (to.id if to else None):
        return
    report.assignee = to
    record(
        "report.assigned",
        by=by,
        at=at,
        report=report,
        incident=report.incident,
        old=was,
        new=to.id if to else None,
    )
    if to is not None:
        follow(report, to, at, told=to.id == by.id)


def note(report: Report, text: str | None, by: User, at: datetime) -> list[User]:
    """Write a note about a report, for colleagues only. Returns who is mentioned in it."""
    text = clean(text, 20_000)
    if not text:
        raise Refused(_("The note is empty."))
    last = db.session.scalar(
        select(Entry).where(Entry.report_id == report.id).order_by(Entry.n.desc()).limit(1)
    )
    same = last is not None and (last.actor, last.verb) == (f"user:{by.id}", "report.noted")
    if last and same and (last.detail or {}).get("text") == text:
        return []  # the button was pressed twice
    named = mentioned(text)
    record(
        "report.noted",
        by=by,
        at=at,
        report=report,
        incident=report.incident,
        text=text,
        mentions=[user.id for user in named],
    )
    for user in named:
        follow(report, user, at, told=False)
    return named


def mentioned(text: str) -> list[User]:
    """The people a text names: @ and their name, or their first name where one has it."""
    if "@" not in text:
        return []
    people = db.session.scalars(select(User).where(User.active.is_(True)).order_by(User.id)).all()
    names: dict[str, list[User]] = {}
    for user in people:
        whole = (one_line(user.name) or "").casefold()
        for name in {whole, whole.split(" ")[0]} - {""}:
            names.setdefault(name, []).append(user)
    found: dict[int, User] = {}
    for start in re.finditer(r"(?<![\w.])@(?=\w)", text):
        rest = text[start.end() : start.end() + 101].casefold()
        for name in sorted(names, key=len, reverse=True):
            end = rest[len(name) : len(name) + 1]
            if rest.startswith(name) and not (end.isalnum() or end in ("@", "_")):
                if len(names[name]) == 1:
                    found[names[name][0].id] = names[name][0]
                break
    return list(found.values())


def follow(thing: Incident | Report, user: User, at: datetime, told: bool = True) -> None:
    """Let somebody hear of each change. `told` False: the newest change, too."""
    if following(thing, user) is not None:
        return
    newest = db.session.scalar(select(func.max(Entry.n))) or 0
    row = Following(user=user, since=at, told_n=newest if told else newest - 1)
    if isinstance(thing, Incident):
        row.incident_id = thing.id
    else:
        row.report_id = thing.id
    db.session.add(row)
    db.session.flush()


def unfollow(thing: Incident | Report, user: User) -> None:
    """Let somebody hear no more."""
    if row := following(thing, user):
        db.session.delete(row)
        db.session.flush()


def following(thing: Incident | Report, user: User) -> Following | None:
    """Somebody's following of an incident or a report."""
    column = Following.incident_id if isinstance(thing, Incident) else Following.report_id
    return db.session.scalar(
        select(Following).where(column == thing.id, Following.user_id == user.id)
    )


def look(report: Report, user: User, at: datetime) -> None:
    """Write down that somebody has a report open. No change of the case: nothing is logged."""
    row = db.session.get(Looking, (report.id, user.id))
    if row is None:
        db.session.add(Looking(report_id=report.id, user_id=user.id, since=at, seen_at=at))
        db.session.execute(delete(Looking).where(Looking.seen_at < at - timedelta(days=1)))
    else:
        row.since = at if row.seen_at < at - PRESENT else row.since
        row.seen_at = at
    db.session.flush()


def lookers(report: Report, but: User, at: datetime) -> list[Looking]:
    """Who else has a report open now, the first to come first."""
    here = select(Looking).where(Looking.report_id == report.id, Looking.user_id != but.id)
    return list(db.session.scalars(here.where(Looking.seen_at >= at - PRESENT)))


def save_filter(name: str | None, asks: dict[str, Any], by: User) -> SavedFilter:
    """Keep a filter of the queue under a name; an old one of that name is replaced."""
    name = one_line(name, 60)
    if not name:
        raise Refused(_("Give the filter a name."))
    mine = db.session.scalars(select(SavedFilter).where(SavedFilter.user_id == by.id)).all()
    row = next((one for one in mine if one.name.casefold() == name.casefold()), None)
    if row is None:
        if len(mine) >= FILTERS:
            raise Refused(
                _("You have %(n)s filters. Remove one before you keep another.", n=FILTERS)
            )
        row = SavedFilter(user_id=by.id)
        db.session.add(row)
    row.name, row.asks = name, asks
    db.session.flush()
    return row


def drop_filter(uid: str, by: User) -> None:
    """Forget a filter of one's own."""
    mine = delete(SavedFilter).where(SavedFilter.uid == uid, SavedFilter.user_id == by.id)
    db.session.execute(mine)
