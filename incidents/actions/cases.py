"""What is done with an incident: opened, edited, moved, closed, reopened."""

import secrets
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from incidents import workflow
from incidents.actions import duties, news, reports, watching
from incidents.audit import next_number, record
from incidents.db import db
from incidents.intake import clean, one_line
from incidents.models import Entry, Incident, Report, User
from incidents.refusal import Refused


def open_incident(
    title: str | None,
    by: User,
    at: datetime,
    report: Report | None = None,
    uid: str | None = None,
) -> Incident:
    """Open an incident, from a report or from nothing. Its opener owns it until changed.

    `uid`: 16 hex digits nobody else has, by default new ones.
    """
    title = one_line(title)
    if not title:
        raise Refused(_("Give the incident a short title, without names of people."))
    incident = Incident(
        uid=uid or secrets.token_hex(8),
        reference=f"BR-{at.year}-{next_number('BR', at):03d}",
        title=title,
        stage="detection",
        opened_at=at,
        changed_at=at,
        owner=by,
        facts={},
        processor_ids=[],
    )
    db.session.add(incident)
    db.session.flush()
    record("incident.opened", by=by, at=at, incident=incident, report=report, title=title)
    watching.follow(incident, by, at)
    if report is not None:
        reports.join(report, incident, by, at)
        incident.summary = incident.summary or report.story
    return incident


def edit(incident: Incident, changes: dict[str, Any], by: User, at: datetime) -> list[str]:
    """Set the attributes named in `changes`; the file keeps each old and new value.

    Returns the names of what really changed. Awareness is not set here: see `awareness`.
    """
    if incident.stage == "closed":
        raise Refused(_("%(ref)s is closed. Reopen it first.", ref=incident.reference))
    if "title" in changes and not one_line(changes["title"]):
        raise Refused(_("Give the incident a short title, without names of people."))
    old: dict[str, Any] = {}
    new: dict[str, Any] = {}
    for name, value in changes.items():
        was = getattr(incident, name)
        if was != value:
            old[name], new[name] = was, value
            setattr(incident, name, value)
    if new:
        incident.changed_at = at
        record("incident.edited", by=by, at=at, incident=incident, old=old, new=new)
    return list(new)


def move(incident: Incident, to: str, by: User, at: datetime, reason: str | None = None) -> None:
    """Move an incident to another stage. Refused with the list of what is missing.

    Going back, and reopening a closed case, need a reason.
    """
    reason = clean(reason)
    if to not in workflow.moves(incident.stage):
        raise Refused(_("This step is not possible from here."))
    if incident.erased_at is not None:
        raise Refused(
            _("The words of %(ref)s were erased. Open a new incident.", ref=incident.reference)
        )
    lacking = workflow.blocking(incident, to)
    if lacking:
        raise Refused(
            _("%(ref)s cannot go on yet.", ref=incident.reference),
            missing=[_(need.text) for need in lacking],
        )
    was = incident.stage
    back = workflow.STAGES.index(to) < workflow.STAGES.index(was)
    if back and not one_line(reason):
        raise Refused(_("Say why the incident goes back, in a few words."))
    incident.stage, incident.changed_at = to, at
    incident.closed_at = at if to == "closed" else None
    verb = "incident.reopened" if was == "closed" else "incident.moved"
    record(verb, by=by, at=at, incident=incident, was=was, to=to, reason=reason)
    if to == "closed":
        news.closed(incident, at)
    elif was == "closed":
        news.reopened(incident)
    duties.refresh_clock(incident)


def close(incident: Incident, lesson: str | None, by: User, at: datetime) -> None:
    """Close an incident with the lesson learned. Refused with the list of what is missing."""
    if clean(lesson):
        edit(incident, {"lesson": clean(lesson)}, by, at)
    move(incident, "closed", by, at)


def hand_over(incident: Incident, owner: User, by: User, at: datetime) -> None:
    """Give an incident to another owner."""
    if not owner.active:
        raise Refused(_("This account is switched off. Choose somebody who can log in."))
    if incident.owner_id == owner.id:
        return
    was, incident.owner, incident.changed_at = incident.owner_id, owner, at
    record("incident.handed_over", by=by, at=at, incident=incident, old=was, new=owner.id)
    watching.follow(incident, owner, at, told=owner.id == by.id)


def note(incident: Incident, text: str | None, by: User, at: datetime) -> None:
    """Write a note into the incident's story. It cannot be changed afterwards."""
    text = clean(text, 20_000)
    if not text:
        raise Refused(_("The note is empty."))
    last = db.session.scalar(
        select(Entry).where(Entry.incident_id == incident.id).order_by(Entry.n.desc()).limit(1)
    )
    same = last is not None and (last.actor, last.verb) == (f"user:{by.id}", "incident.noted")
    if last and same and (last.detail or {}).get("text") == text:
        return  # the button was pressed twice
    named = watching.mentioned(text)
    record(
        "incident.noted",
        by=by,
        at=at,
        incident=incident,
        text=text,
        mentions=[user.id for user in named],
    )
    for user in named:
        watching.follow(incident, user, at, told=False)
