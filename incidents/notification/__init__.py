"""What to send to the authority (GDPR Art. 33(3)): each question of its form, answered from the
case, in words and with where each answer comes from. Built in memory; freezing is an action.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from flask import current_app, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from incidents.db import db
from incidents.intake import N_
from incidents.law.portal import Form, portal
from incidents.models import Incident, Processor
from incidents.notification.case import Case
from incidents.notification.values import arises, values
from incidents.notification.words import Line, lines
from incidents.pages import organisation

__all__ = ["PHASES", "Place", "arises", "case_of", "draft", "form_of", "next_phase", "place"]

PHASES = {
    "initial": N_("Initial notification"),
    "complementary": N_("Complementary notification"),
    "withdrawal": N_("Withdrawal"),
}
DETECTION = (N_("What happened"), "incidents.detection")
DECISION = (N_("Decision"), "incidents.decision")
MEASURES = (N_("Measures"), "incidents.mitigation")
SETTINGS = (N_("Settings"), "accounts.organisation")
OURS = (N_("Answers for the authority"), "incidents.notification_answers")
ELSEWHERE = (N_("Other duties"), "incidents.elsewhere")
# Where each answer is given: (name of the page, endpoint), and the question on it.
PLACES: dict[str, tuple[tuple[str, str], str | None]] = {
    "controller": (SETTINGS, None),
    "address": (SETTINGS, None),
    "began": (DETECTION, "began_at"),
    "ended": (DETECTION, "ended_at"),
    "aware": ((N_("Awareness"), "incidents.aware"), None),
    "circumstances": ((N_("Awareness"), "incidents.aware"), None),
    "summary": (DETECTION, "summary"),
    "nature": (DETECTION, "breach_types"),
    "cause": ((N_("Cause"), "incidents.cause"), "cause"),
    "data": (DECISION, "data_categories"),
    "data_words": (DETECTION, "which_data"),
    "records": (DETECTION, "record_count"),
    "people": (DECISION, "subject_types"),
    "people_words": (DETECTION, "whose_data"),
    "count": (DETECTION, "subject_count"),
    "consequences": (MEASURES, "consequences"),
    "done": (MEASURES, "measures"),
    "planned": (MEASURES, "measures"),
    "informed": (DECISION, "duties"),
    "not_informed": (DECISION, "decide"),
    "cross_border": (DECISION, "cross_border"),
    "countries": (ELSEWHERE, None),
}


@dataclass(frozen=True)
class Place:
    """The page on which an answer is given."""

    name: str
    url: str


def next_phase(incident: Incident) -> str:
    """What the next version is by itself: the initial one until it is sent, then complements."""
    sent = any(one.sent_at for one in incident.notifications)
    return "complementary" if sent else "initial"


def case_of(incident: Incident, phase: str, at: datetime, why: str | None = None) -> Case:
    """The case as it stands now."""
    query = select(Processor).where(Processor.id.in_(incident.processor_ids))
    names = sorted(one.name for one in db.session.scalars(query))
    case = Case(incident, organisation(), tuple(names), phase, at, why)
    if count := current_app.extensions.get("people_told"):  # lent by whoever sends letters
        case = replace(case, people_told=partial(count, incident))
    return case


def form_of(incident: Incident, at: datetime) -> Form:
    """The form of our authority on the day of awareness, else of today."""
    return portal().form(organisation().authority, (incident.aware_at or at).date())


def draft(case: Case, language: str) -> list[Line]:
    """The next version as it would be now, in a language."""
    return lines(form_of(case.incident, case.at), values(case), language)


def place(incident: Incident, key: str) -> Place | None:
    """Where the answer to a question is given; None for what follows by itself."""
    question = portal().fields[key]
    page, anchor = (OURS, key) if question.ours else PLACES.get(key, (None, None))
    if page is None or page[1] not in current_app.view_functions:
        return None
    if page is SETTINGS:
        return Place(_(page[0]), url_for(page[1]))
    return Place(_(page[0]), url_for(page[1], ref=incident.reference, _anchor=anchor))
