"""Proof against copies: whether a letter with a code is ours, and whether we wrote to an address.

A code is answered with what every reader of the letter knows already, and never with whom it
went to. An address is answered by mail to that address only: the page does and says the same for
every address, and what the answer is, is looked up later, by the worker. Both hold as long as the
rows do, also when the people on the list have been erased.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from babel.dates import format_date
from flask import current_app
from jinja2 import TemplateNotFound
from sqlalchemy import func, select

from incidents.db import db
from incidents.pages import organisation
from incidents.seal import address_key
from notifications import codes, compose, post
from notifications.models import Mail, Notice, Recipient
from notifications.recipients.told import told

HOUR = timedelta(hours=1)
AN_HOUR = 500  # answers that leave in one, for all addresses together
KIND = "told"


@dataclass(frozen=True)
class Letter:
    """What anybody may know of a genuine letter."""

    organisation: str
    at: datetime
    subject: str
    reference: str


def letter(typed: str) -> Letter | None:
    """The letter that a code belongs to; None for every other text. A wrong code costs the same
    look into the database as a right one."""
    number = codes.read(typed)
    row = db.session.scalar(
        select(Recipient).join(Notice).where(Recipient.id == (number or 0)).limit(1)
    )
    if row is None or not _left(row):
        return None
    notice = row.notice
    writer = compose.Writer(notice, compose.server())
    subject, _words = writer.common(writer.language(row.language), row.group)
    at = notice.started_at or notice.approved_at or notice.made_at
    return Letter(organisation().name, at, subject, notice.incident.reference)


def _left(row: Recipient) -> bool:
    """Whether this letter may be in somebody's hands."""
    if not row.counts:
        return False
    if row.state in ("queued", "cancelled"):
        return row.sent_at is not None or row.attempts > 0 or row.under_way
    return row.notice.started_at is not None or row.told_at is not None or row.state == "paper"


def ask(address: str, language: str, at: datetime) -> None:
    """Queue the answer to an address, unless one was queued within the hour. No commit."""
    recent = select(func.count()).where(Mail.kind == KIND, Mail.made_at > at - HOUR)
    mine = db.session.scalar(recent.where(Mail.address_key == address_key(address)))
    if mine or (db.session.scalar(recent) or 0) >= AN_HOUR:
        return
    # What it says is written when it leaves: nothing that takes time here depends on the address.
    post.queue_mail(KIND, address, language, "", at, headers=compose.AUTOMATIC)


def write(mail: Mail, _at: datetime) -> bool:
    """Fill in an answer that is about to leave."""
    content = dict(mail.content or {})
    if content.get("text"):
        return True
    letters = [one for one in told(mail.to) if one.at is not None]
    tongue = letters[0].language if letters else content["subject"]
    rows = [
        {
            "on": format_date(one.at.date(), "d MMMM y", locale=_known(tongue)),
            "reference": one.notice.incident.reference,
        }
        for one in letters
        if one.at is not None
    ]
    values = {
        "letters": rows,
        "organisation": organisation().name,
        "contact": organisation().contact,
    }
    text = current_app.jinja_env.get_template(f"mail/told.{_known(tongue)}.txt").render(values)
    content["subject"], _, content["text"] = text.strip().partition("\n\n")
    mail.content = content
    return True


def _known(language: str) -> str:
    try:
        current_app.jinja_env.get_template(f"mail/told.{language}.txt")
    except TemplateNotFound:
        return "en"
    return language


post.freshen[KIND] = write
