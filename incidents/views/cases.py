"""An incident's own page, and what is done from it: open, move, note, hand over."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy import select
from werkzeug import Response

from incidents import answers, clockface, signposts, story, workflow
from incidents.accounts import staff
from incidents.actions import cases
from incidents.actions.reports import check_version
from incidents.db import db, now
from incidents.forms.cases import MoveForm, NoteForm, OpenForm, OwnerForm
from incidents.intake import clean
from incidents.models import Incident, Report, User
from incidents.refusal import Refused
from incidents.views import bp

Answer = str | Response | tuple[str, int]
REPORTS = 10


def find(ref: str) -> Incident:
    """The incident of a reference, held until the end of a request that may change it; or 404."""
    query = select(Incident).where(Incident.reference == ref)
    if request.method == "POST":
        query = query.with_for_update()
    return db.session.scalar(query) or abort(404)


def whole_number(text: str | None) -> int | None:
    """A version or a key as it was sent; None for anything but a number that a row can have."""
    if not isinstance(text, str):
        return None  # a form without the field has what it was filled with
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def people() -> list[User]:
    """Everybody who can own something: the accounts that are switched on."""
    query = select(User).where(User.active.is_(True)).order_by(User.name, User.id)
    return list(db.session.scalars(query))


@bp.app_context_processor
def _shared() -> dict[str, Any]:
    """For every page of an incident, in any room: its clock, strip and tabs (`_head.html`)."""
    return {
        "data_concerned": answers.data_concerned,
        "clock_face": lambda incident, size="large": clockface.face(incident, now(), size),
        "stage_strip": signposts.strip,
        "incident_tabs": signposts.tabs,
        "stage_names": workflow.STAGE_NAMES,
    }


@bp.route("/incidents/<ref>")
@staff
def show(ref: str) -> Answer:
    """The whole of an incident: where it stands, what to do next, its story."""
    return _page(find(ref))


def _page(
    incident: Incident,
    status: int = 200,
    refusal: Refused | None = None,
    lacking: list[dict[str, str]] | None = None,
) -> Answer:
    """The incident's page; after a refusal with what was typed, and what is missing."""
    items, older = story.page(incident, request.args.get("before", type=whole_number))
    query = select(Report).where(Report.incident_id == incident.id).order_by(Report.id.desc())
    after = request.args.get("reports", type=whole_number)
    if after is not None:
        query = query.where(Report.id < after)
    reports = list(db.session.scalars(query.limit(REPORTS + 1)))
    posted = request.endpoint if request.method == "POST" else None
    moving = MoveForm(request.form if posted == "incidents.move" else None, lesson=incident.lesson)
    moving.offer(incident.stage)
    moving.lesson.flags.required = True
    noting = NoteForm(request.form if posted == "incidents.note" else None)
    handing = OwnerForm(None, owner=incident.owner_id, version=incident.version)
    handing.offer(people())
    onward = workflow.next_stage(incident.stage)
    needs = workflow.blocking(incident, onward) if onward else []
    page = render_template(
        "incidents/show.html",
        incident=incident,
        face=clockface.face(incident, now()),
        step=signposts.next_step(incident),
        items=items,
        older=url_for(".show", ref=incident.reference, before=older, _anchor="story")
        if older
        else None,
        reports=reports[:REPORTS],
        more_reports=url_for(
            ".show", ref=incident.reference, reports=reports[REPORTS - 1].id, _anchor="reports"
        )
        if len(reports) > REPORTS
        else None,
        moving=moving,
        noting=noting,
        handing=handing,
        onward=onward,
        gaps=signposts.gaps(incident, [need for need in needs if need.key != "lesson"]),
        refusal=refusal,
        lacking=lacking or [],
    )
    return (page, status) if status != 200 else page


@bp.route("/incidents/new", methods=["GET", "POST"])
@staff
def new() -> Answer:
    """Open an incident without a report."""
    form = OpenForm()
    if form.validate_on_submit():
        at = now()
        opened = db.session.scalar(select(Incident).where(Incident.uid == form.row_uid))
        if opened is not None:  # the button was pressed twice
            return redirect(url_for(".show", ref=opened.reference))
        try:
            incident = cases.open_incident(form.title.data, current_user, at, uid=form.row_uid)
        except Refused as no:
            form.title.errors = [no.message]
            return render_template("incidents/new.html", form=form), 422
        words = {"summary": clean(form.summary.data), "noticed_at": form.noticed_at.data}
        cases.edit(
            incident, {name: value for name, value in words.items() if value}, current_user, at
        )
        db.session.commit()
        flash(_("%(ref)s is open. You own it.", ref=incident.reference), "ok")
        return redirect(url_for(".show", ref=incident.reference))
    return render_template("incidents/new.html", form=form), 422 if form.errors else 200


@bp.route("/incidents/<ref>/move", methods=["POST"])
@staff
def move(ref: str) -> Answer:
    """One stage on, or back with a reason. What is missing is listed, each with its link."""
    incident = find(ref)
    form = MoveForm()
    to = form.to.data or ""
    if to not in workflow.STAGES:
        abort(400)
    try:
        if to == "closed":
            cases.close(incident, form.lesson.data, current_user, now())
        else:
            cases.move(incident, to, current_user, now(), form.reason.data)
        db.session.commit()
    except Refused as no:
        db.session.rollback()
        incident = find(ref)
        needs = workflow.blocking(incident, to) if to in workflow.moves(incident.stage) else []
        given = to == "closed" and bool(clean(form.lesson.data))
        needs = [need for need in needs if not (given and need.key == "lesson")]
        return _page(incident, 409, no, signposts.gaps(incident, needs))
    if to == "closed":
        flash(_("%(ref)s is closed. It stays in the register.", ref=ref), "ok")
    else:
        flash(_("%(ref)s is now at: %(stage)s.", ref=ref, stage=_(workflow.STAGE_NAMES[to])), "ok")
    return redirect(url_for(".show", ref=ref))


@bp.route("/incidents/<ref>/note", methods=["POST"])
@staff
def note(ref: str) -> Answer:
    """Write a note into the story."""
    incident = find(ref)
    form = NoteForm()
    if not form.validate():
        return _page(incident, 422)
    try:
        cases.note(incident, form.text.data, current_user, now())
        db.session.commit()
    except Refused as no:
        db.session.rollback()
        return _page(find(ref), 422, no)
    flash(_("The note stands in the story."), "ok")
    return redirect(url_for(".show", ref=ref, _anchor="story"))


@bp.route("/incidents/<ref>/owner", methods=["POST"])
@staff
def owner(ref: str) -> Answer:
    """Give the incident to somebody else; refused when somebody was faster."""
    incident = find(ref)
    form = OwnerForm()
    form.offer(people())
    chosen = db.session.get(User, form.owner.data) if form.validate() else None
    try:
        if chosen is None:
            raise Refused(_("Choose somebody from the list."))
        check_version(incident, whole_number(form.version.data))
        cases.hand_over(incident, chosen, current_user, now())
        db.session.commit()
    except Refused as no:
        db.session.rollback()
        return _page(find(ref), 409, no)
    flash(_("Handed over to %(name)s.", name=chosen.name or chosen.email), "ok")
    return redirect(url_for(".show", ref=ref))
