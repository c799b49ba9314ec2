"""Other laws: what is due by them, what is not, and what is to be found out first."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from incidents.law import Facts
from incidents.law.profile import Profile
from incidents.law.regimes import regimes
from incidents.law.vocabulary import IncidentType
from tests.breaches import ATTACK, MISTAKE, QUIET, data
from tests.edpb import CASES
from tests.elsewhere import AWARE, NONE_ELSEWHERE, STAMPS, STOLEN, TODAY, check, dues


def test_nobody_elsewhere_and_no_sector_leaves_the_gdpr_alone():
    found = regimes(STOLEN, NONE_ELSEWHERE, TODAY)

    assert [one.regime.code for one in found if one.state == "due"] == ["eu"]
    assert {one.state for one in found if one.regime.code != "eu"} == {"not_due", "later"}


def test_nothing_known_leaves_everything_to_find_out():
    found = regimes(Facts(), Profile(), TODAY)

    assert {one.state for one in found} == {"find_out", "later"}
    assert all(one.asks for one in found if one.state == "find_out")


def test_the_gdpr_row_says_what_the_engine_says():
    for facts in CASES.values():
        told = regimes(facts, Profile(), TODAY)[0]
        assert told.state in ("due", "find_out", "not_due")
    assert (
        check("eu", CASES["01 ransomware, encrypted at rest, restored in hours"]).state == "not_due"
    )
    assert check("eu").due_at == AWARE + timedelta(hours=72)


def test_the_insurance_clock_runs_from_the_attack_and_not_from_awareness():
    knew = AWARE - timedelta(hours=30)
    one = check("fr-insurance", insured=True, stamps={**STAMPS, "attack": knew})

    assert one.state == "due"
    assert one.due_at == knew + timedelta(hours=72)
    assert check("fr-insurance", insured=True).due_at is None
    assert check("fr-insurance", insured=False).state == "not_due"
    assert check("fr-insurance", MISTAKE, insured=True).state == "not_due"
    other = replace(STOLEN, incident_type=IncidentType.SOCIAL_ENGINEERING)
    assert check("fr-insurance", other, insured=True).asks == ("own",)
    assert check("fr-insurance", other, insured=True, own={"fr-insurance": True}).state == "due"
    unclear = replace(STOLEN, malicious=None, incident_type=None)
    assert check("fr-insurance", unclear, insured=True).asks == ("incident_type", "malicious")


def test_a_law_is_that_of_its_day():
    before, after = date(2025, 8, 19), date(2025, 8, 20)
    here = {"places": {"GB": 5}, "telecom": True}

    assert dues(check("gb-pecr", on=before, **here))[0] == STAMPS["discovery"] + timedelta(hours=24)
    assert dues(check("gb-pecr", on=after, **here))[0] == AWARE + timedelta(hours=72)
    assert check("in", on=date(2027, 5, 12), places={"IN": 1}).state == "later"
    assert check("in", on=date(2027, 5, 13), places={"IN": 1}).state == "due"
    assert check("us-ca", on=date(2025, 12, 31), places={"US-CA": 9}).due_at is None
    assert check("cra", on=date(2026, 9, 10), manufacturer=True, cra_event=True).state == "later"
    assert check("cra", on=date(2026, 9, 11), manufacturer=True, cra_event=True).state == "due"


def test_dora_takes_the_earlier_of_its_two_limits():
    here = {"financial_entity": True, "dora_major": True}
    classified = AWARE + timedelta(hours=3)
    late = AWARE + timedelta(hours=23)

    assert check("dora", **here).due_at == AWARE + timedelta(hours=24)
    assert check("dora", **here, stamps={**STAMPS, "classification": classified}).due_at == (
        classified + timedelta(hours=4)
    )
    assert check("dora", **here, stamps={**STAMPS, "classification": late}).due_at == (
        AWARE + timedelta(hours=24)
    )
    assert check("dora", financial_entity=True, dora_major=False).state == "not_due"


def test_nis2_warns_within_a_day_and_reports_within_three():
    one = check("nis2", nis2_entity=True, nis2_significant=True)

    assert dues(one) == [AWARE + timedelta(hours=24), AWARE + timedelta(hours=72), None, None]
    assert check("nis2", nis2_entity=True).asks == ("nis2_significant",)
    assert check("nis2", nis2_entity=False).state == "not_due"


def test_business_days_leave_out_the_weekend():
    one = check("br", places={"BR": 10})

    assert dues(one) == [AWARE + timedelta(days=5)] * 2
    assert check("br", QUIET, places={"BR": 10}).state == "not_due"


def test_singapore_asks_from_five_hundred_people_or_for_harm():
    slip = replace(MISTAKE, data_categories=data("identity", "contact"), subject_count=None)
    at = AWARE + timedelta(days=2)
    many = check("sg", slip, places={"SG": 500}, stamps={**STAMPS, "assessment": at})

    assert [step.due_at for step in many.steps if step.step.what == "authority"] == [
        at + timedelta(days=3)
    ]
    few = check("sg", slip, places={"SG": 499})
    assert few.steps[1].state == "find_out"
    assert check("sg", slip, places={"SG": 499}, own={"sg": False}).steps[1].state == "not_due"
    assert check("sg", slip, places={"SG": 499}, own={"sg": True}).steps[1].state == "due"


def test_japan_has_sixty_days_where_the_purpose_was_wrongful():
    slip = replace(MISTAKE, data_categories=data("health"), special_category=True)

    def finals(one):
        steps = [step for step in one.steps if step.step.what == "final"]
        return [step.due_at - AWARE for step in steps if step.state == "due"]

    assert finals(check("jp", places={"JP": 5})) == [timedelta(days=60)]
    assert finals(check("jp", slip, places={"JP": 5})) == [timedelta(days=30)]
    plain = replace(MISTAKE, data_categories=data("identity"), fraud_enabling=False)
    assert check("jp", plain, places={"JP": 1000}).state == "not_due"
    assert check("jp", plain, places={"JP": 1001}).state == "due"


@pytest.mark.parametrize("code", ["za", "tr", "kr"])
def test_where_no_harm_is_asked_for_access_is_enough(code):
    slip = replace(MISTAKE, data_categories=data("identity"))

    assert check(code, slip, places={code.upper(): 1}).state == "due"
    assert check(code, QUIET, places={code.upper(): 1}).state == "not_due"


def test_what_is_only_possible_is_access_and_no_acquisition_yet():
    maybe = CASES["05 job applications taken from a website"]
    maybe = replace(maybe, confidentiality_loss=None)

    assert check("za", maybe, places={"ZA": 1}).state == "due"
    assert check("tr", maybe, places={"TR": 1}).asks == ("confidentiality_loss", "exfiltration")


def test_the_laws_of_harm_ask_their_own_question_between_none_and_high():
    likely = CASES["B-v another's bank statement in the post"]
    for code in ("ca", "ca-qc", "au", "nz"):
        here = {"places": {code.upper(): 2}}
        assert check(code, **here).state == "due"
        assert check(code, QUIET, **here).state == "not_due"
        assert check(code, own={code: False}, **here).steps[-1].state == "not_due"
    risk = check("ca", likely, places={"CA": 2})
    assert (risk.state, risk.asks) in (("due", ()), ("find_out", ("own",)))


def test_measures_since_then_end_the_high_risk_but_not_the_risk():
    over = replace(STOLEN, risk_neutralised=True)
    told = {step.step.what: step.state for step in check("gb", over, places={"GB": 1}).steps}

    assert told == {"authority": "due", "people": "not_due"}
    assert check("ch", over, places={"CH": 1}, own={"ch": False}).state == "not_due"
    assert check("ca", over, places={"CA": 1}).asks == ("own",)


def test_a_processor_sees_whose_duty_it_is():
    processor = replace(STOLEN, controller_role="processor")

    assert check("gb", processor, places={"GB": 1}).on_behalf
    assert not check("gb", places={"GB": 1}).on_behalf
    assert not check("nis2", processor, nis2_entity=True).on_behalf


def test_korea_asks_for_a_thousand_a_sensitive_kind_or_an_intruder():
    slip = replace(MISTAKE, data_categories=data("identity"))

    def told(facts, n):
        return check("kr", facts, places={"KR": n}).steps[0].state

    assert told(slip, 999) == "not_due"
    assert told(slip, 1000) == "due"
    assert told(replace(slip, criminal_data=True), 1) == "due"
    assert told(ATTACK, 1) == "due"
    assert told(replace(slip, malicious=True, actor=None), 1) == "find_out"
