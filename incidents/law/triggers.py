"""What sets off a duty of another regime: small tests of facts and profile, with three answers.

The tests of harm in other
laws are not those of the GDPR. Where the GDPR's risk is at an end of its range we read theirs from
it (a high risk is serious harm, no risk is none); in between the company answers by that law's own
words. This reading is ours and on the careful side.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from incidents.law import gdpr
from incidents.law.book import Law
from incidents.law.facts import Facts
from incidents.law.found import NO, YES, Found, all_of, any_of, opposite
from incidents.law.profile import Profile
from incidents.law.vocabulary import (
    Actor,
    ConfidentialityLoss,
    Exfiltration,
    IncidentType,
    Protection,
    Risk,
)
from incidents.law.weighing import RiskRange

OWN = "own"
RISK = "risk"


@dataclass(frozen=True)
class Case:
    """What the tests look at: the facts, their risk, the profile, and which regime asks."""

    code: str
    where: tuple[str, ...]
    facts: Facts
    profile: Profile
    risk: RiskRange
    law: Law


def _known(holds: bool | None, *asks: str) -> Found:
    return Found(None, asks) if holds is None else Found(holds)


def _fact(name: str) -> Callable[[Case], Found]:
    return lambda case: _known(getattr(case.facts, name), name)


def _answer(name: str) -> Callable[[Case], Found]:
    return lambda case: _known(getattr(case.profile, name), name)


def _own_test(case: Case) -> Found:
    """The company's own finding on the regime's own test."""
    return _known(case.profile.own.get(case.code), OWN)


def _own_first(test: Callable[[Case], Found]) -> Callable[[Case], Found]:
    """What the company found itself counts before what we read."""

    def found(case: Case) -> Found:
        own = _own_test(case)
        return test(case) if own.holds is None else own

    return found


def _risk(case: Case) -> Found:
    if case.risk.low.risk >= Risk.LIKELY:
        return YES
    return NO if case.risk.high.risk < Risk.LIKELY else Found(None, (RISK,))


def _high_risk(case: Case) -> Found:
    """A high risk that measures since then have not ended, as in GDPR Art. 34(1), (3)(b)."""
    if case.facts.risk_neutralised or case.risk.high.risk < Risk.HIGH:
        return NO
    return YES if case.risk.low.risk >= Risk.HIGH else Found(None, (RISK,))


def _serious_harm(case: Case) -> Found:
    if case.risk.low.risk >= Risk.HIGH and not case.facts.risk_neutralised:
        return YES
    return NO if case.risk.high.risk < Risk.LIKELY else Found(None, (OWN,))


def _gdpr(verdict: gdpr.Verdict) -> Found:
    return Found(verdict.duty) if verdict.certain else Found(None, (RISK,))


_GONE = (ConfidentialityLoss.CONFIRMED, Exfiltration.CONFIRMED)
_MAYBE = (*_GONE, ConfidentialityLoss.POSSIBLE, Exfiltration.POSSIBLE)


def _in_hands(case: Case, words: tuple[str, ...]) -> bool | None:
    pair = (case.facts.confidentiality_loss, case.facts.exfiltration)
    if any(one in words for one in pair):
        return True
    # What is possible may still turn out to be confirmed.
    return None if any(one is None or one in _MAYBE for one in pair) else False


def _disclosed(case: Case) -> Found:
    """Somebody had access, or it cannot be excluded."""
    return _known(_in_hands(case, _MAYBE), "confidentiality_loss", "exfiltration")


def _acquired(case: Case) -> Found:
    """Somebody did get the data."""
    return _known(_in_hands(case, _GONE), "confidentiality_loss", "exfiltration")


def _readable(case: Case) -> Found:
    """Not encrypted, or encrypted with a key that may be out."""
    if case.facts.protection is None:
        return Found(None, ("protection",))
    if case.facts.protection is not Protection.STRONG_ENCRYPTION:
        return YES
    return _known(case.facts.key_compromised, "key_compromised")


def _kinds(*kinds: str) -> Callable[[Case], Found]:
    """Whether one of these kinds of data is among those concerned."""

    def found(case: Case) -> Found:
        if not case.facts.data_categories:
            return Found(None, ("data_categories",))
        return Found(bool(case.facts.data_categories & set(kinds)))

    return found


def _one_of(*tests: Callable[[Case], Found]) -> Callable[[Case], Found]:
    return lambda case: any_of([test(case) for test in tests])


_VULNERABLE = frozenset({"children", "patients", "minors", "pupils", "elderly"})


def _vulnerable(case: Case) -> Found:
    if (case.facts.subject_types or frozenset()) & _VULNERABLE:
        return YES
    return _known(case.facts.vulnerable_subjects, "vulnerable_subjects")


def _outside(case: Case) -> Found:
    actor = case.facts.actor
    return all_of(
        [
            _known(case.facts.malicious, "malicious"),
            _known(None if actor is None else actor is Actor.EXTERNAL, "actor"),
        ]
    )


_HACKING = {
    IncidentType.RANSOMWARE,
    IncidentType.EXFILTRATION,
    IncidentType.CREDENTIAL_ATTACK,
    IncidentType.EMAIL_ACCOUNT_COMPROMISE,
}


def _attack(case: Case) -> Found:
    """An attack on a computer system, Code pénal art. 323-1 to 323-3-1."""
    kind, malicious = case.facts.incident_type, case.facts.malicious
    if malicious is False:
        return NO
    if malicious is None or kind is None:
        missing = (("incident_type", kind), ("malicious", malicious))
        return Found(None, tuple(name for name, value in missing if value is None))
    return YES if kind in _HACKING else Found(None, (OWN,))


_PAPERS = ("social_security_number", "official_id_number", "payment_card", "financial_account")

TESTS: dict[str, Callable[[Case], Found]] = {
    "own": _own_test,
    "risk": _risk,
    "high_risk": _high_risk,
    "serious_harm": _own_first(_serious_harm),
    "gdpr_authority": lambda case: _gdpr(gdpr.authority(case.facts, case.risk, case.law)),
    "gdpr_people": lambda case: _gdpr(gdpr.subjects(case.facts, case.risk, case.law)),
    "disclosed": _disclosed,
    "acquired": _acquired,
    "readable": _readable,
    "sensitive": _one_of(_fact("special_category"), _fact("criminal_data"), _kinds("health")),
    "financial": _one_of(
        _kinds("financial_account", "transactions", "payment_card"), _fact("fraud_enabling")
    ),
    "authentication": _one_of(_fact("credentials_exposed"), _kinds("credentials")),
    # Names with what the breach laws of the states list; biometric and medical data among it.
    "us_data": _one_of(
        _kinds(*_PAPERS, "health", "credentials"),
        _fact("credentials_exposed"),
        _fact("special_category"),
    ),
    "health_data": _kinds("health"),
    "vulnerable": _vulnerable,
    "malicious": _fact("malicious"),
    "outside_intrusion": _outside,
    "attack": _own_first(_attack),
    **{
        name: _answer(name)
        for name in (
            "nis2_entity",
            "nis2_significant",
            "financial_entity",
            "dora_major",
            "telecom",
            "manufacturer",
            "cra_event",
            "hipaa",
            "insured",
        )
    },
}
_PEOPLE = re.compile(r"people>=(\d+)")


def is_test(name: str) -> bool:
    """Whether a name stands for a test: one of TESTS, "people>=500", or one of them with "!"."""
    name = name.removeprefix("!")
    return name in TESTS or _PEOPLE.fullmatch(name) is not None


def ask(name: str, case: Case) -> Found:
    """Put one test to a case. "!" before its name asks for the contrary."""
    if name.startswith("!"):
        return opposite(ask(name[1:], case))
    if number := _PEOPLE.fullmatch(name):
        return _at_least(int(number[1]), case)
    return TESTS[name](case)


def _at_least(number: int, case: Case) -> Found:
    """So many people there; no more can live there than are concerned in all."""
    least, most = case.profile.people_in(case.where)
    if least >= number:
        return YES
    ends = [end for end in (most, case.facts.subject_count) if end is not None]
    return NO if ends and min(ends) < number else Found(None, ("places",))


def lives_there(case: Case) -> Found:
    """Whether affected people live where the regime holds; a regime without places asks nothing."""
    return _known(case.profile.lives_in(case.where), "places") if case.where else YES
