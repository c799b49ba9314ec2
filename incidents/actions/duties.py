"""What is due by law: opened by a decision, met with its proof, withdrawn with a reason."""

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from incidents.audit import record
from incidents.db import db
from incidents.intake import clean, one_line
from incidents.law.clock import target
from incidents.models import Duty, Entry, Incident, User
from incidents.refusal import Refused

RULES = {"authority": "GDPR Art. 33(1)", "subjects": "GDPR Art. 34(1)"}


def open_duty(incident: Incident, kind: str, by: User, at: datetime) -> Duty:
    """Open the duty to tell the authority or the data subjects; one of a kind at a time.

    The authority's is due 72 hours after awareness (GDPR Art. 33(1)); the data subjects' has no
    hour, only "without undue delay" (Art. 34(1)).
    """
    for duty in incident.duties:
        if duty.kind == kind and duty.is_open:
            return duty
    duty = Duty(kind=kind, rule=RULES[kind], opened_at=at, due_at=due(incident, kind))
    incident.duties.append(duty)
    db.session.flush()
    record(
        "duty.opened", by=by, at=at, incident=incident, kind=kind, rule=duty.rule, due=duty.due_at
    )
    refresh_clock(incident)
    return duty


def due(incident: Incident, kind: str) -> datetime | None:
    """When a duty of this kind is due for this incident, or None where the law names no hour."""
    if kind == "authority" and incident.aware_at:
        return target(incident.aware_at)
    return None


def meet(
    duty: Duty,
    at: datetime,
    proof: str | None,
    by: User | str,
    now: datetime,
    late: str | None = None,
) -> None:
    """Say that a duty was met at `at`, and how it can be proved.

    Refused without proof, for a moment in the future, and, after the due moment, without the
    reasons for the delay that Art. 33(1) asks for (`late`).
    """
    proof, late = clean(proof), clean(late)
    if not duty.is_open:
        raise Refused(_("This duty is not open any more."))
    if at > now:
        raise Refused(_("The moment lies in the future. Give the moment at which it was done."))
    if not one_line(proof):
        raise Refused(_("Say how it was done: a reference number, or who was told and how."))
    duty.late = late or duty.late
    if duty.kind == "authority" and duty.is_late(at) and not duty.late:
        raise Refused(
            _("This is later than 72 hours. Give the reasons for the delay (GDPR Art. 33(1)).")
        )
    duty.met_at, duty.proof = at, proof
    record(
        "duty.met",
        by=by,
        at=now,
        incident=duty.incident,
        kind=duty.kind,
        met_at=at,
        proof=proof,
        late=duty.late,
    )
    refresh_clock(duty.incident)


def reopen(duty: Duty, why: str, by: User | str, at: datetime) -> None:
    """Open a met duty again: a letter came back, so that person was not told after all."""
    if duty.is_open:
        return
    was, duty.met_at, duty.withdrawn_at = duty.met_at, None, None
    record("duty.reopened", by=by, at=at, incident=duty.incident, kind=duty.kind, was=was, why=why)
    refresh_clock(duty.incident)


def why_again(duty: Duty) -> str | None:
    """Why an open duty that was met once is open again; None for one that never was."""
    if not duty.is_open:
        return None
    reopened = select(Entry).where(
        Entry.incident_id == duty.incident_id, Entry.verb == "duty.reopened"
    )
    for entry in db.session.scalars(reopened.order_by(Entry.n.desc())):
        if (entry.detail or {}).get("kind") == duty.kind:
            return str(entry.detail.get("why") or "")
    return None


def withdraw(duty: Duty, reason: str | None, by: User, at: datetime) -> None:
    """Let a duty fall away, with the reason why; both are kept."""
    reason = clean(reason)
    if not duty.is_open:
        raise Refused(_("This duty is not open any more."))
    if not one_line(reason):
        raise Refused(_("Say why this is not due any more."))
    duty.withdrawn_at, duty.withdrawn = at, reason
    record("duty.withdrawn", by=by, at=at, incident=duty.incident, kind=duty.kind, reason=reason)
    refresh_clock(duty.incident)


def recompute(incident: Incident, by: User, at: datetime) -> None:
    """After a change of awareness: open duties get their new due moment, and the file says so."""
    for duty in incident.duties:
        new = due(incident, duty.kind)
        if duty.is_open and duty.due_at != new:
            record(
                "duty.moved",
                by=by,
                at=at,
                incident=incident,
                kind=duty.kind,
                old=duty.due_at,
                new=new,
            )
            duty.due_at = new
    refresh_clock(incident)


def refresh_clock(incident: Incident) -> None:
    """Keep the moment by which lists sort: the authority's due moment while it can still be due.

    The clock runs from awareness, before any decision: until the controller has decided that
    the authority need not be told, or it has been told.
    """
    authority = [duty for duty in incident.duties if duty.kind == "authority"]
    decided_no = incident.decision is not None and not incident.decision.authority
    settled = decided_no or (authority and not any(duty.is_open for duty in authority))
    closed = incident.stage == "closed"
    incident.next_due_at = None if settled or closed else due(incident, "authority")
