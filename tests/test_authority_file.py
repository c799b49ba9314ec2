"""What to send to the authority: built from the facts, frozen in versions, told in time."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from incidents import audit
from incidents.actions import cases, decisions, erasure, measures, notifications
from incidents.db import db, now
from incidents.models import Entry
from incidents.notification import case_of, draft
from incidents.refusal import Refused, Stale

FACTS = {
    "incident_type": "misdirected_email",
    "breach_types": ["confidentiality"],
    "confidentiality_loss": "confirmed",
    "data_categories": ["identity", "email_address", "health"],
    "special_category": True,
    "subject_types": ["customers", "children"],
    "subject_count": 213,
    "recipient_known": True,
}


@pytest.fixture
def case(incident, staff_user, controller_user):
    """An incident that is aware since yesterday, with facts, and decided: tell the authority."""
    aware = (now() - timedelta(days=1)).replace(microsecond=0)
    words = {"summary": "A list went to a wrong address.", "cause": "internal_accidental"}
    words |= {"facts": FACTS, "data": "Names and addresses", "people": "Course participants"}
    cases.edit(incident, words, staff_user, now())
    incident.aware_at, incident.aware_reason = aware, "The recipient called us."
    measures.add(
        incident, {"text": "Asked for deletion", "done_on": now().date()}, staff_user, now()
    )
    asked = decisions.assess(incident, controller_user, now())
    decisions.decide(asked, True, True, None, controller_user, now())
    db.session.commit()
    return incident


def answers(incident, language="en", phase="initial"):
    return {line.key: line for line in draft(case_of(incident, phase, now()), language)}


def press_freeze(controller, incident, phase="initial", seen=0, **more):
    address = f"/incidents/{incident.reference}/notification/freeze"
    return controller.post(address, data={"phase": phase, "seen": seen, **more})


def press_sent(controller, incident, number=1, reference="FR-4711", at=None, **more):
    at = (at or now()) + timedelta(hours=1)  # Europe/Paris, in winter
    return controller.post(
        f"/incidents/{incident.reference}/notification/{number}/sent",
        data={"at": [f"{at:%Y-%m-%d}", f"{at:%H:%M}"], "reference": reference, **more},
    )


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


def test_a_frozen_version_never_changes(controller, case, staff_user):
    press_freeze(controller, case)
    (version,) = case.notifications
    was = (version.content, version.sha256)
    cases.edit(case, {"summary": "Something else"}, staff_user, now())
    db.session.commit()
    page = controller.get(f"/incidents/{case.reference}/notification/1").text

    assert (version.content, version.sha256) == was
    assert "A list went to a wrong address." in page and "Something else" not in page
    entry = db.session.scalar(select(Entry).where(Entry.verb == "notification.frozen"))
    assert entry.detail["sha256"] == version.sha256
    assert audit.verify().broken_at is None


def test_pressed_twice_one_version_is_made(controller, case):
    first, second = press_freeze(controller, case), press_freeze(controller, case)

    assert first.location == second.location
    assert [one.number for one in case.notifications] == [1]


def test_a_version_that_says_nothing_new_is_refused(controller, case):
    press_freeze(controller, case)

    answer = press_freeze(controller, case, seen=1)

    assert answer.status_code == 409
    assert "Nothing has changed since version 1" in answer.text


def test_whoever_has_not_seen_the_newest_version_makes_none(case, controller_user, staff_user):
    notifications.freeze(case_of(case, "initial", now()), controller_user, 0)
    cases.edit(case, {"summary": "Another summary"}, staff_user, now())

    with pytest.raises(Stale):
        notifications.freeze(case_of(case, "initial", now()), controller_user, 0)


def test_sending_the_first_version_meets_the_duty_with_its_number_as_proof(controller, case):
    press_freeze(controller, case)
    answer = press_sent(controller, case, reference="FR-4711")

    assert answer.status_code == 302
    duty = next(duty for duty in case.duties if duty.kind == "authority")
    assert duty.met_at and "FR-4711" in duty.proof
    assert case.notifications[0].sent_at == duty.met_at


def test_a_version_sent_before_any_decision_meets_the_duty_that_it_opens(incident, controller_user):
    version = notifications.freeze(case_of(incident, "initial", now()), controller_user, 0)
    notifications.mark_sent(version, now(), "FR-1", controller_user, now())

    assert [(duty.kind, bool(duty.met_at)) for duty in incident.duties] == [("authority", True)]


def test_telling_late_asks_for_the_reasons_and_they_stand_in_it(controller, case):
    case.aware_at = now() - timedelta(days=5)
    next(duty for duty in case.duties if duty.kind == "authority").due_at = now() - timedelta(
        days=2
    )
    db.session.commit()
    assert answers(case)["late"].missing

    press_freeze(controller, case)
    refused = press_sent(controller, case)
    done = press_sent(controller, case, late="The log was lost with the server.")

    assert refused.status_code == 422 and "72 hours" in refused.text
    assert done.status_code == 302
    assert answers(case)["late"].answer == "The log was lost with the server."


def test_what_is_learned_later_is_a_complement_that_shows_what_changed(
    controller, case, staff_user
):
    press_freeze(controller, case)
    press_sent(controller, case)
    cases.edit(case, {"record_count": 900}, staff_user, now())
    db.session.commit()
    press_freeze(controller, case, "complementary", seen=1)

    second = case.notifications[1]
    page = controller.get(f"/incidents/{case.reference}/notification/2").text
    assert second.phase == "complementary"
    assert second.content["values"]["earlier"] == "FR-4711"
    assert "Changed since version 1" in page and "900" in page


def test_a_second_initial_notification_is_refused(case, controller_user, staff_user):
    first = notifications.freeze(case_of(case, "initial", now()), controller_user, 0)
    cases.edit(case, {"record_count": 900}, staff_user, now())
    second = notifications.freeze(case_of(case, "initial", now()), controller_user, 1)
    notifications.mark_sent(first, now(), "FR-1", controller_user, now())

    with pytest.raises(Refused, match="complementary"):
        notifications.mark_sent(second, now(), "FR-2", controller_user, now())


def test_a_withdrawal_needs_something_sent_and_its_reason(controller, case):
    press_freeze(controller, case)
    nothing = press_freeze(controller, case, "withdrawal", seen=1, why="It was a test account.")
    press_sent(controller, case)
    bare = press_freeze(controller, case, "withdrawal", seen=1)
    done = press_freeze(controller, case, "withdrawal", seen=1, why="It was a test account.")

    assert (nothing.status_code, bare.status_code, done.status_code) == (409, 409, 302)
    assert case.notifications[1].content["why"] == "It was a test account."


def test_it_comes_out_as_pdf_and_as_json_and_both_are_logged(staff, controller, case):
    press_freeze(controller, case)
    address = f"/incidents/{case.reference}/notification/1"
    pdf = staff.get(f"{address}.pdf?language=fr")
    whole = json.loads(staff.get(f"{address}.json").data)

    assert pdf.data.startswith(b"%PDF") and b"pdfuaid:part" in pdf.data
    assert pdf.data == staff.get(f"{address}.pdf?language=fr").data
    assert whole["content"] == case.notifications[0].content
    assert whole["sha256"] == case.notifications[0].sha256
    read = db.session.scalars(select(Entry).where(Entry.verb == "notification.exported")).all()
    assert [entry.detail["format"] for entry in read] == ["pdf", "json", "pdf"]


def test_the_hash_of_a_version_can_be_made_again_from_its_json(staff, controller, case):
    from hashlib import sha256

    press_freeze(controller, case)
    whole = json.loads(staff.get(f"/incidents/{case.reference}/notification/1.json").data)

    text = json.dumps(whole["content"], ensure_ascii=False, sort_keys=True)
    assert sha256(text.encode()).hexdigest() == whole["sha256"]


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


def test_a_closed_case_keeps_its_versions_and_makes_no_new_one(controller, case):
    press_freeze(controller, case)
    case.stage, case.closed_at = "closed", now()
    db.session.commit()

    assert press_freeze(controller, case, seen=1).status_code == 409
    assert controller.get(f"/incidents/{case.reference}/notification/1").status_code == 200


def test_the_words_of_a_version_go_with_the_case_and_its_hash_stays(controller, case):
    press_freeze(controller, case)
    press_sent(controller, case)
    case.stage, case.closed_at = "closed", datetime(2019, 1, 1, tzinfo=UTC)
    erasure.erase(case, "worker", now())
    db.session.commit()

    (version,) = case.notifications
    assert version.content is None and version.reference is None and len(version.sha256) == 64
    page = controller.get(f"/incidents/{case.reference}/notification/1")
    assert page.status_code == 200 and "were erased" in page.text
    assert controller.get(f"/incidents/{case.reference}/notification").status_code == 200
    assert controller.get(f"/incidents/{case.reference}/notification/1.pdf").status_code == 404
    assert audit.verify().broken_at is None


def test_every_authority_is_listed_and_what_is_from_memory_says_so(staff):
    page = staff.get("/authorities").text

    assert page.count("<tr>") == 34 and "from memory" in page and "Persónuvernd" in page
