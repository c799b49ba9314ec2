"""The pages of the stages: what happened, when we became aware, why it happened.

Each can be opened and saved at any time, whatever the stage; incomplete is fine. An edit that
was begun on an older version is refused and shown beside the newer one.
"""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from flask_wtf import FlaskForm
from sqlalchemy import or_, select

from incidents import answers, pages, story, wording
from incidents.accounts import staff
from incidents.actions import awareness, cases
from incidents.actions.reports import check_version
from incidents.db import db, now
from incidents.forms.awareness import AwarenessChangeForm, AwarenessForm
from incidents.forms.cause import CauseForm
from incidents.forms.detection import DetectionForm
from incidents.forms.sides import differences
from incidents.models import Incident, Processor, Report
from incidents.refusal import Refused, Stale
from incidents.views import bp
from incidents.views.cases import Answer, find, whole_number


def shown(template: str, form: FlaskForm, incident: Incident, **more: Any) -> Answer:
    """A page with its form; 422 when the form was refused, 409 when the edit came too late."""
    status = 409 if more.get("sides") is not None else 422 if request.method == "POST" else 200
    return render_template(template, form=form, incident=incident, **more), status


def too_late(template: str, form: Any, fresh: FlaskForm, incident: Incident) -> Answer:
    """A stale edit: nothing was overwritten; both versions stand beside each other."""
    form.version.data = incident.version
    return shown(template, form, incident, sides=differences(form, fresh))


def kept(incident: Incident, onward: str = ".show") -> Answer:
    """Commit, say so, and go back to the incident, or on to another of its pages."""
    db.session.commit()
    flash(_("Saved."), "ok")
    return redirect(url_for(onward, ref=incident.reference))


@bp.route("/incidents/<ref>/detection", methods=["GET", "POST"])
@staff
def detection(ref: str) -> Answer:
    """What happened, when, to which data of which people."""
    template = "incidents/detection.html"
    incident = find(ref)
    form = _detection(incident)
    more = {"heard": _heard(incident), "answers": answers}
    if not form.validate_on_submit() or form.refuse_after_awareness(incident):
        return shown(template, form, incident, **more)
    try:
        check_version(incident, whole_number(form.version.data))
        cases.edit(incident, form.changes(incident), current_user, now())
    except Stale:
        db.session.rollback()
        incident = find(ref)
        return too_late(template, form, _detection(incident, formdata=None), incident)
    except Refused as no:
        form.form_errors.append(no.message)
        return shown(template, form, incident, **more)
    return kept(incident)


def _heard(incident: Incident) -> str:
    """When it was noticed in the words of the first reports: said once, not to be asked again."""
    query = select(Report).where(Report.incident_id == incident.id).order_by(Report.id).limit(5)
    said = [report.noticed for report in db.session.scalars(query) if report.noticed]
    return " · ".join(_("“%(words)s”", words=one) for one in said)


def _detection(incident: Incident, **given: Any) -> DetectionForm:
    form = DetectionForm(data=DetectionForm.read(incident), **given)
    chosen = Processor.id.in_(incident.processor_ids or [])
    query = select(Processor).where(or_(Processor.active.is_(True), chosen))
    form.offer(list(db.session.scalars(query.order_by(Processor.name))))
    return form


@bp.route("/incidents/<ref>/cause", methods=["GET", "POST"])
@staff
def cause(ref: str) -> Answer:
    """Why it happened."""
    template = "incidents/cause.html"
    incident = find(ref)
    form = CauseForm(data=CauseForm.read(incident))
    if not form.validate_on_submit():
        return shown(template, form, incident)
    try:
        check_version(incident, whole_number(form.version.data))
        cases.edit(incident, form.changes(), current_user, now())
    except Stale:
        db.session.rollback()
        incident = find(ref)
        fresh = CauseForm(formdata=None, data=CauseForm.read(incident))
        return too_late(template, form, fresh, incident)
    except Refused as no:
        form.form_errors.append(no.message)
        return shown(template, form, incident)
    return kept(incident)


@bp.route("/incidents/<ref>/aware", methods=["GET", "POST"])
@staff
def aware(ref: str) -> Answer:
    """When we became aware, and what made it certain then; changed later only with a reason."""
    template = "incidents/aware.html"
    incident = find(ref)
    stated = incident.aware_at is not None
    kind = AwarenessChangeForm if stated else AwarenessForm
    form = kind(data={"version": incident.version, "reason": incident.aware_reason})
    more = {
        "stated": stated,
        "history": _history(incident),
        "zone": pages.zone().key,
        "heard": _heard(incident),
    }
    if not form.validate_on_submit():
        return shown(template, form, incident, **more)
    moment = form.moment.data
    assert moment is not None  # it is required
    try:
        check_version(incident, whole_number(form.version.data))
        awareness.state(
            incident,
            moment,
            form.reason.data,
            current_user,
            now(),
            zone=pages.zone(),
            sure=form.is_sure,
            why_changed=form.why_changed.data if stated else None,
        )
    except awareness.Doubtful as no:
        form.sure.data, form.sure_of.data = False, moment.isoformat()
        return shown(template, form, incident, doubts=no, **more)
    except Stale:
        db.session.rollback()
        incident = find(ref)
        stated = incident.aware_at is not None
        form = (AwarenessChangeForm if stated else AwarenessForm)()  # its reason may be asked now
        form.version.data = incident.version
        more |= {"history": _history(incident), "stated": stated}
        return shown(template, form, incident, sides=[], **more)
    except Refused as no:
        form.moment.errors = [no.message]
        return shown(template, form, incident, **more)
    return kept(incident, ".show" if stated or incident.decision else ".decision")


def _history(incident: Incident) -> list[dict[str, str]]:
    """What was said about awareness so far, in order, each with its argument and its change."""
    rows = []
    for entry in story.of_verbs(incident, "awareness.stated", "awareness.changed"):
        detail = entry.detail or {}
        rows.append(
            {
                "moment": wording.said(detail.get("new"), "full"),
                "reason": str(detail.get("reason") or ""),
                "why": str(detail.get("why") or ""),
                "at": pages.moment(entry.at, "short"),
            }
        )
    return rows
