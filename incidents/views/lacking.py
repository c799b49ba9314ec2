"""What a notification still lacks, given on the page that names it as missing."""

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy import select

from incidents.accounts import staff
from incidents.actions import cases, measures
from incidents.actions.reports import check_version
from incidents.db import db, now
from incidents.forms.lacking import LackingForm
from incidents.forms.moment import today
from incidents.intake import clean
from incidents.models import Incident, Measure
from incidents.refusal import Refused
from incidents.views import bp
from incidents.views.cases import Answer, find, whole_number
from incidents.views.notification import page


@bp.route("/incidents/<ref>/notification/lacking", methods=["POST"])
@staff
def lacking(ref: str) -> Answer:
    """Keep what was missing: how many records, the likely consequences, a measure."""
    incident, form = find(ref), LackingForm()
    if not form.validate_on_submit():
        return page(incident, lacking=form, status=422)
    try:
        check_version(incident, whole_number(form.version.data))
        _keep(incident, form)
    except Refused as no:
        db.session.rollback()
        incident = find(ref)
        form.form_errors, form.version.data = [no.message], incident.version
        return page(incident, lacking=form, status=409)
    db.session.commit()
    flash(_("Saved."), "ok")
    return redirect(url_for(".notification", ref=ref))


def _keep(incident: Incident, form: LackingForm) -> None:
    """Only what was answered: an empty field says nothing of what the case holds."""
    given = {"record_count": form.records.data, "consequences": clean(form.consequences.data)}
    changes = {name: value for name, value in given.items() if value not in (None, "")}
    if changes:
        cases.edit(incident, changes, current_user, now())
    made = select(Measure.id).where(Measure.uid == form.row_uid)
    if clean(form.done.data) and db.session.scalar(made) is None:  # not if it was pressed twice
        done_on = today() if form.done_already.data else None
        words = {"text": form.done.data, "done_on": done_on}
        measures.add(incident, words, current_user, now(), uid=form.row_uid)
