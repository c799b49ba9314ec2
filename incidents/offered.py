"""What is known already of the questions on the facts, and from where: offered, not kept unseen."""

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from incidents.db import db
from incidents.models import Incident, Report

# What a reporter ticked, as the kinds of data that may be meant by it.
_TICKED = {
    "contact": ("identity", "contact", "email_address"),
    "login": ("credentials",),
    "money": ("financial_account", "payment_card"),
    "papers": ("official_id_number",),
    "health": ("health",),
    "messages": ("communications",),
}
_SHORT = 160  # letters of what was written elsewhere


@dataclass(frozen=True)
class Offer:
    """An answer to look at before it is kept, or None, and a note on where it comes from."""

    answer: Any
    note: str


def offers(incident: Incident) -> dict[str, Offer]:
    """What can be offered for the facts that are still open, by fact."""
    reports = select(Report).where(Report.incident_id == incident.id).order_by(Report.id).limit(20)
    found = {**_words(incident), **_reported(list(db.session.scalars(reports)))}
    if before := _role_before(incident):
        note = _("Filled in as in %(reference)s.", reference=before.reference)
        found["controller_role"] = Offer(before.facts["controller_role"], note)
    return {key: offer for key, offer in found.items() if key not in incident.facts}


def _words(incident: Incident) -> dict[str, Offer]:
    """What was written on the page of what happened."""
    written = {"data_categories": incident.data, "subject_types": incident.people}
    return {
        key: Offer(None, _("Written so far: %(words)s", words=text[:_SHORT]))
        for key, text in written.items()
        if text
    }


def _reported(reports: list[Report]) -> dict[str, Offer]:
    """What the reporters ticked on the public form."""
    found = {}
    given = [report.answers or {} for report in reports]
    ticked = {kind for answers in given for kind in answers.get("kinds", "").split()}
    if kinds := sorted(kind for one in ticked for kind in _TICKED.get(one, ())):
        found["data_categories"] = Offer(kinds, _("Ticked as the report says. Correct it."))
    if given and all(answers.get("people") == "one" for answers in given):
        found["subject_count"] = Offer(1, _("One person, the report says. Correct it."))
    return found


def _role_before(incident: Incident) -> Incident | None:
    """The newest other incident for which our role is known: it is mostly the same."""
    others = select(Incident).where(Incident.id != incident.id).order_by(Incident.id.desc())
    newest = db.session.scalars(others.limit(10))
    return next((one for one in newest if one.facts.get("controller_role")), None)
