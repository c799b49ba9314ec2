"""The front door: anyone may report, without account and without script.

Nothing is sent before its answers were checked. Between the pages everything that was typed
travels in the page itself, and files wait here under the key of the form.
"""

from typing import Any
from urllib.parse import urlsplit

from flask import current_app, render_template, request, session
from flask_babel import gettext as _
from flask_babel import refresh
from flask_wtf.csrf import generate_csrf, validate_csrf
from werkzeug import Response
from wtforms import ValidationError

from incidents import receipts
from incidents.accounts import public
from incidents.actions import held as holding
from incidents.db import db
from incidents.errors import comes_back
from incidents.forms import keys
from incidents.forms.report import ReportForm
from incidents.forms.review import review
from incidents.pages import LANGUAGES
from incidents.throttle import admit, look
from incidents.uploads import left_out
from incidents.views import bp, waiting
from incidents.views.receipt import store

# What the pages send beside what was typed; all else goes along from page to page.
CONTROLS = ("csrf_token", "step", "change", "choose", "outside", "key", "kept", "page")


def _again(status: int) -> Any:
    """The form with all that was typed, after it was refused as a whole."""
    form = _form()
    many = _(
        "Very many reports came from your network in a short time. Your text is still "
        "here: wait ten minutes and send it again, or write to us instead."
    )
    if form.lost_files():
        many = _(
            "Very many reports or files came in a short time. Your text is still here: send it "
            "without the files and say that you have them, or write to us instead."
        )
    words = {
        400: (_("Please send it once more"), _("Your text is still here.")),
        413: (
            _("That was too large to take"),
            _("We have not received your report yet. Send it without the files."),
        ),
        429: (
            _("We have NOT received your report"),
            many,
        ),
        503: (
            _("We have NOT received your report"),
            _(
                "We cannot store anything at the moment. Your text is still here: try again in a "
                "few minutes, or write to us instead."
            ),
        ),
    }
    return _page(form, status, words[status])


def _form() -> ReportForm:
    # Whether the page was ours is asked when the report is sent, see `_ours`: no sooner, so that
    # a session that ended costs nobody more than one look.
    return ReportForm(meta={"csrf": False})


def _keep(form: ReportForm) -> list[dict[str, Any]]:
    """Hold the files that came, let go of those not wanted any more, and name what is held."""
    unwanted = [
        file
        for file in holding.held(form.form_key)
        if file.uid not in request.form.getlist("kept") and file.report_id is None
    ]
    holding.release(unwanted)
    waiting.hold(form)
    kept = [
        {"uid": file.uid, "name": file.filename, "size": file.blob.size}
        for file in holding.held(form.form_key)
    ]
    db.session.commit()
    return kept


def _page(
    form: ReportForm, status: int = 200, refusal: tuple[str, str] | None = None, at: str = ""
) -> tuple[str, int]:
    """The form. Files that came with it are kept for the next try, unless storing is in doubt.

    `at`: the question to begin at.
    """
    doubt = status in (429, 503)
    kept = _keep(form) if request.method == "POST" and not doubt else []
    html = render_template(
        "incidents/report.html",
        form=form,
        refusal=refusal,
        kept=kept,
        forgot=form.lost_files() and doubt,
        at=at,
        token=None if _foreign() else generate_csrf(),
    )
    return html, status


def _check(
    form: ReportForm, status: int = 200, refusal: tuple[str, str] | None = None
) -> tuple[str, int]:
    """All answers to be read once more, each with a way to change it; from here it is sent."""
    kept = _keep(form)
    along = [
        (name, value)
        for name, values in request.form.lists()
        if name not in CONTROLS
        for value in values
    ]
    # A post from another site brings no cookie, and an answer to it must set none: it would
    # replace the session of whoever is logged in. Such a page carries a mark of ours instead.
    foreign = _foreign()
    html = render_template(
        "incidents/check.html",
        form=form,
        rows=review(form, kept),
        kept=kept,
        along=along,
        refusal=refusal,
        token=None if foreign else generate_csrf(),
        outside=keys.outside(form.form_key) if foreign else None,
    )
    return html, status


def _foreign() -> bool:
    """Whether a page of another site sent this, as far as its browser says."""
    fetch_site = request.headers.get("Sec-Fetch-Site", "")
    origin = request.headers.get("Origin")
    if fetch_site in ("same-origin", "none"):
        return False
    if fetch_site:
        return True
    own = {urlsplit(current_app.config["SETTINGS"].url).netloc, request.host}
    return origin is not None and urlsplit(origin).netloc not in own


def _ours(form: ReportForm) -> bool:
    """Whether the report was sent from a page of ours that this browser was given."""
    if not current_app.config.get("WTF_CSRF_ENABLED", True):
        return True
    if _foreign():
        return False
    said = "Origin" in request.headers or "Sec-Fetch-Site" in request.headers
    if said and keys.from_outside(request.form.get("outside"), form.form_key):
        return True
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError:
        return False
    return True


@bp.route("/report", methods=["GET", "POST"])
@public
@comes_back(_again)
def report() -> Response | tuple[str, int]:
    """Take a report from anyone; no account needed."""
    if request.method != "POST":
        return _page(_form())
    step = request.form.get("step", "check")
    if choice := request.form.get("choose"):
        look()
        if not _foreign():
            _choose(choice)
        form = _form()
        return _check(form) if request.form.get("page") == "check" else _page(form)
    if request.form.get("change"):
        look()
        return _page(_form(), at=request.form["change"])
    if step == "send":
        admit()
        return _send()
    look()
    form = _form()
    if not form.validate():
        return _page(form, 413 if left_out() else 422)
    # Nothing is changed by it, so what cannot be told to be ours is shown all the same.
    return _check(form, 200 if _foreign() or _ours(form) else 400)


def _send() -> Response | tuple[str, int]:
    form = _form()
    # Before anything is asked of the database: this takes 25 ms, and SQLite has one writer.
    code_hash = receipts.hashed(receipts.make(form.secret))
    if not form.validate():
        return _page(form, 413 if left_out() else 422)
    if not _ours(form):
        words = _(
            "The page had been open for too long, or your browser keeps no cookies for it. Your "
            "text is still here: press the button once more. If this message comes again, allow "
            "cookies for this page or write to us instead."
        )
        return _check(form, 400, (_("Please send it once more"), words))
    return store(form, form.draft, code_hash)


def _choose(choice: str) -> None:
    """Another language or other colours, chosen in mid-form: what was typed stays."""
    if choice in LANGUAGES:
        session["language"] = choice
        refresh()
    elif choice in ("system", "light", "dark"):
        session["theme"] = None if choice == "system" else choice
