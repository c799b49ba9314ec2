"""The decision page asks what still matters; the rest is folded away, and nothing is lost."""

import pytest
from by_hand import Hand, filled

from incidents.asking import groups
from incidents.db import db
from incidents.law import Facts, assess, contradictions, questions
from incidents.law.idle import CERTAIN
from incidents.usual import SENTENCES, stated, usual
from tests.test_law_order import TODAY

WHAT = {
    "confidentiality_loss": "possible",
    "integrity_loss": "none",
    "availability_loss": "none",
    "malicious": "no",
}
SAFE = {
    "protection": "strong_encryption",
    "protection_state_of_the_art": "yes",
    "key_compromised": "no",
    "credentials_exposed": "no",
    "misuse_observed": "no",
    "controller_role": "controller",
}


@pytest.fixture
def hand(app, incident, controller_user):
    hand = Hand(app)
    hand.log_in(controller_user)
    return hand.open(f"/incidents/{incident.reference}/decision")


def in_view(hand):
    """The questions that a reader sees without opening anything."""
    controls = hand.page.select(".do form.compact [name]")
    seen = {one["name"] for one in controls if not one.find_parent("details")}
    return seen & {question.key for question in questions()}


def shown_in_words(hand):
    return {
        question.key
        for question in questions()
        for term in hand.page.select(".do dt")
        if term.get_text() == question.text
    }


def test_first_the_kind_of_incident_is_asked_and_nothing_else(hand, incident):
    assert in_view(hand) == set()

    hand.press("Lost or stolen device")

    assert hand.page.select_one(f"#{hand.place} [name=usual]")
    assert incident.facts == {"incident_type": "lost_stolen_device"}
    assert not {"malicious", "protection", "recipient_known"} & in_view(hand)


def test_a_case_that_is_settled_early_asks_no_more(hand, incident):
    hand.press("Lost or stolen device")
    hand.press("Keep these and go on", **WHAT)
    assert "protection" in in_view(hand) and "recipient_known" not in in_view(hand)
    assert "The data stayed available." in hand.words

    hand.press("Keep these and go on", **SAFE)
    result = assess(Facts.from_json(incident.facts), TODAY)
    assert (result.authority.duty, result.authority.certain) == (False, True)
    assert in_view(hand) == {"data_categories", "subject_count", "subject_types"}
    assert "Enough is known" in hand.words and CERTAIN in hand.words


def test_what_is_usual_is_kept_only_if_it_is_ticked_and_gives_way_to_an_answer(hand, incident):
    hand.press("E-mail to the wrong people")
    hand.press("Keep these and go on", subject_count="12")
    assert incident.facts == {"incident_type": "misdirected_email", "subject_count": 12}

    hand.open(hand.path)
    hand.press("Keep these and go on", usual="misdirected_email", confidentiality_loss="possible")
    told = stated(["misdirected_email"], "misdirected_email")
    told["confidentiality_loss"] = "possible"
    assert told.items() <= incident.facts.items()
    assert "usual" not in {one.get("name") for one in hand.page.select("input")}


@pytest.mark.parametrize("sentence", SENTENCES, ids=lambda one: one.key)
def test_what_is_usual_are_facts_that_are_asked_and_do_not_contradict_one_another(sentence):
    facts = Facts.from_json({"incident_type": sentence.kind, **sentence.facts})

    assert sentence in usual(Facts.from_json({"incident_type": sentence.kind}))
    assert sentence not in usual(facts)
    assert not contradictions(facts)


def test_no_to_all_that_is_open_answers_what_was_asked_and_nothing_else(hand, incident):
    hand.press("Ransomware")
    rest = hand.page.select_one("[name=rest]")["value"]
    hand.press("Keep these and go on", fraud_enabling="yes", rest=rest, subject_types=["patients"])

    facts = incident.facts
    assert facts["fraud_enabling"] is True and facts["special_category"] is False
    assert facts["vulnerable_subjects"] is True  # patients need protection, whatever was ticked
    assert not {"key_compromised", "critical_service", "recipient_known"} & set(facts)


def test_what_is_answered_is_shown_in_words_and_no_question_leaves_the_page(hand, incident):
    hand.press("Lost or stolen device")
    hand.press("Keep these and go on", **WHAT)
    incident.facts = {**incident.facts, "critical_service": False, "recipient_count": 3}
    db.session.commit()
    hand.open(hand.path)

    names = {one["name"] for one in hand.page.select(".do form.compact [name]")}
    assert {question.key for question in questions()} <= names
    assert set(incident.facts) <= shown_in_words(hand)
    form = hand.page.select_one(".do form.compact")
    assert filled(form)["recipient_count"] == "3"  # a browser sends what is folded away, too


def test_an_answer_in_a_fold_is_kept_and_shown_from_then(hand, incident):
    hand.press("I don’t know yet", public_exposure="yes")

    assert incident.facts == {"public_exposure": True}
    assert "public_exposure" in shown_in_words(hand)


@pytest.mark.parametrize("first", ["I don’t know yet", "Lost or stolen device", "Outage"])
def test_who_does_not_know_an_answer_is_led_on_all_the_same(hand, first):
    hand.press(first)
    pages = []
    while "Keep these and go on" in hand.words:
        pages.append(in_view(hand))
        assert pages.count(pages[-1]) == 1  # each page asks something that the ones before did not
        hand.press("Keep these and go on")

    last = in_view(hand)
    assert {"confidentiality_loss", "controller_role", "recipient_known", "protection"} < last


def test_a_number_that_cannot_be_is_refused_in_the_open(hand, incident):
    hand.press("I don’t know yet", status=400, recipient_count="-4")

    assert "recipient_count" in in_view(hand)
    assert incident.facts == {}


def test_ticks_are_not_lost_with_a_number_that_cannot_be(hand, incident):
    hand.press("Published online")
    rest = hand.page.select_one("[name=rest]")["value"]
    ticked = {"usual": "published_online", "rest": rest}
    hand.press("Keep these and go on", status=400, subject_count="-4", **ticked)

    sent = filled(hand.page.select_one(".do form.compact"))
    assert {name: sent.get(name) for name in ticked} == ticked


def test_each_fold_says_why():
    facts = Facts.from_json({"availability_loss": "none", "malicious": True})

    for group in groups(facts, TODAY, 5, lambda key: False):
        assert bool(group.idle) == bool(group.why)


# What somebody answers who knows the case, and how many questions that may take at most. One
# sentence to tick, and one tick for all that are "no", count as one.
USUAL = {
    "misdirected_email": ({"subject_count": 1240, "data_categories": ["identity", "contact"]}, 7),
    "lost_stolen_device": (
        {
            "subject_count": 400,
            "data_categories": ["identity", "contact"],
        },
        8,
    ),
    "ransomware": (
        {
            "availability_loss": "temporary_short",
            "integrity_loss": "temporary",
            "subject_count": 85,
            "data_categories": ["identity", "salary", "financial_account"],
            "fraud_enabling": True,
        },
        10,
    ),
    "email_account_compromise": (
        {
            "subject_count": 600,
            "data_categories": ["identity", "communications"],
            "misuse_observed": True,
        },
        8,
    ),
}


@pytest.mark.parametrize("kind", USUAL)
def test_a_usual_case_is_certain_after_few_questions(hand, incident, kind):
    known, most = USUAL[kind]
    hand.press(" ".join(hand.page.select_one(f'[name=kind][value="{kind}"]').get_text().split()))
    asked = 1
    for _page in range(3):
        answers = {key: words(known[key]) for key in in_view(hand) & set(known)}
        answers |= {"subject_types": ["customers"]} if "subject_types" in in_view(hand) else {}
        answers |= {"controller_role": "controller"} if "controller_role" in in_view(hand) else {}
        ticks = {name: offered(hand, name) for name in ("usual", "rest") if offered(hand, name)}
        asked += len(answers) + sum(map(len, ticks.values()))
        on = "Keep these and go on"
        last = "Keep the answers and show the result"
        hand.press(on if on in hand.words else last, **answers, **ticks)
        if "Enough is known" in hand.words:
            break

    assert "Enough is known" in hand.words, in_view(hand)
    assert asked <= most, asked


def offered(hand, name):
    return [one["value"] for one in hand.page.select(f".do [name={name}]")]


def words(value):
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, list) else str(value)
