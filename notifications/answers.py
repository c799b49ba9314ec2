"""What we write to a reporter ourselves: kept with the report, sent so that it can be answered."""

import secrets
from datetime import datetime

from flask_babel import gettext as _

from incidents.actions import reports
from incidents.intake import Draft, clean
from incidents.models import Message, Report, User
from incidents.refusal import Refused
from notifications import thread
from notifications.post import queue_mail


def answer(
    report: Report, text: str | None, by: User, at: datetime, key: str | None = None
) -> Message:
    """Keep an answer with the report and queue it for the reporter. No commit.

    `key` is of the form that was sent: the same one again gives the answer it gave before.
    Raises Refused when there is nothing to send, or nobody to send it to.
    """
    text = clean(text, 20_000)
    if not text:
        raise Refused(_("Write what the reporter should know."))
    if not report.contact or report.automatic:
        raise Refused(_("This report came without an address that a person reads."))
    subject, mail = thread.words("answer", report, text=text)
    name = f"answer:{(key or secrets.token_hex(8))[:32]}"
    draft = Draft("staff", name, mail.encode(), text, report.language)
    message, new = reports.add_message(report, draft, at, by)
    if not new:
        return message
    queue_mail(
        "answer",
        report.contact,
        subject,
        mail,
        at,
        headers=thread.headers(report, automatic=False),
        report=report,
        message_id=thread.message_id(report),
    )
    return message
