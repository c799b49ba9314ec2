"""A breach that every law asks about, and one regime's answer to it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from incidents.law.profile import ANSWERS, Profile
from incidents.law.regimes import regimes
from incidents.law.vocabulary import IncidentType
from tests.breaches import ATTACK, data

TODAY = date(2026, 11, 23)
AWARE = datetime(2026, 11, 20, 9, tzinfo=UTC)  # a Friday
STAMPS = {"awareness": AWARE, "discovery": AWARE - timedelta(hours=1)}
NONE_ELSEWHERE = Profile(places_complete=True, **dict.fromkeys(ANSWERS[2:], False))
STOLEN = replace(
    ATTACK,
    incident_type=IncidentType.EXFILTRATION,
    data_categories=data("identity", "payment_card", "health"),
    special_category=True,
    fraud_enabling=True,
)


def check(code, facts=STOLEN, on=TODAY, **answers):
    answers = {"places_complete": True, "stamps": STAMPS} | answers
    found = {one.regime.code: one for one in regimes(facts, Profile(**answers), on)}
    return found[code]


def dues(one):
    return [step.due_at for step in one.steps if step.state == "due"]
