"""What is done with receipts: given with a report, shown once, kept, renewed, used to come back."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import select, update

from incidents.audit import record
from incidents.db import db
from incidents.models import Receipt, Report
from incidents.seal import vault

VISIT = timedelta(hours=1)  # after the last thing that was sent
RENEWABLE = timedelta(hours=1)  # how long the browser that sent the report may have another code


def give(report: Report, code_hash: str, at: datetime) -> Receipt:
    """The receipt of a report, made with it; asked for again by the same form, it may be shown
    once more, until somebody said that it was kept."""
    receipt = db.session.scalar(select(Receipt).where(Receipt.report_id == report.id))
    if receipt is None:
        receipt = Receipt(report=report, code_hash=code_hash, made_at=at)
        db.session.add(receipt)
    elif receipt.kept_at is None:
        receipt.shown_at = None
    db.session.flush()
    return receipt


def of(report_uid: str) -> Receipt | None:
    """The receipt of the report with this uid."""
    mine = select(Receipt).join(Report).where(Report.uid == report_uid)
    return db.session.scalar(mine)


def found(code_hash: str) -> Receipt | None:
    """The receipt of the code with this hash."""
    return db.session.scalar(select(Receipt).where(Receipt.code_hash == code_hash))


def show(receipt: Receipt, at: datetime) -> bool:
    """Whether the code may be shown now. It is said once."""
    once = update(Receipt).where(Receipt.id == receipt.id, Receipt.shown_at.is_(None))
    once = once.values(shown_at=at).returning(Receipt.id)
    return db.session.execute(once).scalar() is not None


def renew(receipt: Receipt, number: int, code_hash: str, at: datetime) -> bool:
    """Replace a code that nobody kept by the next; False when that was done already."""
    if receipt.kept_at or receipt.made_at < at - RENEWABLE or receipt.round != number - 1:
        return False
    receipt.round, receipt.code_hash, receipt.shown_at = number, code_hash, None
    record("report.receipt_renewed", by="reporter", at=at, report=receipt.report)
    return True


def kept(receipt: Receipt, at: datetime) -> None:
    """The last part of the code was typed back: it is not shown any more, to nobody."""
    receipt.kept_at = receipt.kept_at or at


def come_in(receipt: Receipt, at: datetime) -> str:
    """Begin a visit; returns the token by which its browser is known. One visit at a time."""
    token = secrets.token_hex(16)
    receipt.visit, receipt.visit_until = vault().index(token, "visit"), at + VISIT
    return token


def visitor(token: str | None, at: datetime) -> Receipt | None:
    """The receipt whose visit this is, while it lasts."""
    if not token:
        return None
    mine = select(Receipt).where(Receipt.visit == vault().index(token, "visit"))
    receipt = db.session.scalar(mine)
    lasts = receipt and receipt.visit_until and receipt.visit_until > at
    return receipt if lasts else None


def go_on(receipt: Receipt, at: datetime) -> None:
    """Something was sent: the visit lasts from now on."""
    receipt.visit_until = at + VISIT


def leave(receipt: Receipt) -> None:
    """End the visit, in every copy of its cookie."""
    receipt.visit = receipt.visit_until = None
