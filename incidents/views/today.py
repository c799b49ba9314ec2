"""The first page: for a stranger how to report, for staff what to do next, by when and why."""

from datetime import datetime
from typing import Any

from flask import current_app, render_template
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_security import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from incidents import clockface, signposts
from incidents.accounts import public
from incidents.db import db, now
from incidents.forms.moment import today
from incidents.listing import as_rows, filtered
from incidents.models import AuthorityLetter, Duty, Incident, Measure, Report
from incidents.models.notification import ASKING
from incidents.views import bp

CLOCKS = 20
FEW = 5
MANY = 50  # more than this is said as "50+": nothing is counted to the end


@bp.route("/")
@public
def home() -> str:
    """Today's board, or, for a stranger, the way to report."""
    if not current_user.is_authenticated:
        return render_template("incidents/welcome.html")
    at = now()
    running = db.session.scalars(
        as_rows(select(Incident))
        .where(Incident.next_due_at.is_not(None))
        .order_by(Incident.next_due_at, Incident.id)
        .limit(CLOCKS + 1)
    ).all()
    unaware = db.session.scalars(
        as_rows(select(Incident))
        .where(Incident.aware_at.is_(None), Incident.closed_at.is_(None))
        .order_by(Incident.id)
        .limit(FEW + 1)
    ).all()
    first = running[0] if running else unaware[0] if unaware else None
    rest = [one for one in [*running[:CLOCKS], *unaware[:FEW]] if one is not first]
    return render_template(
        "incidents/home.html",
        heading=_heading(first),
        first=_row(first, at, "large") if first else None,
        rest=[_row(one, at, "small") for one in rest],
        more=len(running) > CLOCKS or len(unaware) > FEW,
        late=sum(1 for one in running if one.next_due_at and one.next_due_at < at),
        mine=_mine(at),
        to_approve=current_app.extensions.get("to_approve", lambda _by: [])(current_user),
        **_waiting(),
    )


def _heading(first: Incident | None) -> str:
    step = signposts.next_step(first) if first else None
    return step["text"] if step else _("No clock is running")


def _row(incident: Incident, at: Any, size: str) -> dict[str, Any]:
    return {
        "incident": incident,
        "face": clockface.face(incident, at, size),
        "step": signposts.next_step(incident),
    }


def _mine(at: datetime) -> list[dict[str, Any]]:
    """What the reader owns and no clock or duty brings up: open until somebody finishes it."""
    still = as_rows(select(Incident)).where(
        Incident.aware_at.is_not(None), Incident.next_due_at.is_(None)
    )
    rows = db.session.scalars(filtered(still, "mine", None, current_user.id, None).limit(FEW)).all()
    return [
        {"incident": one, "face": clockface.face(one, at, "small")}
        for one in rows
        if not any(duty.is_open for duty in one.duties)
    ]


def _waiting() -> dict[str, Any]:
    """What waits beside the clocks: reports to read, people to tell, measures overdue."""
    numbers = db.session.scalars(
        select(Report.id).where(Report.state == "new").order_by(Report.id.desc()).limit(MANY + 1)
    ).all()
    reports = db.session.scalars(
        select(Report).where(Report.id.in_(numbers[:FEW])).order_by(Report.id.desc())
    ).all()
    people = db.session.scalars(
        select(Duty)
        .where(Duty.kind == "subjects", Duty.met_at.is_(None), Duty.withdrawn_at.is_(None))
        .order_by(Duty.id)
        .options(joinedload(Duty.incident))
        .limit(FEW + 1)
    ).all()
    overdue = db.session.scalars(
        select(Measure)
        .where(Measure.done_on.is_(None), Measure.due_on < today(), Measure.dropped.is_(False))
        .order_by(Measure.due_on, Measure.id)
        .options(joinedload(Measure.incident), joinedload(Measure.owner))
        .limit(FEW + 1)
    ).all()
    asked = db.session.scalars(
        select(AuthorityLetter)
        .where(AuthorityLetter.answered_on.is_(None), AuthorityLetter.kind.in_(ASKING))
        .order_by(AuthorityLetter.due_on.is_(None), AuthorityLetter.due_on, AuthorityLetter.id)
        .options(joinedload(AuthorityLetter.incident))
        .limit(FEW + 1)
    ).all()
    return {
        "asked": asked[:FEW],
        "asked_more": len(asked) > FEW,
        "today": today(),
        "reports": reports,
        "reports_waiting": _some(len(numbers)),
        "people": people[:FEW],
        "people_more": len(people) > FEW,
        "overdue": overdue[:FEW],
        "overdue_more": len(overdue) > FEW,
    }


def _some(count: int) -> str:
    """How many reports wait, in words; empty for none."""
    if count > MANY:
        return _("More than %(n)s reports wait to be read", n=MANY)
    words = ngettext("%(num)s report waits to be read", "%(num)s reports wait to be read", count)
    return words if count else ""
