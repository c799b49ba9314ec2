"""A case of which the authority must be told, what it is told, and how that is frozen and sent."""

from datetime import timedelta

from incidents.actions import cases, decisions, measures
from incidents.db import db, now
from incidents.notification import case_of, draft

FACTS = {
    "incident_type": "misdirected_email",
    "breach_types": ["confidentiality"],
    "confidentiality_loss": "confirmed",
    "data_categories": ["identity", "email_address", "health"],
    "special_category": True,
    "subject_types": ["customers", "children"],
    "subject_count": 213,
    "recipient_known": True,
}


def told_case(incident, staff_user, controller_user):
    """An incident that is aware since yesterday, with facts, and decided: tell the authority."""
    aware = (now() - timedelta(days=1)).replace(microsecond=0)
    words = {"summary": "A list went to a wrong address.", "cause": "internal_accidental"}
    words |= {"facts": FACTS, "data": "Names and addresses", "people": "Course participants"}
    cases.edit(incident, words, staff_user, now())
    incident.aware_at, incident.aware_reason = aware, "The recipient called us."
    measures.add(
        incident, {"text": "Asked for deletion", "done_on": now().date()}, staff_user, now()
    )
    asked = decisions.assess(incident, controller_user, now())
    decisions.decide(asked, True, True, None, controller_user, now())
    db.session.commit()
    return incident


def answers(incident, language="en", phase="initial"):
    return {line.key: line for line in draft(case_of(incident, phase, now()), language)}


def press_freeze(controller, incident, phase="initial", seen=0, **more):
    address = f"/incidents/{incident.reference}/notification/freeze"
    return controller.post(address, data={"phase": phase, "seen": seen, **more})


def press_sent(controller, incident, number=1, reference="FR-4711", at=None, **more):
    at = (at or now()) + timedelta(hours=1)  # Europe/Paris, in winter
    return controller.post(
        f"/incidents/{incident.reference}/notification/{number}/sent",
        data={"at": [f"{at:%Y-%m-%d}", f"{at:%H:%M}"], "reference": reference, **more},
    )
