"""The door of a service provider: its own link, without account (GDPR Art. 33(2))."""

from typing import Any

from flask import abort, render_template, request
from flask_babel import gettext as _
from werkzeug import Response

from incidents import receipts
from incidents.accounts import public
from incidents.actions import processors
from incidents.errors import comes_back, page
from incidents.forms.provider import ProviderForm
from incidents.models import Processor
from incidents.throttle import admit
from incidents.uploads import left_out
from incidents.views import bp
from incidents.views.receipt import store


def _of(token: str) -> Processor:
    return processors.of_link(token) or abort(404)


def _again(status: int) -> Any:
    """The form with all that was typed, after it was refused as a whole."""
    words = {
        400: _("The page had been open for too long. Your text is still here: send it once more."),
        413: _("That was too large to take. Send it without the files."),
        429: _("Very many reports came in a short time. Wait ten minutes and send it again."),
        503: _("We cannot store anything at the moment. Try again in a few minutes."),
    }
    row = processors.of_link((request.view_args or {}).get("token", ""))
    return page(404) if row is None else _page(ProviderForm(), row, status, words[status])


def _page(
    form: ProviderForm, row: Processor, status: int = 200, problem: str | None = None
) -> tuple[str, int]:
    refusal = (_("We have NOT received your report"), problem) if problem else None
    shown = render_template(
        "incidents/provider.html",
        form=form,
        processor=row,
        refusal=refusal,
        forgot=form.lost_files(),
    )
    return shown, status


@bp.route("/report/from/<token>", methods=["GET", "POST"])
@public
@comes_back(_again)
def provider(token: str) -> Response | tuple[str, int]:
    """Take what a service provider tells us of a breach."""
    row, form = _of(token), ProviderForm()
    if request.method != "POST":
        return _page(form, row)
    admit()
    code_hash = receipts.hashed(receipts.make(form.secret))  # before it writes: see views/public.py
    if not form.validate():
        return _page(form, row, 413 if left_out() else 422)
    return store(form, lambda: form.draft_of(row), code_hash)
