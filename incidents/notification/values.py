"""What is known for each question of a notification, as values that JSON can hold.

An answer given on our own page (`Incident.filing`) stands before what the case says itself.
"""

from typing import Any

from incidents.law.portal import asked
from incidents.notification.case import Case
from incidents.notification.taken import TAKEN


def values(case: Case) -> dict[str, Any]:
    """Each question that arises, by key. JSON: texts, numbers, lists of keys, dicts, None."""
    given = case.incident.filing or {}
    found: dict[str, Any] = {}
    for key, ask in TAKEN.items():
        if not arises(case, key):
            continue
        derived = ask(case) if ask else None
        found[key] = given.get(key) if given.get(key) not in (None, "", []) else derived
    return found


def arises(case: Case, key: str) -> bool:
    """Whether a question arises here; most always do."""
    if kind := asked(key).when:
        known = case.facts.get("breach_types")
        return not known or kind in known
    told = case.told
    return {
        "earlier": case.phase != "initial",
        "late": case.is_late,
        "informed_on": told in ("done", "planned"),
        "informed_count": told == "done",
        "informed_means": told in ("done", "planned"),
        "not_informed": told == "no",
        "countries": case.facts.get("cross_border") is not False,
    }.get(key, True)
