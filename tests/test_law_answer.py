"""An answer explains itself: its reasons, its exemptions, its aid, and what it says of itself."""

from dataclasses import replace
from datetime import date

import pytest

from incidents.law import Facts, Risk, assess
from incidents.law.reading import KINDS
from incidents.law.vocabulary import Exfiltration, Identifiable, IntegrityLoss, Protection
from tests.breaches import ENCRYPTED, QUIET, THEFT, data
from tests.edpb import CASES, OPEN_CASES, case

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize("facts", [*CASES.values(), *OPEN_CASES.values(), Facts()])
def test_every_reason_has_a_source_and_rests_on_facts_that_exist(facts):
    answer = assess(facts, TODAY)

    for verdict, article in (
        (answer.authority, "GDPR Art. 33(1)"),
        (answer.subjects, "GDPR Art. 34(1)"),
        (answer.controllers, "GDPR Art. 33(2)"),
        (answer.document, "GDPR Art. 33(5)"),
    ):
        assert verdict.reasons[0].rule.startswith(article)
        for reason in verdict.reasons:
            assert reason.rule.startswith(("GDPR Art. ", "EDPB Guidelines "))
            assert reason.because.endswith(".")
            assert set(reason.facts) <= set(vars(facts))


def test_a_reason_names_the_rule_that_decided():
    rules = [reason.rule for reason in assess(case("03"), TODAY).subjects.reasons]

    assert rules == [
        "GDPR Art. 34(1)",
        "EDPB Guidelines 01/2021, section 2.3; 9/2022, Annex B, viii",
    ]


def test_the_json_is_what_the_command_promises():
    answer = assess(case("11"), TODAY).as_json()

    assert answer["risk"] == "high"
    assert answer["document"] is True
    assert answer["authority"]["duty"] is answer["authority"]["certain"] is True
    assert answer["authority"]["reasons"][0]["rule"] == "GDPR Art. 33(1)"
    assert answer["authority"]["reasons"][0]["because"].startswith("A risk to the rights")
    assert answer["subjects"]["exemption"] is None
    assert answer["law_version"] == "GDPR-2018/EDPB-2023.1"
    assert answer["enisa"].keys() >= {"dpc", "ei", "cb", "min", "max", "level"}
    assert all(flip.keys() == {"fact", "from", "to", "changes"} for flip in answer["flips"])


def test_nothing_known_is_undetermined_and_the_authority_is_told_in_doubt():
    answer = assess(Facts(), TODAY)

    assert (answer.risk, answer.risk_word) == (None, "undetermined")
    assert (answer.risk_low, answer.risk_high) == (Risk.UNLIKELY, Risk.HIGH)
    assert (answer.authority.duty, answer.authority.certain) == (True, False)
    assert (answer.subjects.duty, answer.subjects.certain) == (False, False)


@pytest.mark.parametrize("facts", [*OPEN_CASES.values(), Facts()])
def test_an_open_answer_claims_nothing_harmless_that_is_not_known(facts):
    answer = assess(facts, TODAY)

    for reason in (*answer.authority.reasons, *answer.subjects.reasons)[1:]:
        assert "stayed available" not in reason.because
        assert "No data stay altered" not in reason.because


def test_an_open_answer_says_what_speaks_for_a_risk():
    answer = assess(case("B-ii"), TODAY)

    for verdict in (answer.authority, answer.subjects):
        assert "unknown hands" in verdict.reasons[1].because


def test_a_known_loss_ends_the_state_of_undetermined():
    assert assess(Facts(exfiltration=Exfiltration.CONFIRMED), TODAY).risk is Risk.LIKELY


def test_encryption_is_named_as_the_exemption_where_it_spares_people():
    stolen = case("10")

    assert assess(stolen, TODAY).subjects.exemption == "34(3)(a)"
    assert assess(replace(stolen, protection=Protection.NONE), TODAY).subjects.exemption is None
    assert assess(case("01"), TODAY).subjects.exemption is None, "nobody got the data anyway"


def test_encryption_does_not_spare_people_who_cannot_get_at_their_data():
    hospital = replace(case("03"), **ENCRYPTED)

    assert assess(hospital, TODAY).subjects.duty
    assert assess(hospital, TODAY).subjects.exemption is None


def test_later_measures_spare_the_people_and_not_the_authority():
    answer = assess(replace(case("11"), risk_neutralised=True), TODAY)

    assert (answer.subjects.duty, answer.subjects.certain) == (False, True)
    assert answer.subjects.exemption == "34(3)(b)"
    assert answer.authority.duty


def test_later_measures_are_no_exemption_where_nothing_was_due():
    assert assess(replace(case("13"), risk_neutralised=True), TODAY).subjects.exemption is None


def test_a_disproportionate_effort_changes_the_channel_and_not_the_duty():
    one_by_one = assess(case("03"), TODAY).subjects
    in_public = assess(replace(case("03"), disproportionate_effort=True), TODAY).subjects

    assert (one_by_one.duty, one_by_one.channel, one_by_one.exemption) == (True, "direct", None)
    assert (in_public.duty, in_public.channel, in_public.exemption) == (True, "public", "34(3)(c)")


def test_a_claim_not_made_makes_nothing_uncertain():
    assert case("11").risk_neutralised is None
    assert assess(case("11"), TODAY).subjects.certain


def test_the_lead_authority_is_named_across_borders_only():
    abroad, at_home = assess(case("B-vi"), TODAY), assess(case("11"), TODAY)

    assert abroad.authority.lead is True
    assert abroad.authority.reasons[-1].rule == "GDPR Art. 55, 56(1)"
    assert at_home.authority.lead is False
    assert assess(replace(case("13"), cross_border=True), TODAY).authority.lead is None


def test_a_processor_is_told_whose_duty_the_notice_to_the_authority_is():
    rules = [reason.rule for reason in assess(case("B-vii"), TODAY).authority.reasons]

    assert "GDPR Art. 33(1), (2)" in rules


def test_a_processor_is_told_nothing_about_a_notice_that_is_not_due():
    answer = assess(replace(case("13"), controller_role="processor"), TODAY)

    assert answer.controllers.duty
    assert "GDPR Art. 33(1), (2)" not in [reason.rule for reason in answer.authority.reasons]


def test_a_role_not_known_leaves_the_duty_towards_controllers_open():
    answer = assess(replace(case("11"), controller_role=None), TODAY)

    assert (answer.controllers.duty, answer.controllers.certain) == (False, False)
    assert answer.ask_next == ["controller_role"]


def test_the_enisa_score_is_a_span_while_facts_are_open():
    shown = assess(Facts(), TODAY).as_json()["enisa"]

    assert (shown["dpc"], shown["ei"], shown["cb"]) == ([1, 4], [0.25, 1.0], [0.0, 2.0])
    assert (shown["min"], shown["max"], shown["level"]) == (0.25, 6.0, ["low", "very high"])


def test_a_high_score_asks_for_a_second_look_and_changes_nothing():
    facts = replace(case("09"), data_categories=data("identity", "transactions"))

    answer = assess(facts, TODAY)

    assert answer.enisa.least >= 3
    assert not answer.subjects.duty
    assert any("ENISA" in note.text for note in answer.notes)


def test_a_contradiction_is_answered_and_named():
    facts = replace(case("10"), credentials_exposed=True)

    answer = assess(facts, TODAY)

    assert answer.authority.duty, "encryption that is belied is not counted"
    assert "encrypted" in answer.as_json()["notes"][0]


def test_an_empty_list_of_data_counts_as_not_known_and_says_so():
    answer = assess(replace(THEFT, data_categories=frozenset()), TODAY)

    assert not answer.subjects.certain
    assert any("No kind of data" in note.text for note in answer.notes)


def test_having_told_people_already_is_no_duty():
    answer = assess(case("06"), TODAY)

    assert not answer.subjects.duty
    assert any("told already" in note.text for note in answer.notes)


def test_a_breach_before_the_gdpr_is_judged_by_the_first_law_on_file():
    assert assess(QUIET, date(1990, 1, 1)).law_version == assess(QUIET, TODAY).law_version


def test_the_answer_as_json_has_these_keys_and_no_others():
    duty = {"duty", "certain", "reasons"}
    for facts in (*CASES.values(), *OPEN_CASES.values()):
        answer = assess(facts, TODAY)
        told = answer.as_json()

        assert told.keys() == {
            *("risk", "risk_range", "document", "authority", "subjects", "controllers"),
            *("law_version", "on", "flips", "ask_next", "enisa", "notes", "remarks"),
        }
        assert told["authority"].keys() == duty | {"lead", "hours"}
        assert told["subjects"].keys() == duty | {"exemption", "channel"}
        assert told["controllers"].keys() == duty
        assert told["risk_range"] == [answer.risk_low.word, answer.risk_high.word]
        assert told["document"] is True
        assert told["authority"]["hours"] == 72
        for whom in ("authority", "subjects", "controllers"):
            verdict = getattr(answer, whom)
            assert (told[whom]["duty"], told[whom]["certain"]) == (verdict.duty, verdict.certain)
            for reason in told[whom]["reasons"]:
                assert reason.keys() == {"rule", "because", "text", "params", "facts"}
                assert reason["because"] == reason["text"] % reason["params"]
                assert reason["rule"].startswith(("GDPR Art. ", "EDPB Guidelines "))
                assert set(reason["facts"]) <= KINDS.keys()
            assert isinstance(told[whom]["duty"], bool)
        assert told["subjects"]["channel"] == ("direct" if answer.subjects.duty else None)
        assert told["subjects"]["exemption"] == answer.subjects.exemption
        assert told["authority"]["lead"] == answer.authority.lead
        assert all(flip.keys() == {"fact", "from", "to", "changes"} for flip in told["flips"])
        assert {"dpc", "ei", "cb", "min", "max", "level"} <= told["enisa"].keys()
        assert told["notes"] == [one["text"] % one["params"] for one in told["remarks"]]


def test_data_of_which_nobody_can_tell_the_person_are_spared_by_that_fact():
    taken = replace(case("05"), identifiable=Identifiable.NONE, integrity_loss=IntegrityLoss.NONE)

    because = assess(taken, TODAY).authority.reasons[1]

    assert (because.rule, because.facts) == (
        "EDPB Guidelines 9/2022, section IV.B",
        ("identifiable",),
    )


def test_every_breach_is_documented_for_certain():
    assert (assess(Facts(), TODAY).document.duty, assess(Facts(), TODAY).document.certain) == (
        True,
        True,
    )
