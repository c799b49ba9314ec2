"""Other duties: what other laws ask after this breach, and whom a processor tells."""

from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_security import current_user

from incidents import clockface, elsewhere
from incidents.accounts import staff
from incidents.actions import cases, clients
from incidents.actions.reports import check_version
from incidents.db import db, now
from incidents.forms.elsewhere import COMPANY, ClientsForm, ScopeForm, scope_form
from incidents.law import authority
from incidents.law.places import is_cross_border
from incidents.law.vocabulary import Role
from incidents.models import Incident
from incidents.pages import LANGUAGES, organisation
from incidents.refusal import Refused
from incidents.views import bp
from incidents.views.cases import Answer, find, whole_number

TEXTS = ("tell_controllers", "ask_processor")


@bp.route("/incidents/<ref>/duties-elsewhere", methods=["GET", "POST"], endpoint="elsewhere")
@staff
def other_duties(ref: str) -> Answer:
    """What other laws ask on what is known, with what is still to be found out."""
    incident = find(ref)
    form = _form(incident)
    if not form.validate_on_submit():
        return _page(incident, form, status=400 if form.errors else 200)
    try:
        check_version(incident, whole_number(form.version.data))
        cases.edit(incident, {"scope": form.scope(incident.scope or {})}, current_user, now())
    except Refused as refusal:
        db.session.rollback()
        form.form_errors = [refusal.message]
        incident = find(ref)
        form.version.data = str(incident.version)
        return _page(incident, form, status=409)
    db.session.commit()
    flash(_("Kept. The list follows your answers."), "ok")
    return redirect(url_for(".elsewhere", ref=ref, _anchor="result"))


@bp.route("/incidents/<ref>/clients", methods=["POST"])
@staff
def clients_add(ref: str) -> Answer:
    """Add controllers whom we, a processor, have to tell."""
    incident, form = find(ref), ClientsForm()
    if form.validate_on_submit():
        try:
            clients.add(incident, (form.names.data or "").splitlines(), current_user, now())
        except Refused as refusal:
            db.session.rollback()
            form.form_errors = [refusal.message]
        else:
            db.session.commit()
            return redirect(url_for(".elsewhere", ref=ref, _anchor="clients"))
    incident = find(ref)
    return _page(incident, _form(incident, read=False), form, status=400)


@bp.route("/incidents/<ref>/clients/told", methods=["POST"])
@staff
def client_told(ref: str) -> Answer:
    """Write down that one controller was told just now."""
    try:
        clients.tell(find(ref), request.form.get("client", ""), current_user, now())
    except Refused as refusal:
        db.session.rollback()
        flash(refusal.message, "problem")
    else:
        db.session.commit()
    return redirect(url_for(".elsewhere", ref=ref, _anchor="clients"))


def _form(incident: Incident, read: bool = True) -> ScopeForm:
    profile = elsewhere.profile(incident)
    form = scope_form(incident.version, profile, elsewhere.checks(incident, now()))
    return form if read else type(form)(formdata=None, data=form.data)


def _page(
    incident: Incident, form: ScopeForm, adding: ClientsForm | None = None, status: int = 200
) -> Answer:
    at = now()
    lines = elsewhere.lines(incident, elsewhere.checks(incident, at), at)
    crosses = is_cross_border((incident.scope or {}).get("places") or {})
    page = render_template(
        "incidents/elsewhere.html",
        incident=incident,
        face=clockface.face(incident, at, "small"),
        form=form,
        company=COMPANY,
        asked=elsewhere.ASKED,
        adding=adding or ClientsForm(formdata=None),
        lines=lines,
        crosses=crosses,
        authority=authority(organisation().authority),
        is_processor=incident.facts.get("controller_role") == Role.PROCESSOR,
        clients=[(one, _moment(one["told_at"])) for one in incident.clients or []],
        texts={name: _texts(name, incident) for name in TEXTS},
    )
    return page, status


def _moment(kept: str | None) -> datetime | None:
    return datetime.fromisoformat(kept) if kept else None


def _texts(name: str, incident: Incident) -> dict[str, str]:
    """A text to send, in each language."""
    texts = {}
    for language in LANGUAGES:
        with force_locale(language):
            texts[language] = render_template(
                f"incidents/texts/{name}.{language}.txt", incident=incident
            ).strip()
    return texts
