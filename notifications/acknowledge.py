"""The receipt by mail: once for each report, seldom for each address, never to a machine.

Anybody can name anybody's address in a form; so the words are fixed, and an address gets at most
one such mail an hour and five a day, whoever asks for them (trust.md C-59, C-60).
"""

from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import func, select, update

from incidents.actions import receipts
from incidents.audit import record
from incidents.db import db
from incidents.models import Chain, Report
from notifications import placing, thread
from notifications.models import Mail
from notifications.post import queue_mail

KIND = "acknowledgement"
_HOUR, _DAY, _MOST_A_DAY = timedelta(hours=1), timedelta(days=1), 5


def pending(at: datetime, limit: int = 100) -> int:
    """Acknowledge the reports that wait for it, oldest first; commits after each.

    Returns how many mails were queued. Safe to run twice, and beside another.
    """
    waiting = select(Report.id).where(Report.acknowledged_at.is_(None))
    numbers = db.session.scalars(waiting.order_by(Report.id).limit(limit)).all()
    db.session.commit()
    queued = 0
    for number in numbers:
        queued += acknowledge(number, at)
        db.session.commit()
    return queued


def acknowledge(number: int, at: datetime) -> bool:
    """Queue the receipt for the report `number`, or write down why none goes out. No commit.

    Returns whether a mail was queued.
    """
    # The end of the chain is held first: two workers cannot both find that an address has had
    # no mail yet.
    db.session.execute(select(Chain.n).where(Chain.id == 1).with_for_update())
    claim = update(Report).where(Report.id == number, Report.acknowledged_at.is_(None))
    # Not through the row: its version is for people, whose forms are open while this runs.
    claimed = db.session.execute(claim.values(acknowledged_at=at).returning(Report.id)).scalar()
    if claimed is None:
        return False
    report = db.session.get_one(Report, number)
    why_not = _why_not(report, at)
    if why_not is None:
        # The code itself is in no mail: who reads this address is not known.
        back = f"{current_app.config['SETTINGS'].url}/my-report" if _has_code(report) else ""
        subject, text = thread.words("acknowledgement", report, back=back)
        queue_mail(
            KIND,
            report.contact or "",
            subject,
            text,
            at,
            headers=thread.headers(report, automatic=True),
            report=report,
            message_id=thread.message_id(report),
        )
    record(
        "report.acknowledged",
        by="worker",
        at=at,
        report=report,
        incident=report.incident,
        kind=why_not or "sent",
    )
    return why_not is None


def _has_code(report: Report) -> bool:
    return receipts.of(report.uid) is not None


def _why_not(report: Report, at: datetime) -> str | None:
    """Why this report gets no mail, as a word for the file; None when it gets one."""
    if not report.contact:
        return "nobody"
    if report.automatic:
        return "machine"
    if report.contact.strip().casefold() in placing.own_addresses():
        return "ourselves"
    mails = select(func.count()).where(Mail.kind == KIND, Mail.address_key == report.contact_key)
    if db.session.scalar(mails.where(Mail.made_at > at - _HOUR)):
        return "hour"
    if (db.session.scalar(mails.where(Mail.made_at > at - _DAY)) or 0) >= _MOST_A_DAY:
        return "day"
    return None
