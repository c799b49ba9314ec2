"""The queue of reports: filters with their counts, filters kept, several set aside at once."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_security import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug import Response

from incidents import clockface, queue
from incidents.accounts import staff
from incidents.actions import reports as acts
from incidents.actions import watching
from incidents.db import db, now
from incidents.forms.triage import ManyAsideForm, NameForm
from incidents.listing import as_rows
from incidents.models import Incident, Report, SavedFilter
from incidents.queue import Filter
from incidents.refusal import Refused
from incidents.views import bp
from incidents.workflow import N_

PAGE = 50
TABS = {
    "new": N_("New"),
    "joined": N_("Joined"),
    "set_aside": N_("Set aside"),
    "all": N_("All"),
}
# Groups of a filter, each with its answers; "" is everything.
GROUPS: dict[str, tuple[str, dict[str, str]]] = {
    "source": (
        N_("How it came"),
        {
            "web": N_("Form"),
            "mail": N_("E-mail"),
            "staff": N_("Logged by staff"),
            "processor": N_("Service provider"),
        },
    ),
    "age": (
        N_("How old"),
        {"day": N_("One day at most"), "week": N_("A week at most"), "older": N_("Older")},
    ),
    "who": (N_("Who sees to it"), {"me": N_("I do"), "nobody": N_("Nobody yet")}),
    "twice": (N_("Unusual"), {"yes": N_("Look twice")}),
}


@bp.route("/reports")
@staff
def reports() -> str:
    """The queue: newest first, fifty a page, by key."""
    asked = Filter.read(request.args)
    if request.args.get("show", asked.show) != asked.show:
        abort(404)
    at = now()
    query = asked.where(select(Report), current_user, at)
    before = request.args.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < 16:
        query = query.where(Report.id < int(before))
    query = query.options(joinedload(Report.assignee), joinedload(Report.processor))
    rows = list(db.session.scalars(query.order_by(Report.id.desc()).limit(PAGE + 1)))
    older = None
    if len(rows) > PAGE:
        older = url_for(".reports", **asked.asks(), before=rows[PAGE - 1].id)
    return render_template(
        "incidents/reports.html",
        reports=rows[:PAGE],
        show=asked.show,
        asked=asked,
        tabs=_tabs(asked),
        groups=_groups(asked, queue.counts(asked.show, current_user, at)),
        saved=_saved(asked),
        naming=NameForm(formdata=None),
        faces=_faces(rows[:PAGE]),
        older=older,
        now=at,
    )


def _tabs(asked: Filter) -> list[dict[str, Any]]:
    return [
        {
            "label": _(label),
            "url": url_for(".reports", **asked.asks(show=name)),
            "current": name == asked.show,
            "count": queue.capped(queue.few(name)),
        }
        for name, label in TABS.items()
    ]


def _groups(asked: Filter, counts: queue.Counts) -> list[dict[str, Any]]:
    """Each group of the filter with its answers: their counts, and where they lead."""
    groups = []
    for name, (title, answers) in GROUPS.items():
        chosen = getattr(asked, name)
        found = counts.twice if name == "twice" else None
        rows = [
            {
                "label": _(label),
                "count": found if found is not None else getattr(counts, name).get(key, 0),
                "current": key == chosen,
                # Pressed again, an answer is taken back.
                "url": url_for(".reports", **asked.asks(**{name: "" if key == chosen else key})),
            }
            for key, label in answers.items()
        ]
        if chosen or any(row["count"] for row in rows):
            groups.append({"title": _(title), "rows": rows, "cut": counts.cut})
    return groups


def _saved(asked: Filter) -> list[dict[str, Any]]:
    mine = select(SavedFilter).where(SavedFilter.user_id == current_user.id)
    return [
        {
            "name": row.name,
            "uid": row.uid,
            "url": url_for(".reports", **Filter.read(row.asks).asks()),
            "current": Filter.read(row.asks) == asked,
        }
        for row in db.session.scalars(mine.order_by(SavedFilter.name))
    ]


def _faces(reports: list[Report]) -> dict[int, tuple[Incident, Any]]:
    """The incidents that reports of a page belong to, each with its clock."""
    wanted = {report.incident_id for report in reports if report.incident_id}
    if not wanted:
        return {}
    rows = db.session.scalars(as_rows(select(Incident)).where(Incident.id.in_(wanted)))
    at = now()
    return {one.id: (one, clockface.face(one, at, "small")) for one in rows}


@bp.route("/reports/filters", methods=["POST"])
@staff
def keep_filter() -> Response:
    """Keep the present filter under a name."""
    form = NameForm()
    asked = Filter.read(request.form)
    try:
        watching.save_filter(form.name.data, asked.asks(), current_user)
        db.session.commit()
        flash(_("The filter is kept."), "ok")
    except Refused as no:
        db.session.rollback()
        flash(no.message, "problem")
    return redirect(url_for(".reports", **asked.asks()))


@bp.route("/reports/filters/<uid>/drop", methods=["POST"])
@staff
def drop_filter(uid: str) -> Response:
    """Forget a filter that was kept."""
    watching.drop_filter(uid, current_user)
    db.session.commit()
    flash(_("The filter is forgotten. No report was changed."), "ok")
    return redirect(url_for(".reports", **Filter.read(request.form).asks()))


def _chosen() -> list[Report]:
    """The reports whose boxes were ticked; a page of them at most."""
    refs = request.form.getlist("ref")[:PAGE]
    found = select(Report).where(Report.reference.in_(refs)).order_by(Report.id.desc())
    return list(db.session.scalars(found))


@bp.route("/reports/aside", methods=["POST"])
@staff
def aside_many() -> Response | tuple[str, int]:
    """Set several reports aside with one reason. What belongs to an incident is left alone, and
    shown before anything is done."""
    form = ManyAsideForm()
    chosen = _chosen()
    if not chosen:
        flash(_("Tick the reports first, then set them aside."), "info")
        return redirect(url_for(".reports"))
    attached = [report for report in chosen if report.incident_id is not None]
    waiting = [report for report in chosen if report.state == "new"]
    if not request.form.get("sure") or not form.validate_on_submit():
        status = 422 if request.form.get("sure") and waiting else 200
        page = render_template(
            "incidents/aside_many.html",
            form=form,
            waiting=waiting,
            attached=attached,
            rest=len(chosen) - len(attached) - len(waiting),
        )
        return page, status
    done = 0
    for report in waiting:
        acts.set_aside(report, form.reason.data, current_user, now())
        done += 1
    db.session.commit()
    flash(
        ngettext(
            "%(num)s report is set aside. It stays readable and can be taken back.",
            "%(num)s reports are set aside. They stay readable and can be taken back.",
            done,
        ),
        "ok",
    )
    return redirect(url_for(".reports"))
