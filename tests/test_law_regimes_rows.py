"""The rows of other laws as data: complete, dated, and of one mind with what is learned."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidents.law.book import shipped
from incidents.law.places import is_cross_border, places
from incidents.law.profile import ANSWERS, Profile
from incidents.law.regimes import FILES, in_force, read_regimes, regimes, shipped_regimes
from incidents.law.vocabulary import IncidentType, Protection
from tests.breaches import data
from tests.edpb import CASES
from tests.elsewhere import TODAY


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
