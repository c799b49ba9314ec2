"""What reporters hear without asking: that their report was joined to a case, that it was closed.

A piece of news waits an hour before it goes, so that staff can change its words or withhold it.
It is said once for each report, case and kind, whatever is joined, parted or opened again.
"""

from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from incidents.audit import record
from incidents.db import db
from incidents.intake import clean
from incidents.models import Incident, News, Receipt, Report, User
from incidents.refusal import Refused

WAITS = timedelta(hours=1)


def reachable(report: Report) -> bool:
    """Whether a reporter can hear from us at all: by an address, or by the code of a receipt."""
    if report.automatic or report.erased_at:
        return False
    own = select(Receipt.id).where(Receipt.report_id == report.id)
    return bool(report.contact) or db.session.scalar(own) is not None


def expect(report: Report, incident: Incident, kind: str, at: datetime) -> None:
    """Let a reporter hear in an hour that the report was `joined` or its case `closed`."""
    if not reachable(report):
        return
    row = _row(report, incident, kind)
    if row is None:
        row = News(report=report, incident=incident, kind=kind, made_at=at)
        db.session.add(row)
    elif row.state == "sent":
        return
    row.state, row.goes_at = "waiting", at + WAITS


def forget(report: Report, incident: Incident, kind: str) -> None:
    """What was undone within the hour is not told."""
    row = _row(report, incident, kind)
    if row is not None and row.state == "waiting":
        row.state = "withheld"


def closed(incident: Incident, at: datetime) -> None:
    """The case was closed: each of its reporters is to hear of it."""
    for report in incident.reports:
        expect(report, incident, "closed", at)


def reopened(incident: Incident) -> None:
    """The case is open again: nobody hears that it was closed."""
    for report in incident.reports:
        forget(report, incident, "closed")


def waiting(incident: Incident, kind: str | None = None, language: str | None = None) -> list[News]:
    """The news about a case that has not gone yet, of one kind and language where they are said."""
    rows = select(News).join(Report).where(News.incident_id == incident.id)
    rows = rows.where(News.state == "waiting").order_by(News.id)
    if kind is not None:
        rows = rows.where(News.kind == kind, Report.language == language)
    return list(db.session.scalars(rows))


def change(
    incident: Incident,
    kind: str,
    language: str,
    by: User,
    at: datetime,
    *,
    text: str | None = None,
    withhold: bool = False,
    hurry: bool = False,
) -> int:
    """Change the words of the news that waits, withhold it, or let it go now. Returns of how many.

    Raises Refused when nothing of it waits any more, or the words are none.
    """
    rows = waiting(incident, kind, language)
    if not rows:
        raise Refused(_("Nothing of this waits any more: it has gone, or was withheld."))
    words = clean(text, 20_000)
    if not withhold and not words:
        raise Refused(_("Write what the reporters should know, or withhold it."))
    for row in rows:
        if withhold:
            row.state = "withheld"
        else:
            row.text = words
            row.goes_at = at if hurry else row.goes_at
    record(
        "news.withheld" if withhold else "news.changed",
        by=by,
        at=at,
        incident=incident,
        kind=kind,
        language=language,
        count=len(rows),
        text=None if withhold else words,
    )
    return len(rows)


def _row(report: Report, incident: Incident, kind: str) -> News | None:
    mine = select(News).where(News.report_id == report.id, News.incident_id == incident.id)
    return db.session.scalar(mine.where(News.kind == kind))
