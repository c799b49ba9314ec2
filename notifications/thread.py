"""A mail to the reporter that can be answered: its words, and what ties the answer to the report.

Fixed words, in the reporter's language; nothing a reporter wrote goes out again (trust.md C-59).
"""

import re
import secrets

from flask import current_app
from jinja2 import TemplateNotFound
from sqlalchemy import select

from incidents.db import db
from incidents.models import Report
from incidents.pages import organisation
from notifications import tokens
from notifications.models import Server
from notifications.post import sender_address
from notifications.reading import mime

_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,200}>")


def words(name: str, report: Report, **values: str) -> tuple[str, str]:
    """Subject and text of the mail template `name` for the reader of `report`."""
    house = organisation()
    values |= {
        "reference": report.reference,
        "organisation": house.name,
        "contact": house.contact,
        "token": tokens.reply_token(report.uid),
    }
    environment = current_app.jinja_env
    try:
        template = environment.get_template(f"mail/{name}.{report.language}.txt")
    except TemplateNotFound:
        template = environment.get_template(f"mail/{name}.en.txt")
    subject, _, text = template.render(values).partition("\n\n")
    return subject.strip(), text


def message_id(report: Report) -> str:
    """A new Message-ID that leads an answer back to `report`."""
    return tokens.message_id("report", report.uid, sender_address(), secrets.token_hex(4))


def headers(report: Report, automatic: bool) -> dict[str, str]:
    """The headers that tie a mail to what was said before, and an answer to `report`.

    `automatic`: no person wrote this mail, so no machine is to answer it (RFC 3834 section 5).
    """
    found = {"X-Auto-Response-Suppress": "All"}
    if automatic:
        found["Auto-Submitted"] = "auto-replied"
    if original := _original_id(report):
        found["In-Reply-To"] = found["References"] = original
    mailbox = db.session.scalar(select(Server).where(Server.direction == "in"))
    if mailbox and mailbox.plus and mailbox.sender:
        found["Reply-To"] = tokens.return_address(report.uid, mailbox.sender, "report")
    return found


def _original_id(report: Report) -> str | None:
    """The Message-ID of the mail that made the report, when it is safe to repeat."""
    if report.source != "mail" or report.raw is None:
        return None
    known, _ = mime.split(memoryview(report.raw.content[:65_536]))
    text = known.first("message-id").decode("ascii", "replace").strip()
    return text if _MESSAGE_ID.fullmatch(text) else None
