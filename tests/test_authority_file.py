"""What to send to the authority: built from the facts, prepared, and what it answered."""

import pytest
from filing import answers, press_freeze, press_sent, told_case

from incidents import audit
from incidents.actions import cases, notifications
from incidents.db import db, now


@pytest.fixture
def case(incident, staff_user, controller_user):
    return told_case(incident, staff_user, controller_user)


def test_the_answers_of_the_form_follow_from_the_facts(app, case):
    told = answers(case)

    assert told["origin"].answer == "Personal data sent to a wrong recipient"
    assert told["cause"].answer == "Internal, accidental"
    assert told["sensitive"].answer == "Health data"
    assert told["people"].answer == "Customers, current or potential\nMinors"
    assert told["band"].answer == "51 to 300 people"
    assert told["informed"].answer == "No, but they will be"
    assert "Asked for deletion" in told["done"].answer


def test_what_is_not_known_is_said_and_what_the_law_asks_for_is_named_as_missing(case):
    told = answers(case)

    assert told["siren"].answer is None and not told["siren"].missing
    assert {key for key, line in told.items() if line.missing} == {"records", "consequences"}


def test_nothing_is_derived_from_facts_that_nobody_gave(incident):
    told = answers(incident)

    derived = ("origin", "cause", "data", "sensitive", "people", "band", "nature", "cross_border")
    assert {told[key].answer for key in derived} == {None}
    assert told["informed"].answer == "Not determined yet"


def test_a_question_that_does_not_arise_is_not_asked(case):
    told = answers(case)

    assert not told["late"].arises and not told["earlier"].arises
    assert not told["consequences_integrity"].arises and told["consequences_confidentiality"].arises


def test_the_words_are_those_of_the_portal_in_french_too(case):
    assert answers(case, "fr")["origin"].answer.startswith("Données personnelles envoyées")


def test_the_page_shows_each_answer_with_its_copy_button_and_where_it_comes_from(staff, case):
    page = staff.get(f"/incidents/{case.reference}/notification").text

    assert 'data-copy="answer-origin"' in page and 'id="answer-origin"' in page
    assert f"/incidents/{case.reference}/detection#summary" in page
    assert "notifications.cnil.fr" in page
    assert "2 answers are missing for a complete notification" in page


def test_a_citation_is_in_the_language_of_each_reader(staff, case):
    address = f"/incidents/{case.reference}/notification"
    pages = [staff.get(address, headers={"Accept-Language": code}).text for code in ("en", "fr")]

    assert "<cite>GDPR Art. 33(3)</cite>" in pages[0]
    assert "<cite>RGPD, art. 33(3)</cite>" in pages[1]


def test_staff_prepare_and_only_the_controller_freezes_and_sends(staff, case):
    assert staff.get(f"/incidents/{case.reference}/notification/answers").status_code == 200
    assert press_freeze(staff, case).status_code == 403
    assert press_sent(staff, case).status_code == 403


def test_an_answer_of_ours_stands_before_the_one_derived(staff, case):
    staff.post(
        f"/incidents/{case.reference}/notification/answers",
        data={"version": case.version, "siren": "123 456 789", "origin": ["portal"], "size": "12"},
    )

    told = answers(case)
    assert told["siren"].answer == "123 456 789"
    assert told["origin"].answer == "Data of the wrong person shown on a customer portal"


def test_a_stale_edit_of_the_answers_overwrites_nothing(staff, case, staff_user):
    seen = case.version
    notifications.prepare(case, {"sector": "Training"}, staff_user, now())
    db.session.commit()

    answer = staff.post(
        f"/incidents/{case.reference}/notification/answers",
        data={"version": seen, "sector": "Coaching"},
    )

    assert answer.status_code == 409 and "Training" in answer.text and "Coaching" in answer.text
    assert case.filing == {"sector": "Training"}


def test_what_was_said_of_the_organisation_is_offered_for_the_next_incident(
    staff, case, staff_user
):
    notifications.prepare(case, {"siren": "123456789", "comments": "x"}, staff_user, now())
    other = cases.open_incident("Another", staff_user, now())
    db.session.commit()

    page = staff.get(f"/incidents/{other.reference}/notification/answers").text

    assert "123456789" in page and "Filled in from your last incident" in page


def test_what_the_authority_asks_is_kept_until_it_is_answered(staff, case):
    address = f"/incidents/{case.reference}/authority"
    words = {"kind": "request", "received_on": "2026-11-20", "text": "Send the log."}
    staff.post(f"{address}/new", data=words | {"due_on": "2026-11-21"})
    (letter,) = case.authority_letters
    page = staff.get(f"/incidents/{case.reference}/notification").text
    assert letter.is_open and "overdue since" in page

    staff.post(f"{address}/{letter.uid}", data={"on": "2026-11-22", "text": "Sent it by post."})

    assert not letter.is_open and letter.answer == "Sent it by post."
    assert audit.verify().broken_at is None


def test_an_answer_due_before_the_letter_came_is_refused_and_nothing_is_lost(staff, case):
    words = {"kind": "request", "received_on": "2026-11-20", "text": "Send the log."}
    answer = staff.post(
        f"/incidents/{case.reference}/authority/new", data=words | {"due_on": "2026-11-19"}
    )

    assert answer.status_code == 422 and "Send the log." in answer.text
    assert case.authority_letters == []


def test_every_authority_is_listed_and_what_is_from_memory_says_so(staff):
    page = staff.get("/authorities").text

    assert page.count("<tr>") == 34 and "from memory" in page and "Persónuvernd" in page
