"""What is done about an incident: the likely consequences, and the measures one by one."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy import select

from incidents.accounts import staff
from incidents.actions import cases, measures
from incidents.actions.reports import check_version
from incidents.db import db, now
from incidents.forms.measures import ConsequencesForm, DropForm, MeasureForm
from incidents.forms.moment import today
from incidents.forms.sides import differences
from incidents.models import Incident, Measure
from incidents.refusal import Refused, Stale
from incidents.views import bp
from incidents.views.cases import Answer, find, people, whole_number
from incidents.views.stages import shown

PAGE = "incidents/mitigation.html"


def _measure(incident: Incident, uid: str) -> Measure:
    query = select(Measure).where(Measure.uid == uid, Measure.incident_id == incident.id)
    return db.session.scalar(query) or abort(404)


@bp.route("/incidents/<ref>/measures", methods=["GET", "POST"])
@staff
def mitigation(ref: str) -> Answer:
    """The likely consequences, and all measures."""
    incident = find(ref)
    form = ConsequencesForm(data=ConsequencesForm.read(incident))
    if not form.validate_on_submit():
        return shown(PAGE, form, incident, today=today())
    try:
        check_version(incident, whole_number(form.version.data))
        cases.edit(incident, form.changes(), current_user, now())
    except Stale:
        db.session.rollback()
        incident = find(ref)
        form.version.data = incident.version
        fresh = ConsequencesForm(formdata=None, data=ConsequencesForm.read(incident))
        return shown(PAGE, form, incident, sides=differences(form, fresh), today=today())
    except Refused as no:
        form.form_errors.append(no.message)
        return shown(PAGE, form, incident, today=today())
    db.session.commit()
    flash(_("Saved."), "ok")
    return redirect(url_for(".mitigation", ref=ref))


@bp.route("/incidents/<ref>/measures/new", methods=["GET", "POST"])
@staff
def measure_new(ref: str) -> Answer:
    """Add a measure."""
    incident = find(ref)
    form = MeasureForm()
    form.offer(people())
    if not form.validate_on_submit():
        return shown("incidents/measure.html", form, incident, measure=None)
    made = select(Measure.id).where(Measure.uid == form.row_uid)
    if db.session.scalar(made) is not None:  # the button was pressed twice
        return redirect(url_for(".mitigation", ref=ref, _anchor="measures"))
    try:
        measures.add(incident, form.words(), current_user, now(), uid=form.row_uid)
    except Refused as no:
        db.session.rollback()
        form.form_errors.append(no.message)
        return shown("incidents/measure.html", form, find(ref), measure=None)
    return _done(incident, _("The measure is added."))


@bp.route("/incidents/<ref>/measures/<uid>", methods=["GET", "POST"])
@staff
def measure(ref: str, uid: str) -> Answer:
    """One measure: change it, say that it was done, and what the check of its effect showed."""
    template = "incidents/measure.html"
    incident = find(ref)
    row = _measure(incident, uid)
    form = MeasureForm(data=MeasureForm.read(row))
    form.offer(people())
    dropping = DropForm(None)
    if not form.validate_on_submit():
        return shown(template, form, incident, measure=row, dropping=dropping)
    try:
        measures.edit(row, form.words(), whole_number(form.version.data), current_user, now())
    except Stale:
        db.session.rollback()
        incident = find(ref)
        row = _measure(incident, uid)
        fresh = MeasureForm(formdata=None, data=MeasureForm.read(row))
        fresh.offer(people())
        form.version.data = row.version
        sides = differences(form, fresh)
        return shown(template, form, incident, measure=row, dropping=dropping, sides=sides)
    except Refused as no:
        db.session.rollback()
        form.form_errors.append(no.message)
        incident = find(ref)
        return shown(template, form, incident, measure=_measure(incident, uid), dropping=dropping)
    return _done(incident, _("Saved."))


@bp.route("/incidents/<ref>/measures/<uid>/drop", methods=["POST"])
@staff
def measure_drop(ref: str, uid: str) -> Answer:
    """Let a measure go, with a reason; or take it up again."""
    incident = find(ref)
    row = _measure(incident, uid)
    dropping = DropForm()
    try:
        if row.dropped and request.form.get("again"):
            measures.take_up(row, current_user, now())
            return _done(incident, _("The measure is taken up again."))
        measures.drop(row, dropping.reason.data, current_user, now())
    except Refused as no:
        dropping.reason.errors = [no.message]
        form = MeasureForm(formdata=None, data=MeasureForm.read(row))
        form.offer(people())
        return (
            render_template(
                "incidents/measure.html",
                form=form,
                incident=incident,
                measure=row,
                dropping=dropping,
            ),
            422,
        )
    return _done(incident, _("The measure is dropped. It stays in the file."))


def _done(incident: Incident, words: str) -> Answer:
    db.session.commit()
    flash(words, "ok")
    return redirect(url_for(".mitigation", ref=incident.reference, _anchor="measures"))
