"""What every page shares: language, time zone, dates in words, navigation, headers."""

import re
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.units import format_unit
from flask import Flask, Response, g, has_request_context, request, session, url_for
from flask_babel import Babel, format_date, format_datetime, get_locale, get_translations
from flask_babel import gettext as _
from flask_security import current_user
from jinja2 import pass_context
from jinja2.runtime import Context

from incidents.accounts import session_language
from incidents.citations import cite
from incidents.db import db
from incidents.models import Organisation

LANGUAGES = ("en", "fr")
SIZES = (("megabyte", 1_000_000), ("kilobyte", 1_000), ("byte", 1))

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def organisation() -> Organisation:
    """The organisation served; read once a request. An empty one before the set-up."""
    if has_request_context() and "organisation" in g:
        return g.organisation
    row = db.session.get(Organisation, 1) or Organisation(
        name="",
        controller="",
        contact="",
        authority="FR",
        languages=["en", "fr"],
        language="en",
        time_zone="Europe/Paris",
        retention_months=60,
        list_days=30,
        set_up=False,
        postal_address="",
        website="",
    )
    if has_request_context():
        g.organisation = row
    return row


def language() -> str:
    """The language of this page: chosen, else the browser's, else the organisation's."""
    if not has_request_context():
        return own_language()
    accepted = request.accept_languages.best_match(LANGUAGES)
    return session_language() or accepted or own_language()


def own_language() -> str:
    """The organisation's language, where pages and their mails know it; else English. Letters to
    people are written in more languages than pages are."""
    own = organisation().language
    return own if own in LANGUAGES else LANGUAGES[0]


def zone() -> ZoneInfo:
    """The zone in which people read times here."""
    return ZoneInfo(organisation().time_zone)


def moment(value: datetime | None, style: str = "full") -> str:
    """A moment in the reader's language and the organisation's zone, with the zone's offset.

    `style`: "full" (Monday, 23 November 2026, 10:00 (UTC+01:00)), or "short".
    """
    if value is None:
        return "–"
    local = value.astimezone(zone())
    offset = local.strftime("%z")
    if style == "short":
        return format_datetime(value, "d MMM y, HH:mm")
    words = format_datetime(value, "EEEE d MMMM y, HH:mm")
    return f"{words} (UTC{offset[:3]}:{offset[3:]})"


def day(value: date | datetime | None) -> str:
    """A date in the reader's language."""
    if value is None:
        return "–"
    if isinstance(value, datetime):
        return format_datetime(value, "d MMMM y")
    return format_date(value, "d MMMM y")


def size(count: int) -> str:
    """A number of bytes in the reader's language: 446 bytes, 12.5 kB, 3 MB; in French o, ko, Mo."""
    unit, step = next(((u, n) for u, n in SIZES if count >= n), SIZES[-1])
    if unit == "byte" and get_locale().language == "en":
        return f"{count} {'byte' if count == 1 else 'bytes'}"  # the short form has no plural
    return format_unit(
        count / step, f"digital-{unit}", "short", format="#,##0.#", locale=get_locale()
    )


@pass_context
def _cited(_context: Context, rule: str | None) -> str:
    """`cite` for templates. It asks for the context, or Jinja would work out a constant once, in
    the language of whoever came first, and keep it for every reader."""
    return cite(rule)


def nav_items() -> list[dict[str, Any]]:
    """The staff navigation: label, url, current."""
    rows = [
        (_("Today"), "incidents.home"),
        (_("Reports"), "incidents.reports"),
        (_("Incidents"), "incidents.index"),
        (_("Register"), "incidents.register"),
    ]
    if current_user.is_controller:
        rows.append((_("Settings"), "accounts.settings"))
    rows.append((_("My account"), "accounts.account"))
    path = request.path
    return [
        {
            "label": label,
            "url": url_for(endpoint),
            "current": path == url_for(endpoint)
            or (endpoint != "incidents.home" and path.startswith(url_for(endpoint) + "/")),
            "count": None,
        }
        for label, endpoint in rows
    ]


# "e-mail", and a verb with its pronoun: est-elle, a-t-il, décidez-en.
_HYPHEN = re.compile(
    r"(?<=\b[eE])-(?=mail)|(?<=\w)-(?=(?:t-)?(?:ils?|elles?|on|ce|je|nous|vous|moi|en|les?|la)\b)"
)


def _unbroken(words: object) -> str:
    """Words of a page with hyphens that no line ends at. Files and mails keep the plain one."""
    return _HYPHEN.sub("\u2011", str(words)) if str(get_locale()) == "fr" else str(words)


def _headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint != "static":  # libraries say less, and one says it misspelt
        response.headers["Cache-Control"] = "no-store"
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response


def init_app(app: Flask) -> None:
    """Give the templates their words, and every response its headers."""
    app.config.setdefault("BABEL_TRANSLATION_DIRECTORIES", "translations")
    Babel(app, locale_selector=language, timezone_selector=lambda: organisation().time_zone)
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda one: _unbroken(get_translations().ugettext(one)),
        ngettext=lambda one, many, n: _unbroken(get_translations().ungettext(one, many, n)),
        newstyle=True,
    )
    app.add_template_filter(moment, "moment")
    app.add_template_filter(lambda value: moment(value, "short"), "moment_short")
    app.add_template_filter(day, "day")
    app.add_template_filter(_cited, "cite")
    app.add_template_filter(_unbroken, "unbroken")
    app.add_template_filter(size, "filesizeformat")  # Jinja's own knows English only
    app.after_request(_headers)

    @app.context_processor
    def shared() -> dict[str, Any]:
        return {
            "organisation": organisation(),
            "locale": str(get_locale()),
            "theme": session.get("theme"),
            "nav_items": nav_items,
        }
