"""Pages of refusal: what was refused, why, what to do now. What was typed comes back with them."""

import errno
import secrets
import traceback
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, current_app, g, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import AnonymousUserMixin
from flask_security import current_user
from markupsafe import Markup
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, SecurityError, TooManyRequests

from incidents.accounts import permission_of
from incidents.db import db
from incidents.models import Organisation
from incidents.pages import organisation
from incidents.refusal import Refused, Stale
from incidents.typed import typed
from incidents.uploads import file_limit, left_out

PAGES = (400, 401, 403, 404, 405, 409, 413, 429, 500, 503)
# The machine cannot keep what was sent: no room, read-only, broken disk.
CANNOT_KEEP = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO}

type_of_view = Callable[..., Any]


def comes_back(show: Callable[[int], Any]) -> Callable[[type_of_view], type_of_view]:
    """Give a view the function that shows its form again with what was typed.

    `show(status)` is called when the view could not be reached or failed half-way: 400 (the
    form had expired), 413, 429, 503. It must not write when the status is 503.
    """

    def mark(view: type_of_view) -> type_of_view:
        view.comes_back = show  # type: ignore[attr-defined]
        return view

    return mark


def page(code: int, **words: Any) -> Response:
    """The page of an error: `words` are what templates/errors/error.html takes."""
    return _later(make_response(render_template("errors/error.html", code=code, **words), code))


def _later(answer: Response) -> Response:
    """Tell machines when to come back, too."""
    if answer.status_code in (429, 503):
        answer.headers["Retry-After"] = "600" if answer.status_code == 429 else "120"
    return answer


def _may() -> bool:
    """Whether this reader may see the form that was sent (the guard may not have run yet)."""
    needed = permission_of(current_app, request.endpoint or "")
    if needed == "public":
        return True
    if needed is None or not current_user.is_authenticated:
        return False
    return needed == "staff" or current_user.is_controller


def _again(code: int) -> Any:
    """The view's own form with what was typed, if the view has one and the reader may see it."""
    view = current_app.view_functions.get(request.endpoint or "")
    show = getattr(view, "comes_back", None)
    if not show or request.method != "POST" or not _may():
        return None
    try:
        return _later(make_response(show(code)))
    except TooManyRequests:  # its files found no room: the texts alone
        db.session.rollback()
        return _later(make_response(show(429)))


def _refused(error: HTTPException) -> Any:
    """400, 401, 413 and so on: the form again, or the page of that error with the texts."""
    code = error.code or 500
    db.session.rollback()
    if code == 400 and getattr(request, "unread", False):
        code = 413  # the key of the form was not read, like all of it
    if code == 400 and request.method == "POST" and request.endpoint and not _may():
        code = 401  # the session ended; the key of the form ended with it
    if code in (400, 413, 429) and (answer := _again(code)):
        return answer
    words: dict[str, Any] = dict(typed()) if code in (400, 401, 409, 413, 429) else {}
    if code == 401 and words:
        login = Markup('<a href="{}" target="_blank" rel="noopener">{}</a>').format(
            url_for("security.login"), _("Log in here, in a new window")
        )
        words["why"] = Markup("{} {}, {}").format(
            _("To protect what is kept here, a session ends by itself. Nothing was changed."),
            login,
            _("then come back to this page and send your text again."),
        )
        words["now"] = [_("Your text stands here as long as this page is open.")]
    if code == 413 and left_out():
        words["now"] = too_large_words()
        if "kept" in words:
            words["now"].append(
                _("Your text is kept above. Send it again without these files, or smaller ones.")
            )
    answer = page(code, **words)
    for name, value in error.get_headers():
        if name == "Allow":
            answer.headers[name] = value
    return answer


def too_large_words() -> list[str]:
    """One sentence for each thing that was not taken."""
    settings = current_app.config["SETTINGS"]
    limits = {"file": file_limit(), "request": settings.request_limit}
    sentences = {
        "file": _("“%(name)s” is larger than %(size)s MB, the most we can take in one file."),
        "request": _("With “%(name)s” the files are larger than %(size)s MB together."),
        "text": _("The text is longer than we can keep; its end was cut off."),
        "parts": _("The form had too many parts; the last ones were not read."),
        "disk": _("We have no room for “%(name)s” right now."),
        "whole": _(
            "All together was so large that we read nothing of it. The Back button of your "
            "browser may still bring your text."
        ),
    }
    return [
        sentences[left.why]
        % {"name": left.name[:100], "size": limits.get(left.why, 0) // (1024 * 1024)}
        for left in left_out()
    ]


def _refusal(error: Refused) -> Response:
    """An action refused and the view had no better place to say so."""
    db.session.rollback()
    if isinstance(error, Stale):
        return page(409, why=error.message, **typed(again=False))
    title = _("That was not done")
    return page(409, title=title, why=error.message, now=error.missing or None, **typed())


def _stale(error: StaleDataError) -> Response:
    """Two people saved at the same moment; the second is told."""
    db.session.rollback()
    return page(409, **typed(again=False))


def _wrong_name(error: SecurityError) -> Response:
    """Asked for under a name that is not ours: no page can be drawn, since no link can be made."""
    text = (
        "This site does not answer under this name. Use the address you were given.\n"
        "Whoever runs it sets its names by TOCSIN_URL and TOCSIN_HOSTS.\n"
    )
    return Response(text, 400, mimetype="text/plain")


def _failed(error: Exception) -> Any:
    """Anything unforeseen: a reference for the reader, the same in the log, no personal data."""
    if isinstance(error, HTTPException):
        return error  # one without a page of its own
    cannot_keep = isinstance(error, OperationalError | InterfaceError | PoolTimeout) or (
        isinstance(error, OSError) and error.errno in CANNOT_KEEP
    )
    if not cannot_keep and (current_app.testing or current_app.debug):
        raise error
    reference = secrets.token_hex(4)
    current_app.logger.error(
        "Failure %s: %s at %s\n%s", reference, _kind(error), request.endpoint, _where(error)
    )
    _rest()
    code = 503 if cannot_keep else 500
    try:
        if code == 503 and (answer := _again(503)):
            return answer
        return page(code, reference=reference, **typed())
    except Exception as second:
        current_app.logger.error("Failure %s: its page failed, too: %s", reference, _kind(second))
        bare = current_app.jinja_env.get_template("errors/bare.html")
        return make_response(bare.render(reference=reference, **typed()), code)


def _kind(error: BaseException) -> str:
    """The type of an error and of what caused it; never its message, which may quote people."""
    cause = error.orig if isinstance(error, SQLAlchemyError) and hasattr(error, "orig") else None
    cause = cause or error.__cause__
    name = f"{type(error).__module__}.{type(error).__qualname__}"
    return f"{name} (from {_kind(cause)})" if cause else name


def _where(error: BaseException) -> str:
    """The lines of code it passed through, without any value."""
    return "".join(traceback.format_tb(error.__traceback__))


def _rest() -> None:
    """From here on this request asks nothing of the database: it may be what failed."""
    try:
        db.session.rollback()
        _ = organisation().name, current_user.is_authenticated and current_user.language
    except Exception:
        g.organisation = Organisation(name="", contact="", language="en", time_zone="UTC")
        g._login_user = AnonymousUserMixin()


def init_app(app: Flask) -> None:
    """Register one handler for each error that has a page, and one for all the rest."""
    for code in PAGES:
        if code != 500:
            app.register_error_handler(code, _refused)
    app.register_error_handler(SecurityError, _wrong_name)
    app.register_error_handler(Refused, _refusal)
    app.register_error_handler(StaleDataError, _stale)
    app.register_error_handler(Exception, _failed)
