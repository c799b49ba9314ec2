"""What the authority is told is frozen in versions and told in time; nothing of it changes."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from filing import answers, press_freeze, press_sent, told_case
from sqlalchemy import select

from incidents import audit
from incidents.actions import cases, erasure, notifications
from incidents.db import db, now
from incidents.models import Entry
from incidents.notification import case_of
from incidents.refusal import Refused, Stale


@pytest.fixture
def case(incident, staff_user, controller_user):
    return told_case(incident, staff_user, controller_user)


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
