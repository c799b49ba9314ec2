"""The retention period kept: the words of a closed case are erased, the bare record stays.

What the policy promises: at the end of the retention period personal data is permanently deleted
or anonymised. What stays is without data subjects: reference, dates, stage, numbers, facts,
decision and due moments, and the chain of entries, whose hashes still prove what was done.
"""

from collections.abc import Callable
from datetime import date, datetime

from sqlalchemy import delete, select, update

from incidents.audit import record
from incidents.db import db
from incidents.law.retention import erase_from
from incidents.models import (
    Attachment,
    Blob,
    Entry,
    Incident,
    Message,
    News,
    Receipt,
    Report,
    User,
)
from incidents.seal import Sealed

# What other rooms do when a case is erased: they add a function of the incident here.
also: list[Callable[[Incident], None]] = []


def due(today: date, months: int, limit: int = 20) -> list[Incident]:
    """Closed incidents whose retention period has ended, the oldest first."""
    rows = db.session.scalars(
        select(Incident)
        .where(Incident.stage == "closed", Incident.erased_at.is_(None))
        .order_by(Incident.closed_at)
        .limit(limit)
    )
    return [row for row in rows if row.closed_at and _ended(row.closed_at, months, today)]


def set_aside_due(today: date, months: int, limit: int = 100) -> list[Report]:
    """Reports set aside whose retention period has ended since they came in."""
    rows = db.session.scalars(
        select(Report)
        .where(Report.state == "set_aside", Report.erased_at.is_(None))
        .order_by(Report.id)
        .limit(limit)
    )
    return [row for row in rows if _ended(row.received_at, months, today)]


def _ended(begin: datetime, months: int, today: date) -> bool:
    return erase_from(begin, months) <= today


def erase(incident: Incident, by: User | str, at: datetime) -> None:
    """Erase all words of a closed incident, of its reports, and of the entries about them."""
    for report in incident.reports:
        _erase_report(report, at)
    for row in (incident, *incident.measures, *incident.decisions, *incident.duties):
        _erase_words(row)
    for told in (*incident.notifications, *incident.authority_letters):
        _erase_words(told)
    for memo in filter(None, (decision.memo for decision in incident.decisions)):
        _empty(memo)
    for room in also:
        room(incident)
    _erase_details(Entry.incident_id == incident.id)
    incident.title = incident.reference
    incident.erased_at = at
    numbers = [report.id for report in incident.reports]  # by which the chain knows their entries
    record(
        "incident.erased",
        by=by,
        at=at,
        incident=incident,
        reports=len(numbers),
        erased_reports=numbers,
    )


def erase_report(report: Report, by: User | str, at: datetime) -> None:
    """Erase the words of a report that belongs to no incident."""
    _erase_report(report, at)
    record("report.erased", by=by, at=at, report=report)


def _erase_report(report: Report, at: datetime) -> None:
    _erase_words(report)
    # Nobody comes back to what is not there any more: its code becomes unknown.
    db.session.execute(delete(Receipt).where(Receipt.report_id == report.id))
    for news in db.session.scalars(select(News).where(News.report_id == report.id)):
        _erase_words(news)
        news.state = "withheld" if news.state == "waiting" else news.state
    report.contact_key, report.erased_at = None, at
    blobs = [report.raw]
    for message in db.session.scalars(select(Message).where(Message.report_id == report.id)):
        _erase_words(message)
        blobs.append(message.raw)
    files = select(Attachment).where(Attachment.report_id == report.id)
    for attachment in db.session.scalars(files):
        attachment.filename = "-"
        blobs.append(attachment.blob)
    for blob in filter(None, blobs):
        _empty(blob)
    _erase_details(Entry.report_id == report.id)


def _empty(blob: Blob) -> None:
    blob.content, blob.size = b"", 0


def _erase_words(row: object) -> None:
    """Clear every sealed attribute of a row; one that may not be empty says that it was erased."""
    columns = type(row).__table__.columns  # type: ignore[attr-defined]
    for name, attribute in vars(type(row)).items():
        if isinstance(attribute, Sealed):
            empty = None if columns[f"{name}_sealed"].nullable else "-"
            setattr(row, name, empty)


def _erase_details(where: object) -> None:
    db.session.flush()
    db.session.execute(update(Entry).where(where).values(detail_sealed=None))  # type: ignore[arg-type]
