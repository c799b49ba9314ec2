"""The register of GDPR Art. 33(5): facts, effects and remedial action of every breach.

One row an incident, notified or not, with the reasons why or why not. Everything is read in
batches; nothing holds the whole register in memory but the PDF, which is bounded.
"""

from collections.abc import Iterator
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from incidents import answers
from incidents.db import db
from incidents.intake import N_
from incidents.models import Duty, Incident, Measure, Processor
from incidents.pages import day, moment
from incidents.retold import retold
from incidents.workflow import CAUSES, STAGE_NAMES

BATCH = 200
PDF_ROWS = 2_000  # more belongs into a table file; typesetting holds all of it in memory

COLUMNS = {
    "reference": N_("Reference"),
    "title": N_("Incident"),
    "stage": N_("Stage"),
    "opened": N_("Opened"),
    "began": N_("Began"),
    "ended": N_("Ended"),
    "noticed": N_("Noticed"),
    "alerted": N_("First alert"),
    "aware": N_("Aware"),
    "aware_reason": N_("Why aware then"),
    "kind": N_("Kind of breach"),
    "summary": N_("What happened"),
    "data": N_("Data concerned"),
    "people": N_("People concerned"),
    "subject_count": N_("People, about"),
    "record_count": N_("Records, about"),
    "systems": N_("Systems"),
    "processors": N_("Service providers"),
    "consequences": N_("Likely consequences"),
    "cause": N_("Cause"),
    "measures": N_("Measures"),
    "risk": N_("Risk, as assessed"),
    "authority": N_("Supervisory authority"),
    "subjects": N_("Data subjects"),
    "decision_reason": N_("Reasons of the decision"),
    "late": N_("Reasons for delay"),
    "lesson": N_("Lesson learned"),
    "closed": N_("Closed"),
}
KINDS = {
    "confidentiality": N_("confidentiality"),
    "integrity": N_("integrity"),
    "availability": N_("availability"),
}
RISKS = {
    "unlikely": N_("a risk is unlikely"),
    "likely": N_("a risk is likely"),
    "high": N_("a high risk is likely"),
    "undetermined": N_("not determined"),
}


def incidents(year: int | None = None, before: int | None = None, limit: int = BATCH) -> list:
    """Incidents for the register, newest first, below the id `before`; all parts loaded."""
    query = (
        select(Incident)
        .options(
            selectinload(Incident.measures),
            selectinload(Incident.decisions),
            selectinload(Incident.assessments),
            selectinload(Incident.duties),
        )
        .order_by(Incident.id.desc())
        .limit(limit)
    )
    if year:
        query = query.where(Incident.reference.like(f"BR-{year:04d}-%"))
    if before:
        query = query.where(Incident.id < before)
    return list(db.session.scalars(query))


def every(year: int | None = None) -> Iterator[Incident]:
    """All incidents of a year, or of all years, in flat memory."""
    before = None
    while rows := incidents(year, before):
        yield from rows
        before = rows[-1].id
        db.session.expunge_all()


def row(incident: Incident, processors: dict[int, str]) -> dict[str, str]:
    """One line of the register, in words, in the reader's language. Keys as in COLUMNS."""
    facts = incident.facts
    assessment = incident.assessments[-1] if incident.assessments else None
    decision = incident.decision
    told = {duty.kind: duty for duty in incident.duties}
    return {
        "reference": incident.reference,
        "title": incident.title,
        "stage": _(STAGE_NAMES[incident.stage]),
        "opened": _at(incident.opened_at),
        "began": _began(incident),
        "ended": _at(incident.ended_at),
        "noticed": _at(incident.noticed_at),
        "alerted": _at(incident.alerted_at),
        "aware": _at(incident.aware_at),
        "aware_reason": incident.aware_reason or "",
        "kind": ", ".join(_(KINDS[kind]) for kind in facts.get("breach_types") or ()),
        "summary": incident.summary or "",
        "data": answers.data_concerned(incident),
        "people": answers.people_concerned(incident),
        "subject_count": _number(facts.get("subject_count")),
        "record_count": _number(incident.record_count),
        "systems": incident.systems or "",
        "processors": ", ".join(processors.get(n, "?") for n in incident.processor_ids),
        "consequences": incident.consequences or "",
        "cause": _(CAUSES[incident.cause]) if incident.cause else "",
        "measures": "\n".join(_measure(measure) for measure in incident.measures),
        "risk": _(RISKS[assessment.result["risk"]]) if assessment else _("not assessed"),
        "authority": _told(decision and decision.authority, told.get("authority")),
        "subjects": _told(decision and decision.subjects, told.get("subjects")),
        "decision_reason": (decision and decision.reason) or "",
        "late": "\n".join(duty.late for duty in incident.duties if duty.late),
        "lesson": incident.lesson or "",
        "closed": _at(incident.closed_at),
    }


def processor_names() -> dict[int, str]:
    """The names of all processors by id: a short table, read once an export."""
    return dict(iter(db.session.execute(select(Processor.id, Processor.name))))


def _at(value: datetime | None) -> str:
    return moment(value, "short") if value else ""


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def _began(incident: Incident) -> str:
    if incident.began_at is None:
        return _("not known")
    when = _at(incident.began_at)
    return _("about %(when)s", when=when) if incident.began_sure == "about" else when


def _measure(measure: Measure) -> str:
    if measure.dropped:
        state = _("dropped")
    elif measure.done_on:
        state = _("done on %(day)s", day=day(measure.done_on))
    elif measure.due_on:
        state = _("due on %(day)s", day=day(measure.due_on))
    else:
        state = _("open")
    return f"{measure.text} ({state})"


def _told(decided: bool | None, duty: Duty | None) -> str:
    if decided is None:
        return _("not decided")
    if duty is None:
        return _("not to be told")
    if duty.met_at:
        return _(
            "told on %(when)s: %(proof)s", when=_at(duty.met_at), proof=retold(duty.proof or "")
        )
    if duty.withdrawn_at:
        return _("not to be told: %(why)s", why=duty.withdrawn or "")
    return _("to be told")
