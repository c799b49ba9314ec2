"""The page of caught mails, and the quiet banner that says that nothing here is real."""

from pathlib import Path

from flask import Blueprint, Flask, abort, current_app, render_template, request, url_for

from incidents.accounts import staff
from notifications.demo.catcher import names, opened

bp = Blueprint("demo", __name__, url_prefix="/demo")
PAGE = 50


def init_app(app: Flask, folder: Path) -> None:
    """Add the pages to an app; `folder` holds the caught mails."""
    app.extensions["demo_mails"] = folder
    app.register_blueprint(bp)
    app.jinja_env.globals["demo"] = True


def _folder() -> Path:
    return current_app.extensions["demo_mails"]


@bp.route("/mails")
@staff
def mails() -> str:
    """What would have left, newest first."""
    found = names(_folder(), request.args.get("before"), PAGE + 1)
    rows = [row for name in found[:PAGE] if (row := opened(_folder(), name, whole=False))]
    more = url_for(".mails", before=found[PAGE - 1]) if len(found) > PAGE else None
    return render_template("notifications/demo_mails.html", rows=rows, more=more)


@bp.route("/mails/<name>")
@staff
def mail(name: str) -> str:
    """One caught mail: its envelope, its text, and the source of its HTML twin."""
    found = opened(_folder(), name)
    if found is None:
        abort(404)
    return render_template("notifications/demo_mail.html", mail=found)
