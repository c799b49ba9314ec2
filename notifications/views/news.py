"""What the reporters of a case hear of it: read, changed, withheld or sent before its hour."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug import Response

from incidents import story
from incidents.accounts import staff
from incidents.actions import news as acts
from incidents.db import db, now
from incidents.models import Incident
from incidents.refusal import Refused
from incidents.views.cases import find
from incidents.views.reports import LANGUAGE_NAMES
from incidents.wording import Told
from incidents.workflow import N_
from notifications import news
from notifications.forms.answers import NewsForm
from notifications.views import bp

story.tell(
    {
        "report.messages_read": Told("note", N_("What came in about report %(report)s was read")),
        "report.named": Told("report", N_("The reporter of %(report)s gave a name or an address")),
        "report.receipt_renewed": Told("note", N_("The code of report %(report)s was replaced")),
        "news.changed": Told(
            "message", N_("What the reporters hear was put into words"), ("text",)
        ),
        "news.withheld": Told("note", N_("The reporters are not told of this")),
    }
)
KINDS = {"joined": N_("Their report was joined"), "closed": N_("The incident was closed")}


@bp.app_template_global()
def news_waiting(incident: Incident) -> list[Any]:
    """The news that has not gone yet, for the pages of the case."""
    return acts.waiting(incident)


def _groups(incident: Incident, tried: NewsForm | None = None) -> list[dict[str, Any]]:
    groups: dict[tuple[str, str], dict[str, Any]] = {}
    for row in acts.waiting(incident):
        key = row.kind, row.report.language
        group = groups.setdefault(
            key,
            {
                "kind": row.kind,
                "language": row.report.language,
                "title": _(KINDS[row.kind]),
                "in": _(LANGUAGE_NAMES.get(row.report.language, row.report.language)),
                "goes_at": row.goes_at,
                "reports": [],
                "form": NewsForm(formdata=None, text=row.text or news.words(row.kind, row)),
            },
        )
        group["reports"].append(row.report.reference)
        group["goes_at"] = min(group["goes_at"], row.goes_at)
    if tried is not None:
        asked = request.form.get("kind", ""), request.form.get("language", "")
        if asked in groups:
            groups[asked]["form"] = tried
    for number, group in enumerate(groups.values()):
        group["form"].text.id = f"text-{number}"
    return list(groups.values())


def _page(
    incident: Incident, status: int = 200, tried: NewsForm | None = None, problem: str | None = None
) -> tuple[str, int]:
    groups = _groups(incident, tried)
    page = "notifications/news.html"
    return render_template(page, incident=incident, groups=groups, problem=problem), status


@bp.route("/incidents/<ref>/reporters", methods=["GET", "POST"])
@staff
def reporters(ref: str) -> Response | tuple[str, int]:
    """The news that waits, with its words; each group can be changed, sent now, or withheld."""
    incident = find(ref)
    if request.method == "GET":
        return _page(incident)
    form, then = NewsForm(), request.form.get("then", "save")
    if then not in ("save", "send", "withhold"):
        abort(404)
    if not form.validate():
        return _page(incident, 422, form)
    try:
        count = acts.change(
            incident,
            request.form.get("kind", ""),
            request.form.get("language", ""),
            current_user,
            now(),
            text=form.text.data,
            withhold=then == "withhold",
            hurry=then == "send",
        )
    except Refused as refusal:
        db.session.rollback()
        return _page(find(ref), 409, form, refusal.message)
    db.session.commit()
    said = {
        "save": _(
            "These words are kept. They go at their hour. Reporters: %(count)s.", count=count
        ),
        "send": _("This is on its way. Reporters: %(count)s.", count=count),
        "withhold": _("Withheld: nobody hears of it. Reporters: %(count)s.", count=count),
    }
    flash(said[then], "ok")
    return redirect(url_for(".reporters", ref=ref))
