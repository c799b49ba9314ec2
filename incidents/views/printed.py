"""The whole story of an incident on one page, to print and to hand over."""

from dataclasses import replace

from flask import render_template
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from incidents import clockface, signposts, story
from incidents.accounts import staff
from incidents.db import db, now
from incidents.forms.cause import CauseForm
from incidents.forms.detection import DetectionForm
from incidents.forms.sides import words
from incidents.models import Processor, Report
from incidents.views import bp
from incidents.views.cases import find


@bp.route("/incidents/<ref>/file")
@staff
def file(ref: str) -> str:
    """Reports, facts, argument, decisions, measures, duties, letters, and every entry."""
    incident = find(ref)
    at = now()
    face = clockface.face(incident, at)
    facts = DetectionForm(formdata=None, data=DetectionForm.read(incident))
    facts.offer(list(db.session.scalars(select(Processor))))
    causes = CauseForm(formdata=None, data=CauseForm.read(incident))
    reports = db.session.scalars(
        select(Report)
        .where(Report.incident_id == incident.id)
        .order_by(Report.id)
        .options(selectinload(Report.messages), selectinload(Report.attachments))
    ).all()
    return render_template(
        "incidents/file.html",
        incident=incident,
        at=at,
        face=replace(face, derivation=None),
        derivation=face.derivation,
        strip=signposts.strip(incident),
        reports=reports,
        facts=_answers(facts),
        causes=_answers(causes),
        sections=[part for ask in story.sections if (part := ask(incident)) is not None],
        entries=story.whole(incident),
    )


def _answers(form: DetectionForm | CauseForm) -> list[dict[str, str | None]]:
    """The questions of a form with the answers that stand in the incident."""
    return [
        {"question": field.label.text, "answer": words(field) or None}
        for field in form
        if field.name not in ("version", "csrf_token", "title")
    ]
