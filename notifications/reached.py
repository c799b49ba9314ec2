"""How many people the letters of an incident have told: for the file, and for the authority."""

from datetime import datetime

from flask import Flask
from flask_babel import format_decimal
from flask_babel import gettext as _
from sqlalchemy import func, or_, select

from incidents import retold
from incidents.actions import duties
from incidents.db import db
from incidents.intake import N_
from incidents.models import Duty, Incident, User
from notifications.models import Notice, Recipient

PROOF = N_(
    "Letter %(number)s to %(people)s people: %(sent)s by mail, %(told)s in another way. "
    "SHA-256 of text and list: %(hash)s"
)
CAME_BACK = N_("A letter came back.")
retold.tell(CAME_BACK)
retold.tell(PROOF, people=retold.count, sent=retold.count, told=retold.count)


def proof(notice: Notice, sent: int, told: int) -> str:
    """How the duty to tell people was met by a letter, in a sentence for the file."""
    return _(
        PROOF,
        number=notice.number,
        people=format_decimal(sent + told),
        sent=format_decimal(sent),
        told=format_decimal(told),
        hash=notice.approval,
    )


def hold_duty(notice: Notice) -> None:
    """The duty as it is now, for this transaction alone, and before the end of the file. Of two
    letters that end at once the second meets it; what comes back at that moment opens it again."""
    if notice.duty is not None:
        db.session.flush()
        db.session.refresh(notice.duty, with_for_update={"key_share": True})


def meet_duty(duty: Duty, notice: Notice, by: User | str, at: datetime) -> None:
    """Meet the duty of a letter that reached everybody, unless another one of it is under way."""
    other = select(Notice.id).where(
        Notice.duty_id == duty.id, Notice.id != notice.id, Notice.state.in_(("sending", "paused"))
    )
    if db.session.scalar(other.limit(1)) is not None:
        return
    told, sent, last = db.session.execute(
        select(
            func.count(Recipient.told_at),
            func.count().filter(Recipient.state == "sent"),
            func.max(func.coalesce(Recipient.told_at, Recipient.sent_at)),
        ).where(Recipient.notice_id == notice.id)
    ).one()
    if sent or told:
        duties.meet(duty, min(last or at, at), proof(notice, sent, told), by, at)


def people_told(incident: Incident) -> int | None:
    """Each person once, by mail or otherwise; None when no letter told anybody."""
    letters = select(Notice.id).where(
        Notice.incident_id == incident.id, Notice.channel == "mail", Notice.started_at.isnot(None)
    )
    numbers = db.session.scalars(letters).all()
    # Within one letter nobody stands twice, and a long list is counted faster so.
    each = func.count(Recipient.address_key.distinct()) if len(numbers) > 1 else func.count()
    told = or_(Recipient.state == "sent", Recipient.told_at.isnot(None))
    return db.session.scalar(select(each).where(Recipient.notice_id.in_(numbers), told)) or None


def init_app(app: Flask) -> None:
    """Lend the count to the notification, which knows nothing of letters."""
    app.extensions["people_told"] = people_told
