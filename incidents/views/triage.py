"""What becomes of a report. Two people on one report: the second is told what the first did."""

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy.orm.exc import StaleDataError
from werkzeug import Response

from incidents import story
from incidents.accounts import staff
from incidents.actions import cases
from incidents.actions import reports as acts
from incidents.db import db, now
from incidents.forms.triage import AsideForm, JoinForm, OpenForm, PartForm, SeenForm
from incidents.models import Incident, Report
from incidents.pages import moment
from incidents.refusal import Refused, Stale
from incidents.views import bp
from incidents.views.reports import find, page

type_of_answer = Response | tuple[str, int]


def _refused(ref: str, form: SeenForm, refusal: Refused | StaleDataError) -> tuple[str, int]:
    """The report as it is now, with what was typed, and why it was not done."""
    db.session.rollback()
    report = find(ref)
    if isinstance(refusal, Refused) and not isinstance(refusal, Stale):
        return page(report, 409, form, refusal.message, refusal.missing)
    form.version.data = str(report.version)
    return page(report, 409, form, _stale_words(report))


def _stale_words(report: Report) -> str:
    """What somebody else did with the report meanwhile."""
    last = next((item for item in story.of_report(report) if item.kind != "note"), None)
    if last is None:
        return _("Somebody changed this report while you looked at it. Yours was not done.")
    return _(
        "While you looked at it, %(who)s was faster (%(at)s): %(what)s. Yours was not done.",
        who=last.who,
        at=moment(last.at, "short"),
        what=last.text,
    )


def _checked(ref: str, form: SeenForm) -> tuple[Report, type_of_answer | None]:
    """The report, and the answer to give when the form cannot be acted on."""
    report = find(ref)
    try:
        acts.check_version(report, form.seen)
    except Stale as refusal:
        return report, _refused(ref, form, refusal)
    if not form.validate_on_submit():
        return report, page(report, 422, form)
    return report, None


@bp.route("/reports/<ref>/open", methods=["POST"])
@staff
def open_incident(ref: str) -> type_of_answer:
    """Open an incident from the report."""
    form = OpenForm()
    report, answer = _checked(ref, form)
    if answer:
        return answer
    try:
        incident = cases.open_incident(form.title.data, current_user, now(), report=report)
        to = url_for(".show", ref=incident.reference)
        said = _("%(ref)s is open. You own it.", ref=incident.reference)
        db.session.commit()
    except (Refused, StaleDataError) as refusal:
        return _refused(ref, form, refusal)
    flash(said, "ok")
    return redirect(to)


@bp.route("/reports/<ref>/join", methods=["POST"])
@staff
def join(ref: str) -> type_of_answer:
    """Join the report to an incident that is open."""
    form = JoinForm()
    report, answer = _checked(ref, form)
    if answer:
        return answer
    incident = form.found()
    assert isinstance(incident, Incident)
    done = _("%(report)s now belongs to %(incident)s.", report=ref, incident=incident.reference)
    try:
        acts.join(report, incident, current_user, now())
        db.session.commit()
    except (Refused, StaleDataError) as refusal:
        return _refused(ref, form, refusal)
    flash(done, "ok")
    return redirect(url_for(".report_page", ref=ref))


@bp.route("/reports/<ref>/part", methods=["POST"])
@staff
def part(ref: str) -> type_of_answer:
    """Take the report out of its incident; it waits in the queue again."""
    form = PartForm()
    report, answer = _checked(ref, form)
    if answer:
        return answer
    try:
        acts.part(report, form.reason.data, current_user, now())
        db.session.commit()
    except (Refused, StaleDataError) as refusal:
        return _refused(ref, form, refusal)
    flash(_("%(report)s is in the queue again. Both pages keep why.", report=ref), "ok")
    return redirect(url_for(".report_page", ref=ref))


@bp.route("/reports/<ref>/aside", methods=["POST"])
@staff
def set_aside(ref: str) -> type_of_answer:
    """Put the report aside with a reason."""
    form = AsideForm()
    report, answer = _checked(ref, form)
    if answer:
        return answer
    try:
        acts.set_aside(report, form.reason.data, current_user, now())
        db.session.commit()
    except (Refused, StaleDataError) as refusal:
        return _refused(ref, form, refusal)
    flash(_("%(report)s is set aside. It stays readable and can be taken back.", report=ref), "ok")
    return redirect(url_for(".reports"))


@bp.route("/reports/<ref>/back", methods=["POST"])
@staff
def take_back(ref: str) -> type_of_answer:
    """Put a report that was set aside back into the queue."""
    form = SeenForm()
    report, answer = _checked(ref, form)
    if answer:
        return answer
    try:
        acts.take_back(report, current_user, now())
        db.session.commit()
    except (Refused, StaleDataError) as refusal:
        return _refused(ref, form, refusal)
    flash(_("%(report)s is in the queue again.", report=ref), "ok")
    return redirect(url_for(".report_page", ref=ref))
