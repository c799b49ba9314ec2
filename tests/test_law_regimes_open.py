"""What is open in the facts is asked for by name, and a risk is read as each law reads it."""

from dataclasses import replace
from datetime import date

import pytest

from incidents.law import Facts, shipped_book
from incidents.law.found import Found
from incidents.law.profile import Profile
from incidents.law.risk import risk_range
from incidents.law.triggers import Case, ask
from incidents.law.vocabulary import Actor, ConfidentialityLoss, Exfiltration
from tests.breaches import MISTAKE, data
from tests.edpb import CASES
from tests.elsewhere import STOLEN, TODAY, check

PLAIN = replace(
    MISTAKE,
    data_categories=data("identity"),
    special_category=False,
    criminal_data=False,
    credentials_exposed=False,
    fraud_enabling=False,
    vulnerable_subjects=False,
    malicious=False,
    subject_count=None,
)


def put(test, facts):
    """One test put to facts alone."""
    law = shipped_book().on(TODAY)
    return ask(test, Case("xx", (), facts, Profile(), risk_range(facts, law.guidance), law))


LIKELY = next(facts for name, facts in CASES.items() if name.startswith("02"))
HANDS = ("confidentiality_loss", "exfiltration")


@pytest.mark.parametrize(
    ("code", "facts", "asks"),
    [
        ("za", Facts(), HANDS),
        ("tr", replace(STOLEN, confidentiality_loss=None, exfiltration=None), HANDS),
        ("gb", Facts(), ("risk",)),
        ("ch", Facts(), ("risk", "own")),
        ("kr", replace(PLAIN, malicious=None, actor=None), ()),
        ("cn", Facts(), ()),
        ("br", replace(STOLEN, data_categories=None), ()),
    ],
)
def test_a_law_asks_for_what_decides_it_and_for_nothing_else(code, facts, asks):
    one = check(code, facts, places={code.upper(): None})

    assert one.asks == asks
    assert (one.state == "find_out") == bool(asks)


def test_each_step_asks_for_its_own():
    korea = check("kr", replace(PLAIN, malicious=None, actor=None), places={"KR": 5})
    assert korea.steps[0].asks == ("malicious", "actor")
    japan = check("jp", replace(PLAIN, fraud_enabling=None), places={"JP": None})
    assert japan.steps[0].asks == ("fraud_enabling", "places")
    gb = check("gb", Facts(), places={"GB": 1})
    assert [step.asks for step in gb.steps] == [("risk",), ("risk",)]
    own = check("us-other", places={"US": 1})
    assert own.asks == ("own",)


def test_a_place_that_may_have_people_is_asked_for_first():
    one = check("za", places={}, places_complete=None)

    assert (one.state, one.asks) == ("find_out", ("places",))
    assert check("za", places={"ZA": 0}, places_complete=None).state == "not_due"


def test_a_risk_that_is_likely_and_not_high_is_for_the_authority_alone():
    told = [step.state for step in check("gb", LIKELY, places={"GB": 2}).steps]

    assert told == ["due", "not_due"]
    assert check("ch", LIKELY, places={"CH": 2}, own={"ch": False}).state == "not_due"


def test_a_high_risk_that_is_only_possible_is_to_be_found_out():
    open_one = Facts(confidentiality_loss=ConfidentialityLoss.CONFIRMED)
    assert check("gb", open_one, places={"GB": 2}).steps[1].state == "find_out"


@pytest.mark.parametrize(
    ("test", "change", "holds", "asks"),
    [
        ("sensitive", {}, False, ()),
        ("sensitive", {"special_category": True}, True, ()),
        ("sensitive", {"criminal_data": True}, True, ()),
        ("sensitive", {"data_categories": data("health")}, True, ()),
        ("sensitive", {"criminal_data": None}, None, ("criminal_data",)),
        ("vulnerable", {}, False, ()),
        ("vulnerable", {"vulnerable_subjects": True}, True, ()),
        ("vulnerable", {"subject_types": data("children")}, True, ()),
        ("vulnerable", {"subject_types": data("customers")}, False, ()),
        ("vulnerable", {"vulnerable_subjects": None}, None, ("vulnerable_subjects",)),
        ("authentication", {}, False, ()),
        ("authentication", {"credentials_exposed": True}, True, ()),
        ("authentication", {"data_categories": data("credentials")}, True, ()),
        ("financial", {}, False, ()),
        ("financial", {"data_categories": data("transactions")}, True, ()),
        ("financial", {"fraud_enabling": True}, True, ()),
        ("financial", {"data_categories": None}, None, ("data_categories",)),
        ("us_data", {"data_categories": data("social_security_number")}, True, ()),
        ("us_data", {"data_categories": data("official_id_number")}, True, ()),
        ("health_data", {}, False, ()),
        ("health_data", {"data_categories": data("health")}, True, ()),
    ],
)
def test_a_kind_of_breach_is_known_by_its_facts(test, change, holds, asks):
    assert put(test, replace(PLAIN, **change)) == Found(holds, asks)


def test_an_intruder_is_both_wilful_and_from_outside():
    def told(**changes):
        return check("kr", replace(PLAIN, **changes), places={"KR": 5}).steps[0].state

    assert told(malicious=True, actor=Actor.EXTERNAL) == "due"
    assert told(malicious=True, actor=Actor.INTERNAL) == "not_due"
    assert told(malicious=False, actor=Actor.EXTERNAL) == "not_due"


def test_one_sign_of_access_is_enough_and_only_proof_excludes_it():
    def state(confidentiality, exfiltration):
        facts = replace(PLAIN, confidentiality_loss=confidentiality, exfiltration=exfiltration)
        return check("za", facts, places={"ZA": 1}).state

    assert state(ConfidentialityLoss.NONE, Exfiltration.POSSIBLE) == "due"
    assert state(ConfidentialityLoss.POSSIBLE, Exfiltration.EXCLUDED) == "due"
    assert state(ConfidentialityLoss.EXCLUDED, Exfiltration.NOT_APPLICABLE) == "not_due"
    assert state(ConfidentialityLoss.EXCLUDED, None) == "find_out"


def test_a_law_that_has_not_begun_asks_nothing_and_says_whose_it_will_be():
    later = check("in", places={"IN": 3})
    theirs = check("in", replace(STOLEN, controller_role="processor"), places={"IN": 3})

    assert (later.state, later.asks, later.steps, later.on_behalf) == ("later", (), (), False)
    assert theirs.on_behalf
    assert check("in", on=date(2028, 1, 1), places={"IN": 3}).steps
