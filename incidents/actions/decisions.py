"""What the law answers, and what the controller decides on it."""

from datetime import datetime

from flask_babel import gettext as _

from incidents.actions import duties
from incidents.audit import record
from incidents.db import db
from incidents.intake import clean, one_line
from incidents.law import assess as ask_the_law
from incidents.law.facts import Facts
from incidents.models import Assessment, Decision, Incident, User
from incidents.refusal import Refused


def assess(incident: Incident, by: User, at: datetime) -> Assessment:
    """Ask the law engine about the incident's facts as they are, and keep its answer with them.

    The law asked is that of the day on which the controller became aware, else of today.
    """
    on = (incident.aware_at or at).date()
    facts = Facts.from_json(incident.facts)
    answer = ask_the_law(facts, on)
    assessment = Assessment(
        at=at,
        by_id=by.id,
        on=on,
        law_version=answer.law_version,
        facts=dict(incident.facts),
        result=answer.as_json(),
    )
    incident.assessments.append(assessment)
    incident.changed_at = at
    db.session.flush()
    record(
        "incident.assessed",
        by=by,
        at=at,
        incident=incident,
        assessment=assessment.id,
        law_version=assessment.law_version,
        facts=assessment.facts,
        result=assessment.result,
    )
    return assessment


def decide(
    assessment: Assessment,
    authority: bool,
    subjects: bool,
    reason: str | None,
    by: User,
    at: datetime,
) -> Decision:
    """Decide whom to tell, on an assessment. Departing from its result needs a reason.

    Opens the duties decided on; those decided against are withdrawn with the same reason.
    Only a controller decides (the view's permission, and checked here again).
    """
    incident, reason = assessment.incident, clean(reason)
    if not by.is_controller:
        raise Refused(_("Only the controller decides."))
    if incident.stage == "closed":
        raise Refused(_("%(ref)s is closed. Reopen it first.", ref=incident.reference))
    if assessment.facts != incident.facts or assessment is not incident.assessments[-1]:
        raise Refused(_("The facts have changed since this assessment. Look at the new result."))
    answer = assessment.result
    departs = (authority, subjects) != (answer["authority"]["duty"], answer["subjects"]["duty"])
    if departs and not one_line(reason):
        raise Refused(_("You depart from the result. Give your reason: it is kept in the file."))
    decision = Decision(
        assessment=assessment,
        at=at,
        by=by,
        authority=authority,
        subjects=subjects,
        departs=departs,
    )
    decision.reason = reason
    incident.decisions.append(decision)
    incident.changed_at = at
    db.session.flush()
    record(
        "incident.decided",
        by=by,
        at=at,
        incident=incident,
        assessment=assessment.id,
        authority=authority,
        subjects=subjects,
        departs=departs,
        reason=reason,
    )
    for kind, wanted in (("authority", authority), ("subjects", subjects)):
        if wanted:
            _open_unless_met(incident, kind, by, at)
        else:
            _withdraw_open(incident, kind, reason, by, at)
    duties.refresh_clock(incident)
    return decision


def _open_unless_met(incident: Incident, kind: str, by: User, at: datetime) -> None:
    if not any(duty.kind == kind and duty.met_at for duty in incident.duties):
        duties.open_duty(incident, kind, by, at)


def _withdraw_open(
    incident: Incident, kind: str, reason: str | None, by: User, at: datetime
) -> None:
    for duty in incident.duties:
        if duty.kind == kind and duty.is_open:
            duties.withdraw(duty, reason or _("Not required by the assessment."), by, at)
