"""Every reason that the law gives cites its source, rests on facts that are asked, and is French
for those who read French."""

import re
from ast import literal_eval
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from incidents.law import Facts, assess
from incidents.law.reading import KINDS
from incidents.law.vocabulary import Disruption, IntegrityLoss
from tests.breaches import MISTAKE, QUIET, RANSOM, data
from tests.edpb import CASES, OPEN_CASES
from tests.test_law_everyday import EVERY_WEEK

TODAY = date(2026, 11, 26)
CATALOGUE = Path(__file__).parent.parent / "translations" / "fr" / "LC_MESSAGES" / "messages.po"
SOURCE = re.compile(
    r"(GDPR (Art\.|recital) \d|EDPB Guidelines (01/2021|9/2022), (sections? \d|para|Annex))[^A-Z]*"
    r"|EDPB Guidelines 9/2022, sections? (II\.A|IV\.B)"
)
MORE = [
    replace(QUIET, controller_role="processor"),
    Facts(),
    Facts(controller_role="processor", cross_border=True),
    *(replace(one, risk_neutralised=True) for one, _ in EVERY_WEEK.values()),
    *(replace(one, disproportionate_effort=True) for one, _ in EVERY_WEEK.values()),
    *(replace(one, identifiable="none") for one in CASES.values()),
    replace(RANSOM, availability_loss="temporary_short", backup_available="none"),
    replace(RANSOM, availability_loss="temporary_short", critical_service=True),
    *(
        replace(QUIET, availability_loss="temporary_short", **how)
        for how in (
            {"service_disruption": Disruption.MAJOR},
            {"service_disruption": Disruption.MINOR, "critical_service": True},
            {"data_categories": data("pseudonym")},
        )
    ),
    *(
        replace(QUIET, integrity_loss=loss, critical_service=critical, data_categories=kind)
        for loss in (IntegrityLoss.POSSIBLE, IntegrityLoss.CONFIRMED)
        for critical in (False, True)
        for kind in (data("pseudonym"), data("salary"), data("health"))
    ),
    replace(MISTAKE, data_categories=data("pseudonym"), recipient_known=False),
    replace(MISTAKE, subject_count=1001, recipient_count=1),
    replace(MISTAKE, subject_count=10_001, recipient_count=1, data_categories=data("salary")),
]
ALL = [*CASES.values(), *OPEN_CASES.values(), *(one for one, _ in EVERY_WEEK.values()), *MORE]


@pytest.fixture(scope="module")
def reasons():
    found = {}
    for facts in ALL:
        answer = assess(Facts.from_json(facts.to_json()), TODAY)
        for verdict in (answer.document, answer.authority, answer.subjects, answer.controllers):
            for reason in verdict.reasons:
                found[reason.rule, reason.because, reason.facts] = reason
    return list(found.values())


def test_each_reason_cites_its_source_as_it_is_called(reasons):
    wrong = [one.rule for one in reasons if not SOURCE.match(one.rule)]

    assert wrong == []


def test_each_reason_rests_on_facts_that_are_asked(reasons):
    assert {key for one in reasons for key in one.facts} <= set(KINDS)


def test_whatever_is_found_names_the_facts_it_was_found_on(reasons):
    found = [one for one in reasons if one.rule.startswith("EDPB")]

    assert found and all(one.facts for one in found)


def test_each_reason_can_be_read_in_french(reasons):
    entries = re.findall(r'^msgid ((?:".*"\n)+)', CATALOGUE.read_text(encoding="utf-8"), re.M)
    known = {"".join(literal_eval(line) for line in one.splitlines()) for one in entries}

    assert {one.because for one in reasons} <= known


def test_a_claim_and_a_role_are_named_where_they_decide():
    story = next(facts for facts, told in EVERY_WEEK.values() if told[1])
    for claim in ("risk_neutralised", "disproportionate_effort"):
        answer = assess(replace(story, **{claim: True}), TODAY)
        assert answer.subjects.reasons[-1].facts == (claim,)

    for role in (None, "controller", "processor"):
        answer = assess(replace(story, controller_role=role), TODAY)
        assert [one.facts for one in answer.controllers.reasons] == [("controller_role",)]
