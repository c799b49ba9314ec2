"""What the worker does for the case itself: what may not be kept any longer is erased."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from incidents.actions import erasure, held
from incidents.db import db, now
from incidents.models import Incident, Report
from incidents.pages import organisation
from notifications import tries
from notifications.channels import made
from notifications.jobs import periodic
from notifications.models import (
    ListImport,
    ListKey,
    MadeFile,
    Mail,
    Notice,
    NoticeText,
    PaperBatch,
)
from notifications.recipients import imports, purge

BATCH = 500
FORGOTTEN = timedelta(days=7)


@periodic(3600)
def sweep_held_files() -> int:
    """Erase the files of refused forms after a day. Returns how many."""
    swept = 0
    while batch := held.sweep(now()):
        db.session.commit()
        swept += batch
    db.session.commit()
    return swept


@periodic(3600)
def drop_forgotten_lists() -> int:
    """Forget files of people that nobody confirmed within a week: the list is a danger itself."""
    at = now()
    old = select(ListImport).where(
        ListImport.state.in_(("preview", "unreadable")), ListImport.at < at - FORGOTTEN
    )
    rows = db.session.scalars(old.limit(20)).all()
    for row in rows:
        imports.drop(row, "worker", at)
    db.session.commit()
    return len(rows)


@periodic(3600)
def purge_lists() -> int:
    """Purge the lists that nobody needs any more, one transaction each, and short ones before it.
    Returns how many."""
    at, days = now(), organisation().list_days
    keys = purge.due(at, days)
    db.session.commit()
    purged = 0
    for key in keys:
        for _part in purge.forget_answers(key):
            db.session.commit()
        if purge.still_due(key, at, days):
            purge.purge(key, "worker", at)
            purged += 1
        db.session.commit()
    return purged


@periodic(3600)
def keep_retention() -> int:
    """Erase what the retention period has ended for, a few at a time. Returns how many."""
    at, months = now(), organisation().retention_months
    cases = erasure.due(at.date(), months)
    for incident in cases:
        erasure.erase(incident, "worker", at)
        db.session.commit()
    reports = erasure.set_aside_due(at.date(), months)
    for report in reports:
        erase_mails(report)
        erasure.erase_report(report, "worker", at)
        db.session.commit()
    return len(cases) + len(reports)


def erase_letters(incident: Incident) -> None:
    """Erase who was written to about an incident, and in which words. The keyed hash of each
    address stays: it still answers whether this address was told, when, by which notice."""
    for report in incident.reports:
        erase_mails(report)
    for notice in db.session.scalars(select(Notice).where(Notice.incident_id == incident.id)):
        for text in _all(NoticeText, NoticeText.notice_id == notice.id):
            text.subject = text.body = "-"
        for mail in _all(Mail, Mail.notice_id == notice.id):
            _erase_mail(mail)
        if notice.people_seal() is not None:  # else it was done when the list was purged
            for _part in tries.forget_answers(notice.id):
                pass
        purge.erase(notice)
        purge.blank(notice)
    for key in _all(ListKey, ListKey.incident_id == incident.id):
        key.key, key.destroyed_at = None, key.destroyed_at or now()


def erase_files(notice: Notice) -> None:
    """Erase the files made of the people of a letter, for paper or as a proof."""
    for file in _all(MadeFile, MadeFile.notice_id == notice.id):
        made.drop(file)
    for batch in _all(PaperBatch, PaperBatch.notice_id == notice.id):
        batch.posted = None


def erase_mails(report: Report) -> None:
    """Erase the single mails sent about a report."""
    for mail in _all(Mail, Mail.report_id == report.id):
        _erase_mail(mail)


def _erase_mail(mail: Mail) -> None:
    mail.to, mail.content, mail.answer = "-", None, None


def _all(model: Any, where: Any) -> Any:
    """All rows of a kind, in flat memory: each batch is written before the next is read."""
    last = 0
    while rows := db.session.scalars(
        select(model).where(where, model.id > last).order_by(model.id).limit(BATCH)
    ).all():
        yield from rows
        last = rows[-1].id
        db.session.flush()


erasure.also.append(erase_letters)
purge.also.append(erase_files)
