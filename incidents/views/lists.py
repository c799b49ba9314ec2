"""The list of incidents, by key: a page costs the same however many there are."""

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import pgettext
from flask_security import current_user
from sqlalchemy import select

from incidents import clockface, workflow
from incidents.accounts import staff
from incidents.db import db, now
from incidents.listing import KINDS, as_rows, filtered
from incidents.models import Incident
from incidents.views import bp
from incidents.views.cases import whole_number

PAGE = 50


@bp.route("/incidents")
@staff
def index() -> str:
    """Incidents, newest first: open, mine, closed or all; maybe of one stage only."""
    kind = request.args.get("show", "open")
    kind = kind if kind in KINDS else "open"
    stage = request.args.get("stage") or None
    stage = stage if stage in workflow.STAGES and kind in ("open", "mine") else None
    before = request.args.get("before", type=whole_number)
    query = filtered(as_rows(select(Incident)), kind, stage, current_user.id, before)
    rows = db.session.scalars(query.limit(PAGE + 1)).all()
    at = now()
    more = None
    if len(rows) > PAGE:
        more = url_for(".index", show=kind, stage=stage, before=rows[PAGE - 1].id)
    return render_template(
        "incidents/index.html",
        rows=[(one, clockface.face(one, at, "small")) for one in rows[:PAGE]],
        tabs_=_tabs(kind),
        kind=kind,
        stage=stage,
        stages_=[(name, _(workflow.STAGE_NAMES[name])) for name in workflow.STAGES[:-1]],
        stage_names=workflow.STAGE_NAMES,
        more=more,
        later=before is not None,
    )


def _tabs(kind: str) -> list[dict[str, object]]:
    words = {  # of several incidents: elsewhere these words name one thing, or are a verb
        "open": pgettext("incidents", "Open"),
        "mine": pgettext("incidents", "Mine"),
        "closed": pgettext("incidents", "Closed"),
        "all": pgettext("incidents", "All"),
    }
    return [
        {
            "label": words[one],
            "url": url_for(".index", show=one),
            "current": one == kind,
            "count": None,
        }
        for one in KINDS
    ]
