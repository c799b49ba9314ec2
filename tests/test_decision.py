"""The controller decides on what the law asks; both are kept as they were."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from by_hand import filled

from incidents import audit
from incidents.actions import cases, decisions, duties
from incidents.db import db, now
from incidents.models import Entry
from incidents.refusal import Refused

HIGH = {
    "incident_type": "exfiltration",
    "confidentiality_loss": "confirmed",
    "exfiltration": "confirmed",
    "malicious": True,
    "protection": "none",
    "data_categories": ["identity", "contact", "health"],
    "special_category": True,
    "identifiable": "direct",
    "subject_count": 213,
    "recipient_known": False,
}
AWARE = datetime(2026, 10, 24, 8, 0, tzinfo=UTC)


@pytest.fixture
def aware(incident):
    incident.facts = HIGH
    incident.aware_at, incident.aware_reason = AWARE, "The technician saw it."
    duties.refresh_clock(incident)
    db.session.commit()
    return incident


def decide(controller, incident, authority="yes", subjects="yes", reason="", version=None):
    return controller.post(
        f"/incidents/{incident.reference}/decide",
        data={
            "authority": authority,
            "subjects": subjects,
            "reason": reason,
            "version": version or incident.version,
        },
    )


def test_the_decision_opens_the_duties_with_their_hour(controller, aware):
    answer = decide(controller, aware)

    assert answer.status_code == 302
    told = {duty.kind: duty for duty in aware.duties}
    assert told["authority"].due_at == AWARE + timedelta(hours=72)
    assert told["authority"].rule == "GDPR Art. 33(1)"
    assert told["subjects"].due_at is None
    assert aware.next_due_at == AWARE + timedelta(hours=72)
    assert audit.verify().broken_at is None


def test_facts_result_and_law_version_are_kept_as_they_were(controller, aware, staff_user):
    decide(controller, aware)
    kept = aware.decision.assessment
    cases.edit(aware, {"facts": {**HIGH, "subject_count": 1}}, staff_user, now())
    db.session.commit()

    assert kept.facts["subject_count"] == 213
    assert kept.result["risk"] == "high"
    assert kept.law_version == kept.result["law_version"]


def test_departing_needs_a_reason_and_keeps_what_was_typed(controller, aware):
    refused = decide(controller, aware, subjects="no")
    assert refused.status_code == 409
    assert aware.decision is None

    decide(controller, aware, subjects="no", reason="Each was telephoned already.")

    assert aware.decision.departs is True
    assert aware.decision.reason == "Each was telephoned already."
    page = controller.get(f"/incidents/{aware.reference}/decision").text
    assert "Each was telephoned already." in page


def test_a_decision_refused_leaves_the_answers_on_the_page_as_they_are_kept(controller, aware):
    page = BeautifulSoup(decide(controller, aware, subjects="no").data, "html.parser")

    ticked = page.select("[name=data_categories][checked]")
    assert {one["value"] for one in ticked} == set(HIGH["data_categories"])
    assert filled(page.select_one(".do form"))["incident_type"] == "exfiltration"


def test_a_result_that_was_not_seen_cannot_be_decided_on(controller, aware, staff_user):
    seen = aware.version
    cases.edit(aware, {"facts": {"confidentiality_loss": "none"}}, staff_user, now())
    db.session.commit()

    answer = decide(controller, aware, version=seen)

    assert answer.status_code == 409
    assert aware.decision is None


def test_staff_may_answer_and_not_decide(staff, aware):
    page = staff.post(
        f"/incidents/{aware.reference}/decision",
        data={"version": aware.version, "confidentiality_loss": "possible"},
    )
    assert page.status_code == 302
    assert aware.facts["confidentiality_loss"] == "possible"
    assert decide(staff, aware).status_code == 403
    assert aware.decision is None


def test_an_answer_left_open_is_not_kept_as_no(staff, incident):
    staff.post(
        f"/incidents/{incident.reference}/decision",
        data={"version": incident.version, "malicious": "", "special_category": "no"},
    )

    assert incident.facts == {"special_category": False}


def test_answers_on_an_older_page_are_refused_beside_the_newer_ones(staff, aware, staff_user):
    seen = aware.version
    cases.edit(aware, {"facts": {"malicious": True}}, staff_user, now())
    db.session.commit()

    answer = staff.post(
        f"/incidents/{aware.reference}/decision", data={"version": seen, "malicious": "no"}
    )

    assert answer.status_code == 409
    assert aware.facts == {"malicious": True}


def test_no_stage_holds_up_the_decision(controller, aware):
    assert aware.stage == "detection"
    assert decide(controller, aware).status_code == 302


def test_a_duty_is_met_with_its_proof_only(controller, aware, controller_user):
    decide(controller, aware)
    duty = aware.duties[0]

    with pytest.raises(Refused):
        duties.meet(duty, AWARE + timedelta(hours=1), " ", controller_user, now())
    with pytest.raises(Refused):
        duties.meet(duty, now() + timedelta(hours=1), "CNIL 123", controller_user, now())
    duties.meet(duty, AWARE + timedelta(hours=71), "CNIL 123", controller_user, now())
    db.session.commit()

    assert duty.met_at == AWARE + timedelta(hours=71)
    assert aware.next_due_at is None


def test_later_than_72_hours_asks_for_the_reasons(controller, aware):
    decide(controller, aware)
    duty = aware.duties[0]
    url = f"/incidents/{aware.reference}/duties/{duty.id}/met"
    values = {"at": ["2026-10-27", "10:01"], "proof": "CNIL 123"}  # due 09:00 winter time

    refused = controller.post(url, data=values)
    assert "72" in refused.text and "CNIL 123" in refused.text
    assert duty.met_at is None

    controller.post(url, data={**values, "late": "The host answered late."})
    assert duty.late == "The host answered late."
    assert duty.is_late(now())


def test_deciding_against_withdraws_what_was_open_and_says_why(controller, aware):
    decide(controller, aware)
    cases.edit(
        aware,
        {"facts": {**HIGH, "confidentiality_loss": "none", "exfiltration": "excluded"}},
        aware.decision.by,
        now(),
    )
    db.session.commit()

    decide(controller, aware, authority="no", subjects="no", reason="The logs exclude any access.")

    assert [duty.withdrawn for duty in aware.duties] == ["The logs exclude any access."] * 2
    assert aware.next_due_at is None


def test_a_bounce_can_open_the_duty_again(controller, aware, controller_user):
    decide(controller, aware)
    subjects = next(duty for duty in aware.duties if duty.kind == "subjects")
    duties.meet(subjects, now(), "all letters sent", controller_user, now())

    duties.reopen(subjects, "one letter came back", "worker", now())
    db.session.commit()

    assert subjects.is_open


def test_each_step_is_written_down(controller, aware):
    decide(controller, aware)

    verbs = db.session.scalars(db.select(Entry.verb).order_by(Entry.n)).all()
    assert verbs[-5:] == [
        "incident.assessed",
        "incident.decided",
        "duty.opened",
        "duty.opened",
        "memo.made",
    ]


def test_only_a_controller_decides_even_by_the_action(aware, staff_user):
    assessment = decisions.assess(aware, staff_user, now())

    with pytest.raises(Refused):
        decisions.decide(assessment, True, True, None, staff_user, now())


@pytest.mark.parametrize(("language", "gdpr"), [("en", "GDPR Art."), ("fr", "RGPD, art.")])
def test_the_page_shows_reasons_with_their_article(controller, aware, language, gdpr):
    controller.post("/language", data={"language": language, "next": "/"})

    page = controller.get(f"/incidents/{aware.reference}/decision").text

    assert f"{gdpr} 33(1)" in page and f"{gdpr} 34(1)" in page
    assert "%(" not in page


def chosen(page, name):
    """Which answer to a question of the decision is ticked on a page; None for none."""
    found = re.search(rf'<input[^>]*checked[^>]* name="{name}"[^>]* value="(\w+)"', page)
    return found and found[1]


def test_whom_not_to_tell_is_never_ticked_while_an_open_answer_could_change_it(
    controller, incident
):
    page = controller.get(f"/incidents/{incident.reference}/decision").text

    assert (chosen(page, "authority"), chosen(page, "subjects")) == ("yes", None)


def test_a_decision_that_was_taken_stays_ticked_when_the_page_is_opened_again(controller, aware):
    decide(controller, aware, subjects="no", reason="Each was telephoned already.")

    page = controller.get(f"/incidents/{aware.reference}/decision").text

    assert (chosen(page, "authority"), chosen(page, "subjects")) == ("yes", "no")


def test_a_missing_reason_leads_to_its_question_and_shows_no_other_version(controller, aware):
    page = decide(controller, aware, subjects="no").text

    assert '<a href="#reason">' in page
    assert "The answers as they are saved now" not in page


def test_the_kinds_of_breach_follow_once_the_three_losses_are_answered(staff, incident):
    losses = {"confidentiality_loss": "confirmed", "integrity_loss": "none"}
    there = f"/incidents/{incident.reference}/decision"

    staff.post(there, data={"version": incident.version, **losses})
    assert "breach_types" not in incident.facts

    staff.post(
        there, data={"version": incident.version, **losses, "availability_loss": "permanent"}
    )
    assert incident.facts["breach_types"] == ["availability", "confidentiality"]
