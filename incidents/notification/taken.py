"""What the case itself answers, question by question of a form.

Only what can honestly be derived; None is not known, NONE known to be nothing.
"""

from collections.abc import Callable
from typing import Any

from incidents.law.places import expand, is_cross_border
from incidents.law.portal import asked
from incidents.models import Measure
from incidents.notification.case import Case
from incidents.usual import breaches

NONE = "-"


def _contact(case: Case) -> str | None:
    return ", ".join(filter(None, (case.organisation.controller, case.organisation.contact)))


def _began(case: Case) -> Any:
    if case.incident.began_at is None:
        return None
    return {"at": case.incident.began_at.isoformat(), "sure": case.incident.began_sure}


def _ended(case: Case) -> Any:
    ended = case.incident.ended_at
    return {"at": ended.isoformat(), "sure": "exact"} if ended else None


def _nature(case: Case) -> list[str] | None:
    """As stated; else what is there or possible. What is still open may follow: Art. 33(4)."""
    known = case.facts.get("breach_types") or breaches(case.facts)
    return asked("nature").taken(known) or None


def _origin(case: Case) -> list[str] | None:
    return asked("origin").taken([case.facts.get("incident_type") or ""]) or None


def _cause(case: Case) -> str | None:
    known = case.incident.cause
    if known in (None, "unknown"):
        who, meant = case.facts.get("actor"), case.facts.get("malicious")
        if who in ("internal", "external") and meant is not None:
            known = f"{who}_{'malicious' if meant else 'accidental'}"
    taken = asked("cause").taken([known or ""])
    return taken[0] if taken else None


def _data(case: Case) -> list[str] | None:
    named = case.facts.get("data_categories") or []
    question = asked("data")
    found = set(question.taken(named))
    mapped = {word for option in question.options for word in option.stands_for}
    special = {word for option in asked("sensitive").options for word in option.stands_for}
    if set(named) - mapped - special:
        found.add("other")
    if case.facts.get("criminal_data"):
        found.add("offences")
    return [option.key for option in question.options if option.key in found] or None


def _sensitive(case: Case) -> Any:
    found = asked("sensitive").taken(case.facts.get("data_categories") or [])
    return found or (NONE if case.facts.get("special_category") is False else None)


def _people(case: Case) -> list[str] | None:
    named = case.facts.get("subject_types") or []
    question = asked("people")
    found = set(question.taken(named))
    if set(named) - {word for option in question.options for word in option.stands_for}:
        found.add("other")
    if case.facts.get("vulnerable_subjects"):
        found.add("vulnerable")
    return [option.key for option in question.options if option.key in found] or None


def _band(case: Case) -> str | None:
    count = case.facts.get("subject_count")
    if count is None:
        return None
    options = asked("band").options
    return next(o.key for o in options if o.most is None or count <= o.most)


def _disturbed(case: Case) -> list[str] | None:
    question = asked("consequences_availability")
    return question.taken([case.facts.get("service_disruption") or ""]) or None


def _spread(case: Case) -> list[str] | None:
    return ["spread"] if case.facts.get("public_exposure") else None


def _measures(case: Case, done: bool) -> list[dict[str, str | None]] | None:
    def entry(measure: Measure) -> dict[str, str | None]:
        day = measure.done_on if done else measure.due_on
        return {"text": measure.text, "day": day.isoformat() if day else None}

    rows = [one for one in case.incident.measures if not one.dropped]
    return [entry(one) for one in rows if (one.done_on is not None) == done] or None


def _informed_on(case: Case) -> str | None:
    duty = case.duty("subjects")
    return duty.met_at.date().isoformat() if duty and duty.met_at else None


def _means(case: Case) -> str | None:
    duty = case.duty("subjects")
    return duty.proof if duty and duty.met_at else None


def _ground(case: Case) -> str | None:
    decision = case.incident.decision
    if decision is None:
        return None
    result = decision.assessment.result["subjects"]
    if result["exemption"]:
        taken = asked("not_informed").taken([result["exemption"]])
        return taken[0] if taken else None
    return None if result["duty"] else "risk"  # a departure from the result has no ground of law


def _crosses(case: Case) -> str | None:
    known = case.facts.get("cross_border")
    if known is None and is_cross_border(case.places):
        known = True
    return None if known is None else "yes" if known else "no"


def _european(case: Case) -> dict[str, int | None]:
    """How many people live where, for the countries whose authorities apply the GDPR."""
    places = case.places
    return {code: places[code] for code in expand(("EEA",)) if code in places}


def _earlier(case: Case) -> str | None:
    sent = [one.reference for one in case.incident.notifications if one.reference]
    return sent[0] if sent else None


# In the order in which they are worked out; the forms bring their own order.
TAKEN: dict[str, Callable[[Case], Any] | None] = {
    "type": lambda case: case.phase,
    "earlier": _earlier,
    "controller": lambda case: case.organisation.name or None,
    "siren": None,
    "address": lambda case: case.organisation.postal_address or None,
    "sector": None,
    "size": None,
    "representative": lambda case: case.organisation.controller or None,
    "contact": lambda case: _contact(case) or None,
    "dpo": None,
    "others": lambda case: ", ".join(case.processors) or None,
    "began": _began,
    "ended": _ended,
    "aware": lambda case: case.incident.aware_at.isoformat() if case.incident.aware_at else None,
    "circumstances": lambda case: case.incident.aware_reason,
    "processor_told": None,
    "late": lambda case: getattr(case.duty("authority"), "late", None),
    "summary": lambda case: case.why or case.incident.summary,
    "nature": _nature,
    "origin": _origin,
    "cause": _cause,
    "data": _data,
    "sensitive": _sensitive,
    "data_words": lambda case: case.incident.data,
    "records": lambda case: case.incident.record_count,
    "people": _people,
    "people_words": lambda case: case.incident.people,
    "count": lambda case: case.facts.get("subject_count"),
    "band": _band,
    "security": None,
    "consequences_confidentiality": _spread,
    "consequences_integrity": None,
    "consequences_availability": _disturbed,
    "consequences": lambda case: case.incident.consequences,
    "harm": None,
    "severity": None,
    "done": lambda case: _measures(case, True),
    "planned": lambda case: _measures(case, False),
    "informed": lambda case: case.told,
    "informed_on": _informed_on,
    "informed_count": lambda case: case.people_told(),
    "informed_means": _means,
    "not_informed": _ground,
    "cross_border": _crosses,
    "countries": lambda case: _european(case) or None,
    "told_authorities": None,
    "abroad": None,
    "other_duties": None,
    "comments": None,
}
