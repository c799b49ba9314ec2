"""Who may do what; closed by default.

Every view says who may see it, by one of three decorators. A view that says nothing is refused
to everybody, and fails the test that walks the URL map.
"""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask, abort, current_app, flash, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_security import (
    RoleMixin,
    Security,
    SQLAlchemyUserDatastore,
    Totp,
    UserMixin,
    current_user,
    forms,
)
from werkzeug import Response

from incidents import qr, sessions
from incidents.db import db
from incidents.models import User
from incidents.passwords import Passwords

# The pages of Flask-Security and of Flask itself. Absent here = nobody.
LIBRARY_PAGES = {
    "static": "public",
    "security.login": "public",
    "security.logout": "public",
    "security.forgot_password": "public",
    "security.reset_password": "public",
    "security.two_factor_token_validation": "public",
    "security.two_factor_rescue": "public",
    "security.mf_recovery": "public",
    "security.change_password": "staff",
    "security.two_factor_setup": "staff",
    "security.two_factor_setup_validate": "staff",
    "security.mf_recovery_codes": "staff",
    "security.verify": "staff",
    "security.tf_select": "public",
}

type_of_view = Callable[..., Any]


def public(view: type_of_view) -> type_of_view:
    """Anyone, without account."""
    view.permission = "public"  # type: ignore[attr-defined]
    return view


def staff(view: type_of_view) -> type_of_view:
    """Everybody with an account: log and work incidents."""
    view.permission = "staff"  # type: ignore[attr-defined]
    return view


def controller(view: type_of_view) -> type_of_view:
    """The controller only: decide, approve, settings, accounts."""
    view.permission = "controller"  # type: ignore[attr-defined]
    return view


def permission_of(app: Flask, endpoint: str) -> str | None:
    """Who may use an endpoint: "public", "staff", "controller", or None for nobody."""
    view = app.view_functions.get(endpoint)
    return getattr(view, "permission", None) or LIBRARY_PAGES.get(endpoint)


def _guard() -> Response | None:
    """Before each request: refuse whoever may not, say so to a person who may log in."""
    if request.endpoint is None:
        return None  # no such page: 404 for everybody
    needed = permission_of(current_app, request.endpoint)
    if needed == "public":
        return None
    if needed is None:
        abort(403)
    if not current_user.is_authenticated:
        if request.method != "GET":
            abort(401)  # the error page gives back what was typed
        why = _("To protect what is kept here, your session ended by itself. Log in to go on.")
        flash(why if sessions.ended() else _("Please log in to see this page."), "info")
        return redirect(url_for("security.login", next=request.full_path.rstrip("?")))
    if needed == "controller" and not current_user.is_controller:
        abort(403)
    return None


class LoginForm(forms.LoginForm):
    """Without "remember me": a session ends, on every device."""

    remember = None


class OnceTotp(Totp):
    """Codes of the second factor, each good once (OWASP ASVS 6.5.1)."""

    def get_last_counter(self, user: UserMixin) -> int | None:
        assert isinstance(user, User)
        return user.tf_last_counter

    def set_last_counter(self, user: UserMixin, tmatch: Any) -> None:
        assert isinstance(user, User)
        user.tf_last_counter = tmatch.counter
        db.session.commit()


def _begun() -> dict[str, Any]:
    """The second factor that somebody has begun to set up: picture, key, and what signs both.

    It stays the same after a wrong code, until a code was right or the person gives it up; the
    session it is kept in may be somebody else's by then.
    """
    if "leave" in request.args:
        session.pop("tf_for", None)
    elif request.method == "POST" and session.get("tf_state") == "validating_profile":
        session["tf_for"] = current_user.fs_uniquifier
    secret = session.get("tf_totp_secret")
    if not secret or session.get("tf_for") != current_user.fs_uniquifier:
        return {"begun": None}
    security = current_app.extensions["security"]
    shown = security.totp_factory.fetch_setup_values(secret, current_user)
    state = {"totp_secret": secret, "method": "authenticator", "phone": None}
    token = security.tf_setup_serializer.dumps(state)
    picture = qr.svg(shown["uri"], _("Picture of the key, for the authenticator app"))
    return {"begun": {"picture": picture, "key": shown["key"], "uri": shown["uri"], "token": token}}


def init_app(app: Flask, mail_util: type | None = None) -> None:
    """Flask-Security with our users, and the guard in front of every request."""
    app.config.from_mapping(
        SECURITY_PASSWORD_HASH="argon2",
        SECURITY_PASSWORD_SINGLE_HASH=["argon2"],
        SECURITY_PASSWORD_SALT=app.config["SECRET_KEY"],
        SECURITY_PASSWORD_LENGTH_MIN=12,
        SECURITY_PASSWORD_NORMALIZE_FORM="NFKC",
        SECURITY_JOIN_USER_ROLES=False,  # a role is a column here, not a table
        SECURITY_RECOVERABLE=True,
        SECURITY_RESET_PASSWORD_WITHIN=timedelta(minutes=60),
        SECURITY_CHANGEABLE=True,
        SECURITY_TWO_FACTOR=True,
        SECURITY_TWO_FACTOR_ENABLED_METHODS=["authenticator"],
        SECURITY_TWO_FACTOR_ALWAYS_VALIDATE=True,
        SECURITY_MULTI_FACTOR_RECOVERY_CODES=True,
        SECURITY_TOTP_SECRETS={"1": app.config["SECRET_KEY"]},
        SECURITY_TOTP_ISSUER="Tocsin",
        SECURITY_RETURN_GENERIC_RESPONSES=True,
        SECURITY_POST_LOGIN_VIEW="/",
        SECURITY_POST_LOGOUT_VIEW="/",
        SECURITY_REDIRECT_VALIDATE_MODE=["absolute", "regex"],
        SECURITY_CSRF_IGNORE_UNAUTH_ENDPOINTS=False,
        SECURITY_EMAIL_SENDER="",
        SECURITY_EMAIL_VALIDATOR_ARGS={"check_deliverability": False},
        # Its own French is called fr_FR, which a page in "fr" never finds.
        SECURITY_I18N_DIRNAME=[str(Path(app.root_path, "translations"))],
    )
    datastore = SQLAlchemyUserDatastore(db, User, RoleMixin)
    options: dict[str, Any] = {"mail_util_cls": mail_util} if mail_util else {}
    options |= {"totp_cls": OnceTotp, "login_form": LoginForm, "password_util_cls": Passwords}
    Security(app, datastore, **options).tf_setup_context_processor(_begun)
    app.before_request(_guard)


def session_language() -> str | None:
    """The language this reader chose: of the account, or of this browser."""
    if current_user and current_user.is_authenticated and current_user.language:
        return current_user.language
    return session.get("language")
