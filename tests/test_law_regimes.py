"""Other laws: what is due by them, what is not, and what is to be found out first."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidents.law import Facts
from incidents.law.book import shipped
from incidents.law.places import is_cross_border, places
from incidents.law.profile import ANSWERS, Profile
from incidents.law.regimes import (
    FILES,
    in_force,
    read_regimes,
    regimes,
    shipped_regimes,
)
from incidents.law.vocabulary import IncidentType, Protection
from tests.breaches import ATTACK, MISTAKE, QUIET, data
from tests.edpb import CASES

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


def test_every_row_of_the_reference_is_there_with_its_source():
    codes = {row.code for row in shipped_regimes()}

    assert codes == {
        *("eu", "fr-insurance", "gb", "gb-pecr", "ch", "nis2", "eprivacy", "dora", "cra", "tr"),
        *("us-hipaa", "us-ca", "us-ny", "us-tx", "us-other", "ca", "ca-qc", "br", "au", "nz"),
        *("sg", "jp", "kr", "in-cert", "in", "cn", "cn-incident", "za"),
    }


@pytest.mark.parametrize("row", shipped_regimes(), ids=lambda row: f"{row.code}-{row.valid_from}")
def test_a_row_says_the_same_in_both_languages_and_whom_to_tell(row):
    english, french = row.texts["en"], row.texts["fr"]

    assert english.keys() == french.keys()
    assert {"name", "to", "trigger"} <= english.keys()
    assert row.citation
    assert all(step.prompt or step.within for step in row.steps)
    assert all(period.n == 1 for s in row.steps for period in s.within if period.unit == "months")
    known = {place.code for place in places()}
    assert set(row.where) <= known
    asks_own = any(
        name in ("own", "serious_harm", "attack") for s in row.steps for g in s.needs for name in g
    )
    assert asks_own == ("own" in english), "a test of its own needs its question"


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


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (249, ["people"]),
        (250, ["authority", "people"]),
        (10_001, ["authority", "people", "agencies"]),
    ],
)
def test_texas_counts_its_residents(number, told):
    one = check("us-tx", places={"US-TX": number})

    assert [step.step.what for step in one.steps if step.state == "due"] == told


def test_a_number_that_is_not_known_is_asked_for():
    one = check("us-tx", places={"US-TX": None})

    assert (one.state, one.steps[0].state, one.steps[0].asks) == ("due", "find_out", ("places",))
    few = check("us-tx", replace(STOLEN, subject_count=200), places={"US-TX": None})
    assert few.steps[0].state == "not_due", "no more live there than are concerned in all"


def test_data_that_cannot_be_read_are_spared_by_the_american_laws():
    sealed = replace(STOLEN, protection=Protection.STRONG_ENCRYPTION, key_compromised=False)
    maybe = replace(sealed, key_compromised=None)

    for code in ("us-ca", "us-ny", "us-tx"):
        here = {"places": {code.upper(): 600}}
        assert check(code, **here).state == "due"
        assert check(code, sealed, **here).state == "not_due"
        assert check(code, maybe, **here).asks == ("key_compromised",)
        assert check(code, replace(sealed, key_compromised=True), **here).state == "due"
        assert check(code, replace(sealed, protection=None), **here).asks == ("protection",)


def test_a_name_alone_is_no_private_information():
    names = replace(
        STOLEN, data_categories=data("identity"), special_category=False, credentials_exposed=False
    )

    assert check("us-ca", names, places={"US-CA": 9}).state == "not_due"
    assert (
        check("us-ca", replace(names, credentials_exposed=True), places={"US-CA": 9}).state == "due"
    )
    assert check("us-ca", replace(names, data_categories=None), places={"US-CA": 9}).asks == (
        "data_categories",
    )


def test_california_has_thirty_days_and_then_fifteen_for_the_attorney():
    told = AWARE + timedelta(days=3)
    one = check("us-ca", places={"US-CA": 501}, stamps={**STAMPS, "people_told": told})

    assert dues(one) == [STAMPS["discovery"] + timedelta(days=30), told + timedelta(days=15)]
    assert len(dues(check("us-ca", places={"US-CA": 500}))) == 1


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


def test_the_number_of_people_decides_between_the_two_ways_of_hipaa():
    few = check("us-hipaa", hipaa=True, places={"US-TX": 200, "US": 299})
    many = check("us-hipaa", hipaa=True, places={"US-TX": 200, "US": 300})

    assert [step.step.what for step in few.steps if step.state == "due"] == ["report", "people"]
    assert [step.step.what for step in many.steps if step.state == "due"] == ["authority", "people"]
    assert dues(few)[0] == datetime(2027, 1, 1, tzinfo=UTC) + timedelta(days=60)
    assert dues(many)[0] == STAMPS["discovery"] + timedelta(days=60)
    assert check("us-hipaa", hipaa=False, places={"US": 9}).state == "not_due"


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


def test_several_countries_of_the_union_make_it_cross_border():
    assert is_cross_border({"FR": 1, "BE": 1})
    assert not is_cross_border({"FR": 1, "BE": 0, "CH": 4})


def test_the_version_of_a_day_is_the_last_that_has_begun():
    rows = in_force(shipped_regimes(), date(2020, 1, 1))

    assert rows["gb-pecr"].valid_from == date.min
    assert rows["in"].valid_from == date(2027, 5, 13), "what has not begun shows its beginning"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('needs = ["risk"]', 'needs = ["luck"]'),
        ('from = "awareness"', 'from = "payday"'),
        ('prompt = "undue_delay"', 'prompt = "someday"'),
        ('what = "people"', 'what = "aunts"'),
        ('seen = "no"', 'seen = "perhaps"'),
    ],
)
def test_a_row_of_words_that_do_not_exist_is_refused(old, new):
    text = shipped(FILES[0])
    assert old in text
    with pytest.raises(ValueError, match=new.split('"')[1]):
        read_regimes(text.replace(old, new, 1))


OPEN = {
    "malicious": [True, False],
    "special_category": [True, False],
    "protection": list(Protection),
    "key_compromised": [True, False],
    "credentials_exposed": [True, False],
    "fraud_enabling": [True, False],
    "data_categories": [data("identity"), data("health"), data("payment_card", "contact")],
    "incident_type": list(IncidentType),
}
THREE = st.sampled_from([True, False, None])


@settings(max_examples=100, deadline=None)
@given(
    facts=st.sampled_from(sorted(CASES)),
    forgotten=st.sets(st.sampled_from(sorted(OPEN))),
    key=st.sampled_from(sorted(OPEN)),
    answers=st.fixed_dictionaries(dict.fromkeys(ANSWERS[2:], THREE)),
    numbers=st.dictionaries(
        st.sampled_from([place.code for place in places()]),
        st.one_of(st.none(), st.integers(0, 9999)),
    ),
    drawn=st.data(),
)
def test_what_is_due_or_not_stays_so_whatever_is_learned(
    facts, forgotten, key, answers, numbers, drawn
):
    known = replace(CASES[facts], **dict.fromkeys([*forgotten, key]), subject_count=None)
    learned = replace(known, **{key: drawn.draw(st.sampled_from(OPEN[key]))})
    profile = Profile(places=numbers, **answers)
    open_ones = [name for name, value in answers.items() if value is None]
    more = replace(
        profile, places_complete=True, **dict.fromkeys(open_ones, drawn.draw(st.booleans()))
    )

    before = regimes(known, profile, TODAY)
    for after in (regimes(learned, profile, TODAY), regimes(known, more, TODAY)):
        for was, now in zip(before, after, strict=True):
            if was.state != "find_out":
                assert now.state == was.state, was.regime.code
