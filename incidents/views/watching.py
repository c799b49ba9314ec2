"""Who looks after what: assign, note, follow; and who else is looking."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy.orm.exc import StaleDataError
from werkzeug import Response

from incidents import story
from incidents.accounts import staff
from incidents.actions import watching
from incidents.db import db, now
from incidents.forms.cases import NoteForm
from incidents.forms.triage import AssignForm
from incidents.models import Incident, Report, User
from incidents.refusal import Refused
from incidents.views import bp, cases
from incidents.views.reports import find, others, page
from incidents.wording import Told
from incidents.workflow import N_

story.tell(
    {
        "report.assigned": Told(
            "note", N_("Report %(report)s: from %(before)s to %(after)s to see to")
        ),
        "report.noted": Told("note", N_("Note about report %(report)s"), ("text",)),
    }
)


@bp.route("/reports/<ref>/assign", methods=["POST"])
@staff
def assign(ref: str) -> Response | tuple[str, int]:
    """Say who sees to a report."""
    report = find(ref)
    form = AssignForm().offer(cases.people())
    number = form.assignee.data if form.validate() else 0
    to = db.session.get(User, number) if number else None
    if number and to is None:
        abort(400)
    try:
        watching.assign(report, to, current_user, now())
        db.session.commit()
    except Refused as no:
        db.session.rollback()
        return page(find(ref), 409, problem=no.message)
    except StaleDataError:
        db.session.rollback()
        return page(find(ref), 409, problem=_("Somebody was faster. Look who sees to it now."))
    name = (to.name or to.email) if to else ""
    flash(
        _("%(name)s sees to it now.", name=name) if to else _("Nobody sees to it any more."), "ok"
    )
    return redirect(url_for(".report_page", ref=ref))


@bp.route("/reports/<ref>/note", methods=["POST"])
@staff
def note_report(ref: str) -> Response | tuple[str, int]:
    """Write a note about a report, for colleagues only."""
    report = find(ref)
    form = NoteForm()
    if not form.validate():
        return page(report, 422, problem=_("The note was not kept: it is empty or too long."))
    named = watching.note(report, form.text.data, current_user, now())
    names = ", ".join(user.name or user.email for user in named)
    db.session.commit()
    flash(
        _("The note is kept. %(names)s will hear of it.", names=names)
        if names
        else _("The note is kept."),
        "ok",
    )
    return redirect(url_for(".report_page", ref=ref, _anchor="done"))


@bp.route("/reports/<ref>/follow", methods=["POST"])
@staff
def follow_report(ref: str) -> Response:
    """Hear of each change of a report, or no more."""
    _switch(find(ref))
    return redirect(url_for(".report_page", ref=ref))


@bp.route("/incidents/<ref>/follow", methods=["POST"])
@staff
def follow(ref: str) -> Response:
    """Hear of each change of an incident, or no more."""
    _switch(cases.find(ref))
    return redirect(url_for(".show", ref=ref))


def _switch(thing: Incident | Report) -> None:
    if request.form.get("stop"):
        watching.unfollow(thing, current_user)
        flash(_("You will hear no more of it."), "ok")
    else:
        watching.follow(thing, current_user, now())
        flash(_("You will hear of each change by mail."), "ok")
    db.session.commit()


@bp.route("/reports/<ref>/here", methods=["POST"])
@staff
def here(ref: str) -> str:
    """A sign that the report is still open in somebody's browser; answers who else is there."""
    report = find(ref)
    watching.look(report, current_user, now())
    page = render_template("incidents/_others.html", others=others(report), report=report)
    db.session.commit()
    return page


@bp.app_template_global()
def is_followed(thing: Incident | Report) -> bool:
    """Whether the reader follows an incident or a report."""
    return watching.following(thing, current_user) is not None
