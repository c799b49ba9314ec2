"""The breach laws of American states and HIPAA: kinds of data, encryption, residents."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from incidents.law.vocabulary import Protection
from tests.breaches import data
from tests.elsewhere import AWARE, STAMPS, STOLEN, check, dues


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


def test_the_number_of_people_decides_between_the_two_ways_of_hipaa():
    few = check("us-hipaa", hipaa=True, places={"US-TX": 200, "US": 299})
    many = check("us-hipaa", hipaa=True, places={"US-TX": 200, "US": 300})

    assert [step.step.what for step in few.steps if step.state == "due"] == ["report", "people"]
    assert [step.step.what for step in many.steps if step.state == "due"] == ["authority", "people"]
    assert dues(few)[0] == datetime(2027, 1, 1, tzinfo=UTC) + timedelta(days=60)
    assert dues(many)[0] == STAMPS["discovery"] + timedelta(days=60)
    assert check("us-hipaa", hipaa=False, places={"US": 9}).state == "not_due"
