"""Set-up, settings and accounts. The wizard is the settings pages in a row, each may be skipped."""

from typing import Any

from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import gettext as _
from flask_security import current_user, login_user
from sqlalchemy import select
from werkzeug import Response

from incidents import logins, pages
from incidents.accounts import controller, public, staff
from incidents.actions import organisation as acts
from incidents.actions import people as folk
from incidents.actions.reports import check_version
from incidents.audit import record
from incidents.db import db, now
from incidents.forms.accounts import (
    AccountForm,
    InviteForm,
    MyAccountForm,
    OrganisationForm,
)
from incidents.intake import one_line
from incidents.models import User
from incidents.pages import LANGUAGES
from incidents.refusal import Refused, Stale
from incidents.views.cases import whole_number

bp = Blueprint("accounts", __name__)
bp.record_once(lambda _state: logins.listen())

# The wizard: endpoint after endpoint, as it is walked.
STEPS = (
    "accounts.setup",
    "accounts.organisation",
    "accounts.processors",
    "notifications.outgoing",
    "notifications.incoming",
    "accounts.ready",
)


def setup_steps(endpoint: str) -> dict[str, Any] | None:
    """Where the wizard stands, for its steps: labels, the current one, the next page's address.

    None outside the wizard, which is any of these pages without `?setup=1`.
    """
    if endpoint != "accounts.setup" and not request.args.get("setup"):
        return None
    labels = (
        _("Your account"),
        _("Your organisation"),
        _("Service providers"),
        _("Outgoing mail"),
        _("Incoming mail"),
        _("Ready"),
    )
    at = STEPS.index(endpoint)
    after = STEPS[at + 1] if at + 1 < len(STEPS) else None
    return {
        "labels": labels,
        "current": at,
        "next": url_for(after, setup=1) if after else url_for("incidents.home"),
    }


@bp.app_context_processor
def _wizard() -> dict[str, Any]:
    return {"setup_steps": setup_steps}


def own_path(target: str | None) -> str:
    """A path of this site, or "/": never an address elsewhere."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return "/"
    return "/" if any(ord(c) < 32 for c in target) else target


@bp.route("/setup/<token>", methods=["GET", "POST"])
@public
def setup(token: str) -> Response | str | tuple[str, int]:
    """Make the account that a one-time link stands for, and go on with the set-up."""
    invited = folk.invitation(token, now())
    if invited is None:
        return render_template("accounts/used.html"), 410
    form = AccountForm()
    if form.validate_on_submit():
        try:
            user = folk.accept(token, form.name.data, form.email.data, form.password.data, now())
        except Refused as refusal:
            db.session.rollback()
            form.form_errors = [refusal.message]
        else:
            first = not acts.profile(pages.language()).set_up
            db.session.commit()
            login_user(user, authn_via=["password"])
            db.session.commit()
            return redirect(
                url_for("accounts.organisation", setup=1)
                if first and user.is_controller
                else url_for("incidents.home")
            )
    return render_template("accounts/setup.html", form=form, role=invited.role)


@bp.route("/settings")
@controller
def settings() -> str:
    """What can be set, and whether the parts outside answer."""
    checks = current_app.extensions["live_checks"]
    return render_template("accounts/settings.html", checks=checks())


@bp.route("/settings/organisation", methods=["GET", "POST"])
@controller
def organisation() -> Response | str | tuple[str, int]:
    """The organisation's profile."""
    row = acts.profile()
    form = OrganisationForm(obj=row)
    if form.validate_on_submit():
        try:
            check_version(row, request.form.get("version", type=int))
            acts.change({**form.changes(), "set_up": True}, current_user, now())
        except Stale as stale:
            db.session.rollback()
            form.form_errors = [stale.message]
            return _organisation(form, 409)
        db.session.commit()
        wizard = setup_steps("accounts.organisation")
        flash(_("Saved."), "ok")
        return redirect(wizard["next"] if wizard else url_for(".settings"))
    return _organisation(form, 200)


def _organisation(form: OrganisationForm, status: int) -> tuple[str, int]:
    row = acts.profile()
    return render_template("accounts/organisation.html", form=form, row=row, status=status), status


@bp.route("/settings/ready")
@controller
def ready() -> str:
    """The end of the set-up: what to do with it now."""
    return render_template("accounts/ready.html")


@bp.route("/settings/people")
@controller
def people() -> str:
    """Who has an account."""
    rows = db.session.scalars(select(User).order_by(User.active.desc(), User.id).limit(500)).all()
    return render_template("accounts/people.html", rows=rows, form=InviteForm())


@bp.route("/settings/people/invite", methods=["POST"])
@controller
def invite() -> Response | str:
    """Make a link for one new account. It is shown once, to be handed on."""
    form = InviteForm()
    if not form.validate_on_submit():
        return redirect(url_for(".people"))
    token = folk.invite(form.role.data, current_user, now())
    db.session.commit()
    link = current_app.config["SETTINGS"].url + url_for(".setup", token=token)
    return render_template("accounts/invited.html", link=link, role=form.role.data)


@bp.route("/settings/people/<int:user_id>", methods=["POST"])
@controller
def change_person(user_id: int) -> Response:
    """Close or open an account, or change its role."""
    user = db.session.get(User, whole_number(str(user_id)) or 0) or abort(404)
    what = request.form.get("what")
    try:
        if what in ("close", "open"):
            folk.set_active(user, what == "open", current_user, now())
        elif what in ("staff", "controller"):
            folk.set_role(user, what, current_user, now())
        db.session.commit()
        flash(_("Saved."), "ok")
    except Refused as refusal:
        db.session.rollback()
        flash(refusal.message, "problem")
    return redirect(url_for(".people"))


@bp.route("/account", methods=["GET", "POST"])
@staff
def account() -> Response | str:
    """One's own account: name, language, password, second factor."""
    form = MyAccountForm() if request.method == "POST" else MyAccountForm.of_current()
    if form.validate_on_submit():
        current_user.name = one_line(form.name.data) or current_user.name
        current_user.language = form.language.data or None
        current_user.digest = form.digest.data or current_user.digest
        record("account.changed", by=current_user, at=now(), account=current_user.id)
        db.session.commit()
        flash(_("Saved."), "ok")
        return redirect(url_for(".account"))
    return render_template("accounts/account.html", form=form)


@bp.route("/account/alive")
@staff
def alive() -> tuple[str, int]:
    """Somebody is typing, or sending a file: their session goes on (incidents/sessions.py)."""
    return "", 204


@bp.route("/language", methods=["POST"])
@public
def language() -> Response:
    """Remember the language this reader chose."""
    chosen = request.form.get("language")
    if chosen in LANGUAGES:
        session["language"] = chosen
        if current_user.is_authenticated and current_user.language:
            current_user.language = chosen
            db.session.commit()
    return redirect(own_path(request.form.get("next")))


@bp.route("/theme", methods=["POST"])
@public
def theme() -> Response:
    """Remember light, dark, or as the device has it."""
    chosen = request.form.get("theme")
    session["theme"] = chosen if chosen in ("light", "dark") else None
    return redirect(own_path(request.form.get("next")))


from incidents.views import processors  # noqa: E402, F401 - its pages are of this blueprint
