"""The front door: anyone may report, without account and without script."""

from typing import Any

from flask import redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import refresh
from sqlalchemy.exc import IntegrityError
from werkzeug import Response

from incidents.accounts import public
from incidents.actions import held as holding
from incidents.actions import reports as acts
from incidents.db import db, now
from incidents.errors import comes_back
from incidents.forms.report import ReportForm
from incidents.pages import LANGUAGES
from incidents.throttle import admit
from incidents.uploads import left_out
from incidents.views import bp


def _again(status: int) -> Any:
    """The form with all that was typed, after it was refused as a whole."""
    words = {
        400: (
            _("Please send it once more"),
            _(
                "The page had been open for too long, or your browser keeps no cookies for it. "
                "Your text is still here. If this message comes again, allow cookies for this "
                "page or write to us instead."
            ),
        ),
        413: (
            _("That was too large to take"),
            _("We have not received your report yet. Send it without the files."),
        ),
        429: (
            _("We have NOT received your report"),
            _(
                "Very many reports came from your network in a short time. Your text is still "
                "here: wait ten minutes and send it again, or write to us instead."
            ),
        ),
        503: (
            _("We have NOT received your report"),
            _(
                "We cannot store anything at the moment. Your text is still here: try again in a "
                "few minutes, or write to us instead."
            ),
        ),
    }
    return _page(ReportForm(), status, words[status])


def _page(
    form: ReportForm, status: int = 200, refusal: tuple[str, str] | None = None
) -> tuple[str, int]:
    """The form. Files that came with it are kept for the next try, unless storing is in doubt."""
    kept: list[Any] = []
    forgot = form.lost_files() and status in (429, 503)
    if request.method == "POST" and status not in (429, 503):
        unwanted = [
            file
            for file in holding.held(form.form_key)
            if file.uid not in request.form.getlist("kept")
        ]
        holding.release(unwanted)
        holding.hold(form.form_key, form.uploads(), now())
        kept = [
            {"uid": file.uid, "name": file.filename, "size": file.blob.size}
            for file in holding.held(form.form_key)
        ]
        db.session.commit()
    html = render_template(
        "incidents/report.html", form=form, refusal=refusal, kept=kept, forgot=forgot
    )
    return html, status


@bp.route("/report", methods=["GET", "POST"])
@public
@comes_back(_again)
def report() -> Response | tuple[str, int]:
    """Take a report from anyone; no account needed."""
    form = ReportForm()
    if request.method != "POST":
        return _page(form)
    admit()
    if choice := request.form.get("choose"):
        _choose(choice)
        return _page(ReportForm())
    if not form.validate():
        return _page(form, 413 if left_out() else 422)
    draft = form.draft()
    try:
        told = acts.receive_form(draft, now())
    except IntegrityError:  # the same form, pressed twice: the other one was first
        db.session.rollback()
        told = acts.receive_form(draft, now())
    reference = told.reference
    db.session.commit()
    session["receipt"] = {"reference": reference, "answer": bool(draft.contact)}
    return redirect(url_for(".thanks"))


def _choose(choice: str) -> None:
    """Another language or other colours, chosen in mid-form: what was typed stays."""
    if choice in LANGUAGES:
        session["language"] = choice
        refresh()
    elif choice in ("system", "light", "dark"):
        session["theme"] = None if choice == "system" else choice


@bp.route("/report/thanks")
@public
def thanks() -> Response | str:
    """The receipt of the report this browser sent last."""
    receipt = session.get("receipt")
    if not receipt:
        return redirect(url_for(".report"))
    return render_template("incidents/thanks.html", receipt=receipt)
