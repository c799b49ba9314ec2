"""Mails for the tests of the mail door, and what became of them."""

from sqlalchemy import func, select

from incidents.db import db, now
from incidents.models import Report
from notifications import incoming
from notifications.models import Incoming


def mail(body="Somebody else's invoice is in my account.", **headers):
    """A mail as bytes; a header given as None is left out."""
    given = {
        "From": "Karim Reporter <karim@customer.example>",
        "To": "privacy@training.example",
        "Subject": "Strange invoice",
        "Date": "Mon, 23 Nov 2026 09:00:00 +0100",
        "Message-ID": "<1@customer.example>",
    }
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"{name}: {value}" for name, value in given.items() if value is not None]
    return "\n".join([*lines, "", body, ""]).encode()


def taken(raw, key=None):
    """What became of a mail."""
    outcome = incoming.take(raw, key or f"test:{db.session.query(Incoming).count()}", now())
    report = db.session.scalar(select(Report).where(Report.reference == outcome.report))
    return outcome, report


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))
