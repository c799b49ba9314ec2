"""Settings of mail: how the two servers are reached, and what they really answer."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug import Response

from incidents.accounts import controller
from incidents.db import db, now
from incidents.forms.sides import differences
from incidents.refusal import Refused, Stale
from incidents.views.accounts import setup_steps
from notifications import junk, servers
from notifications.forms.servers import IncomingForm, OutgoingForm, ServerForm
from notifications.servers import Step
from notifications.views import bp

Answer = str | Response | tuple[str, int]
test = Callable[[Mapping[str, Any]], list[Step]]


@bp.route("/settings/mail/outgoing", methods=["GET", "POST"])
@controller
def outgoing() -> Answer:
    """The server that takes our mail."""
    return _settings(OutgoingForm, servers.test_outgoing)


@bp.route("/settings/mail/incoming", methods=["GET", "POST"])
@controller
def incoming() -> Answer:
    """The mailbox that people write to."""
    return _settings(IncomingForm, servers.test_incoming)


def _settings(kind: type[ServerForm], test: test) -> Answer:
    form = kind.of(servers.row(kind.direction))
    if not form.validate_on_submit():
        return _page(form, 422 if form.is_submitted() else 200)
    try:
        server = servers.save(kind.direction, form.values(), current_user, now())
    except Stale as stale:
        db.session.rollback()
        fresh = kind.of(servers.row(kind.direction), formdata=None)
        form.version.data = fresh.version.data
        form.form_errors = [stale.message]
        return _page(form, 409, sides=differences(form, fresh))
    except Refused as refusal:
        db.session.rollback()
        form.form_errors = [refusal.message]
        return _page(form, 409)
    values = {**form.values(), "password": server.password}
    db.session.commit()  # before the network: nobody waits for the database meanwhile
    if "test" not in request.form or not values["host"]:
        if "test" in request.form:
            flash(_("Saved. No server is named, so there was nothing to test."), "ok")
        else:
            flash(_("Saved."), "ok")
        wizard = setup_steps(request.endpoint or "")
        return redirect(wizard["next"] if wizard else url_for("accounts.settings"))
    steps = test(values)
    ok = all(step.ok for step in steps)
    servers.answered(kind.direction, ok, steps[-1].answer, now())
    db.session.commit()
    return _page(kind.of(servers.row(kind.direction), formdata=None), 200, steps=steps)


def _page(form: ServerForm, status: int, **more: Any) -> tuple[str, int]:
    name = {"out": "outgoing", "in": "incoming"}[form.direction]
    server = servers.row(form.direction)
    page = render_template(
        f"notifications/{name}.html",
        form=form,
        server=server,
        has_password=bool(server and server.password_sealed),
        junk_rules=junk.RULES,
        **more,
    )
    return page, status
