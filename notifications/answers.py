"""What we write to a reporter ourselves: kept with the report, and read by whoever reported.

Whoever has a code reads it with the code. An address gets a mail that says only that there is an
answer: who typed an address into a form need not be the one who reads it. A report that came by
mail has no code; there the words go by mail, as they do where staff choose so.
"""

import secrets
from datetime import datetime

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select

from incidents.actions import reports
from incidents.actions.news import reachable
from incidents.db import db
from incidents.intake import Draft, clean
from incidents.models import Message, Receipt, Report, User
from incidents.refusal import Refused
from notifications import thread
from notifications.post import queue_mail


def has_code(report: Report) -> bool:
    """Whether the reporter was given a code to come back with."""
    own = select(Receipt.id).where(Receipt.report_id == report.id)
    return db.session.scalar(own) is not None


def answer(
    report: Report,
    text: str | None,
    by: User,
    at: datetime,
    key: str | None = None,
    in_mail: bool = False,
) -> Message:
    """Keep an answer with the report and let the reporter know. No commit.

    `key` is of the form that was sent: the same one again gives the answer it gave before.
    `in_mail`: the words themselves go by mail, even to somebody who has a code.
    Raises Refused when there is nothing to send, or nobody to send it to.
    """
    text = clean(text, 20_000)
    if not text:
        raise Refused(_("Write what the reporter should know."))
    if not reachable(report):
        raise Refused(_("This report came without an address that a person reads."))
    name = f"answer:{(key or secrets.token_hex(8))[:32]}"
    draft = Draft("staff", name, text.encode(), text, report.language)
    message, new = reports.add_message(report, draft, at, by)
    if new:
        reports.messages_read(report, by, at)
        tell(report, text, at, in_mail=in_mail, automatic=False)
    return message


def tell(
    report: Report, text: str, at: datetime, *, in_mail: bool = False, automatic: bool = True
) -> None:
    """Send the mail about something we wrote, where there is an address. No commit."""
    if not report.contact:
        return
    whole = in_mail or not has_code(report)
    back = f"{current_app.config['SETTINGS'].url}/my-report"
    subject, mail = thread.words("answer" if whole else "waiting", report, text=text, back=back)
    queue_mail(
        "answer" if not automatic else "news",
        report.contact,
        subject,
        mail,
        at,
        headers=thread.headers(report, automatic=automatic or not whole),
        report=report,
        message_id=thread.message_id(report),
    )
