"""The letters of an incident, as a part of its printed file."""

from flask_babel import gettext as _
from sqlalchemy import func, select

from incidents import story
from incidents.db import db
from incidents.models import Incident
from notifications.models import Notice, Recipient, on_list
from notifications.words import LANGUAGES, LETTER_STATES, NOTICE_STATES


def letters(incident: Incident) -> story.Section | None:
    """Each letter with its texts, its approval, and how many people it reached; None for none."""
    query = select(Notice).where(Notice.incident_id == incident.id).order_by(Notice.number)
    notices = list(db.session.scalars(query))
    if not notices:
        return None
    context = {
        "notices": [(notice, counts(notice)) for notice in notices],
        "states": NOTICE_STATES,
        "languages": LANGUAGES,
    }
    return story.Section(_("Letters"), "notifications/_file.html", context)


def counts(notice: Notice) -> list[tuple[str, int]]:
    """How many letters are in which state, in words; states without a letter are left out."""
    query = select(Recipient.state, func.count()).where(on_list(notice)).group_by(Recipient.state)
    found = {row[0]: row[1] for row in db.session.execute(query)}
    return [(_(word), found[state]) for state, word in LETTER_STATES.items() if state in found]


story.sections.append(letters)
