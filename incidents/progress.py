"""How far a report has come, in the plain words of somebody outside.

A reporter learns that it was read, how far the work is, and until when we answer at the latest:
never the incident's title or number, what others told, or what the law was found to ask.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from incidents.db import db
from incidents.models import Entry, Report
from incidents.workflow import N_

# The first company's policy, section 9: a reply within a month of receiving a request.
ANSWER_WITHIN = timedelta(days=30)

STAGES = {
    "detection": N_("We are finding out what exactly happened."),
    "cause": N_("We know what happened, and are looking for the cause."),
    "mitigation": N_("We know the cause, and are limiting the harm and closing the gap."),
    "notification": N_("The harm is limited. We are telling those whom the law wants to be told."),
    "closed": N_("The work on it is done."),
}


@dataclass(frozen=True)
class Step:
    """One step on the way: in words, when (for one that lies ahead: until when), and done or not.

    `place`: "done", "now" or "next".
    """

    text: str
    at: datetime | None
    place: str


@dataclass(frozen=True)
class Progress:
    """What stands at the top of the page, and the steps below it."""

    state: str
    text: str
    steps: tuple[Step, ...]


def of(report: Report, at: datetime) -> Progress:
    """How far a report has come at this moment."""
    latest = report.received_at + ANSWER_WITHIN
    steps = [Step(_("Your report arrived."), report.received_at, "done")]
    if report.erased_at:
        text = _("The time for which we may keep reports is over: its words were erased.")
        return Progress(_("Erased"), text, (*steps, Step(text, report.erased_at, "done")))
    if report.state == "set_aside":
        text = _(
            "We have read it and found nothing in it that we must handle as a data breach. "
            "If we got something wrong, write to us below."
        )
        steps.append(Step(_("It was read."), _when(report, "report.set_aside"), "done"))
        return Progress(_("We have read it"), text, tuple(steps))
    incident = report.incident
    if incident is None:
        steps.append(Step(_("Somebody who handles data breaches reads it."), None, "now"))
        steps.append(_answer(latest, at))
        return Progress(_("Received"), _("It waits to be read."), tuple(steps))
    steps.append(Step(_("It was read, and we are working on it."), _read(report), "done"))
    if incident.stage == "closed":
        steps.append(Step(_("The work on it was done."), incident.closed_at, "done"))
        return Progress(_("Finished"), _(STAGES[incident.stage]), tuple(steps))
    steps.append(Step(_(STAGES[incident.stage]), None, "now"))
    steps.append(_answer(latest, at))
    return Progress(_("In work"), _(STAGES[incident.stage]), tuple(steps))


def _answer(latest: datetime, at: datetime) -> Step:
    if latest < at:
        return Step(_("We write here what has become of it."), None, "next")
    return Step(_("At the latest on this day we write here what has become of it."), latest, "next")


def _read(report: Report) -> datetime | None:
    return _when(report, "report.joined")


def _when(report: Report, verb: str) -> datetime | None:
    last = select(Entry.at).where(Entry.report_id == report.id, Entry.verb == verb)
    return db.session.scalar(last.order_by(Entry.n.desc()).limit(1))
