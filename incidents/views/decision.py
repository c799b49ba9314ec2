"""Who must be told: the facts, what the law asks on them, the decision, and the duties."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy import select
from werkzeug import Response

from incidents import answers, asking, clockface, elsewhere, offered
from incidents.accounts import controller, staff
from incidents.actions import cases, decisions, duties, memos
from incidents.actions.reports import check_version
from incidents.db import db, now
from incidents.forms.decision import DecisionForm, FactsForm, MetForm, WithdrawForm, facts_form
from incidents.law import Assessment, Facts, assess, authority
from incidents.models import Duty, Incident
from incidents.pages import organisation
from incidents.refusal import Refused, Stale
from incidents.retold import retold
from incidents.views import bp
from incidents.views.cases import whole_number

bp.add_app_template_filter(retold, "retold")
bp.add_app_template_filter(duties.why_again, "why_again")

Page = Response | tuple[str, int]


def _incident(ref: str) -> Incident:
    query = select(Incident).where(Incident.reference == ref)
    return db.session.scalar(query) or abort(404)


@bp.route("/incidents/<ref>/decision", methods=["GET", "POST"])
@staff
def decision(ref: str) -> Page:
    """The questions beside what the law asks on the answers; staff and controller answer."""
    incident = _incident(ref)
    form = facts_form(incident.facts)
    if form.validate_on_submit():
        try:
            check_version(incident, request.form.get("version", type=int))
            cases.edit(incident, {"facts": form.facts(request.form)}, current_user, now())
        except Stale as stale:
            db.session.rollback()
            form.form_errors = [stale.message]
            return _page(incident, form, status=409, stale=True)
        except Refused as refusal:
            db.session.rollback()
            form.form_errors = [refusal.message]
            return _page(incident, form, status=409)
        db.session.commit()
        flash(_("Kept. The result follows your answers."), "ok")
        further = "on" in request.form or "kind" in request.form
        there = _going_on(incident) if further else {"_anchor": "result"}
        return redirect(url_for(".decision", ref=ref, **there))
    return _page(incident, form, status=400 if form.errors else 200)


@bp.route("/incidents/<ref>/decide", methods=["POST"])
@controller
def decide(ref: str) -> Page:
    """Decide whom to tell, on the result shown; departing from it needs a reason."""
    incident, form = _incident(ref), DecisionForm()
    if not form.validate_on_submit():
        return _page(incident, facts_form(incident.facts, formdata=None), decide=form, status=400)
    try:
        check_version(incident, request.form.get("version", type=int))
        assessment = decisions.assess(incident, current_user, now())
        decided = decisions.decide(
            assessment,
            form.authority.data == "yes",
            form.subjects.data == "yes",
            form.reason.data,
            current_user,
            now(),
        )
        memos.make(decided, current_user, now(), at_once=True)
    except Refused as refusal:
        db.session.rollback()
        stale = isinstance(refusal, Stale)
        if stale or form.reason.data:
            form.form_errors = [refusal.message]
        else:  # departing without a reason: the list of errors leads to where it is typed
            form.reason.errors = [refusal.message]
        return _page(
            _incident(ref),
            facts_form(incident.facts, formdata=None),
            decide=form,
            status=409,
            stale=stale,
        )
    db.session.commit()
    flash(_("Decided. The facts, the result and your reasons are kept as they are now."), "ok")
    return redirect(url_for(".decision", ref=ref, _anchor="duties"))


def _going_on(incident: Incident) -> dict[str, str | int]:
    """Where to go after a step of the questions: on to the next one, or to a certain result."""
    facts, on = Facts.from_json(incident.facts), (incident.aware_at or now()).date()
    result, step = assess(facts, on), request.form.get("on", type=int) or 0
    if _is_certain(result):
        return {"_anchor": "result"}
    following = asking.next_place(asking.groups(facts, on, step, lambda key: False), step)
    return {"step": step, "_anchor": following} if following else {"_anchor": "result"}


def _is_certain(result: Assessment) -> bool:
    return all(one.certain for one in (result.authority, result.subjects, result.controllers))


def _page(
    incident: Incident,
    form: FactsForm,
    decide: DecisionForm | None = None,
    status: int = 200,
    stale: bool = False,
) -> tuple[str, int]:
    at = now()
    facts, on = Facts.from_json(incident.facts), (incident.aware_at or at).date()
    found = assess(facts, on)
    result, certain = found.as_json(), _is_certain(found)
    sent = form.is_submitted() and decide is None  # these answers, and not the decision
    typed = form.holds if sent else lambda key: False
    shown = asking.groups(facts, on, request.args.get("step", type=int) or 0, typed, certain)
    seen = asking.standing_open(shown)
    known = {} if sent else offered.offers(incident)
    for key, offer in known.items():
        if key in seen and offer.answer is not None:
            form[key].data = offer.answer
    if decide is None:
        decide = DecisionForm(formdata=None, **_offered(incident, result))
    page = render_template(
        "incidents/decision.html",
        incident=incident,
        face=clockface.face(incident, at, "small"),
        form=form,
        groups=shown,
        step=asking.next_step(shown),
        certain=certain,
        known=known,
        helped=asking.HELPED,
        common=asking.COMMON,
        decide=decide,
        result=result,
        answers=answers,
        lines=elsewhere.lines(incident, elsewhere.checks(incident, at), at),
        authority=authority(organisation().authority),
        status=status,
        stale=stale and answers.facts(incident.facts),
        changed=incident.decision is not None
        and incident.decision.assessment.facts != incident.facts,
    )
    return page, status


def _offered(incident: Incident, result: dict[str, Any]) -> dict[str, str | None]:
    """What stands in the decision before anybody chooses: the last decision, else the result.

    A "no" that an open answer could still turn is not offered: whom not to tell is chosen.
    """
    made, offered = incident.decision, {}
    for who in ("authority", "subjects"):
        duty, certain = result[who]["duty"], result[who]["certain"]
        told = getattr(made, who) if made else duty if duty or certain else None
        offered[who] = {True: "yes", False: "no", None: None}[told]
    return offered


def _duty(ref: str, duty_id: int) -> Duty:
    duty = db.session.get(Duty, whole_number(str(duty_id)) or 0)
    return duty if duty and duty.incident.reference == ref else abort(404)


@bp.route("/incidents/<ref>/duties/<int:duty_id>/met", methods=["GET", "POST"])
@controller
def duty_met(ref: str, duty_id: int) -> Page:
    """Say that the authority, or the people, were told: when, and the proof of it."""
    duty, form = _duty(ref, duty_id), MetForm()
    if form.validate_on_submit() and form.at.data:
        try:
            duties.meet(
                duty, form.at.data, form.proof.data, current_user, now(), late=form.late.data
            )
        except Refused as refusal:
            db.session.rollback()
            form.form_errors = [refusal.message]
        else:
            db.session.commit()
            flash(_("Written down. This duty is met."), "ok")
            return redirect(url_for(".decision", ref=ref, _anchor="duties"))
    return _duty_page("incidents/duty_met.html", duty, form)


@bp.route("/incidents/<ref>/duties/<int:duty_id>/withdrawn", methods=["GET", "POST"])
@controller
def duty_withdrawn(ref: str, duty_id: int) -> Page:
    """Let a duty fall away, with the reason."""
    duty, form = _duty(ref, duty_id), WithdrawForm()
    if form.validate_on_submit():
        try:
            duties.withdraw(duty, form.reason.data, current_user, now())
        except Refused as refusal:
            db.session.rollback()
            form.form_errors = [refusal.message]
        else:
            db.session.commit()
            flash(_("Written down, with your reason."), "ok")
            return redirect(url_for(".decision", ref=ref, _anchor="duties"))
    return _duty_page("incidents/duty_withdrawn.html", duty, form)


def _duty_page(template: str, duty: Duty, form: MetForm | WithdrawForm) -> tuple[str, int]:
    at = now()
    page = render_template(
        template,
        duty=duty,
        incident=duty.incident,
        face=clockface.face(duty.incident, at, "small"),
        form=form,
        late=duty.due_at is not None and duty.due_at < at,
    )
    return page, 400 if form.errors else 200
