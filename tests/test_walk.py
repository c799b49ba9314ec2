"""The walk of an incident: stages that lead, never hold up the law, and lose nothing."""

from datetime import timedelta

import pytest

from incidents import audit, register, signposts, workflow
from incidents.actions import awareness, cases, decisions, duties, measures
from incidents.db import db, now
from incidents.models import Entry, Incident
from incidents.pages import zone
from incidents.refusal import Refused


def fill(incident, user, controller, stages):
    """Give an incident all that the named stages need."""
    at = now()
    if "detection" in stages:
        words = {"noticed_at": at - timedelta(hours=9), "data": "Invoices", "people": "Customers"}
        facts = dict(incident.facts, breach_types=["confidentiality"])
        cases.edit(incident, words | {"facts": facts}, user, at)
        moment = at - timedelta(hours=8)
        awareness.state(
            incident, moment, "The invoices were read", user, at, zone=zone(), sure=True
        )
    if "cause" in stages:
        words = {"cause": "internal_accidental", "whys": ["The wrong list was attached"]}
        cases.edit(incident, words, user, at)
    if "mitigation" in stages:
        cases.edit(incident, {"consequences": "Unwanted mail"}, user, at)
        measures.add(incident, {"text": "Send from the list", "done_on": at.date()}, user, at)
    if "notification" in stages:
        result = decisions.assess(incident, controller, at)
        decisions.decide(result, False, False, "A test case", controller, at)
    db.session.commit()


def place(app, incident, key):
    with app.test_request_context():
        return signposts.place(incident, key)


@pytest.fixture
def ready(incident, staff_user, controller_user):
    """An incident that lacks nothing but its lesson, still in detection."""
    fill(incident, staff_user, controller_user, workflow.STAGES)
    return incident


def test_an_incident_walks_from_detection_to_closed_and_back(ready, staff, staff_user):
    url = f"/incidents/{ready.reference}/move"
    for stage in ("cause", "mitigation", "notification"):
        assert staff.post(url, data={"to": stage}).status_code == 302
    closing = staff.post(url, data={"to": "closed", "lesson": "Lists get a second pair of eyes"})

    assert closing.status_code == 302
    assert (ready.stage, ready.lesson) == ("closed", "Lists get a second pair of eyes")
    assert ready.closed_at is not None
    again = staff.post(url, data={"to": "mitigation", "reason": "A second list turned up"})
    assert again.status_code == 302
    assert (ready.stage, ready.closed_at) == ("mitigation", None)
    verbs = [entry.verb for entry in db.session.scalars(db.select(Entry).order_by(Entry.n))]
    assert verbs[-1] == "incident.reopened"
    assert audit.verify().broken_at is None


def test_every_move_that_the_table_allows_is_made_and_no_other(ready, staff_user):
    for start in workflow.STAGES:
        for target in workflow.STAGES:
            ready.stage = start
            ready.lesson = "learned"
            if target in workflow.moves(start):
                cases.move(ready, target, staff_user, now(), "because")
                assert ready.stage == target
            else:
                with pytest.raises(Refused):
                    cases.move(ready, target, staff_user, now(), "because")
                assert ready.stage == start


def test_a_refused_move_lists_what_is_missing_and_where_to_fill_it(app, incident, staff):
    answer = staff.post(f"/incidents/{incident.reference}/move", data={"to": "cause"})

    assert answer.status_code == 409
    for need in workflow.missing(incident, "detection"):
        assert f'href="{place(app, incident, need.key)}"' in answer.text
    assert incident.stage == "detection"


def test_the_place_of_every_need_is_a_field_of_its_page(app, ready, staff):
    for stage in workflow.STAGES:
        for need in workflow.NEEDS[stage]:
            page, _sign, anchor = place(app, ready, need.key).partition("#")
            ready.stage = "notification"
            db.session.commit()
            answer = staff.get(page)
            assert answer.status_code == 200
            assert not anchor or f'id="{anchor}"' in answer.text, need.key


def test_what_was_ticked_for_the_decision_is_not_asked_again(incident, staff, staff_user):
    ticked = {"data_categories": ["identity", "contact"], "subject_types": ["customers"]}
    cases.edit(incident, {"facts": ticked}, staff_user, now())
    db.session.commit()
    lacking = {need.key for need in workflow.missing(incident, "detection")}
    assert not lacking & {"data", "people"} and "aware" in lacking
    entry = register.row(incident, {})
    assert (entry["data"], entry["people"]) == ("Name, Address, telephone", "Customers")
    assert "Name, Address, telephone" in staff.get(f"/incidents/{incident.reference}").text


def test_going_back_needs_a_reason(ready, staff):
    ready.stage = "mitigation"
    db.session.commit()
    url = f"/incidents/{ready.reference}/move"

    assert staff.post(url, data={"to": "cause", "reason": " "}).status_code == 409
    assert ready.stage == "mitigation"
    assert staff.post(url, data={"to": "cause", "reason": "Wrong cause"}).status_code == 302
    assert ready.stage == "cause"


def test_closing_without_a_lesson_is_refused_and_a_typed_lesson_is_kept(ready, staff):
    ready.stage = "notification"
    ready.cause = None
    db.session.commit()
    url = f"/incidents/{ready.reference}/move"

    assert staff.post(url, data={"to": "closed", "lesson": ""}).status_code == 409
    answer = staff.post(url, data={"to": "closed", "lesson": "Look twice at lists"})

    assert answer.status_code == 409
    assert "Look twice at lists" in answer.text
    assert (ready.stage, ready.lesson) == ("notification", None)


def test_a_closed_incident_is_not_edited(ready, staff, staff_user):
    ready.stage = "closed"
    db.session.commit()

    answer = staff.post(f"/incidents/{ready.reference}/cause", data={"version": ready.version})

    assert answer.status_code == 422
    for change in (
        lambda: cases.edit(ready, {"title": "x"}, staff_user, now()),
        lambda: measures.add(ready, {"text": "x"}, staff_user, now()),
        lambda: awareness.state(ready, now(), "x", staff_user, now(), zone=zone(), sure=True),
    ):
        with pytest.raises(Refused):
            change()


@pytest.mark.parametrize("stage", workflow.STAGES[:-1])
def test_no_stage_holds_up_a_decision(incident, staff, staff_user, controller_user, stage):
    fill(incident, staff_user, controller_user, ("detection",))
    incident.stage = stage
    db.session.commit()

    page = staff.get(f"/incidents/{incident.reference}")
    assert f"/incidents/{incident.reference}/decision" in page.text
    result = decisions.assess(incident, controller_user, now())
    decisions.decide(result, True, True, "At once", controller_user, now())
    db.session.commit()

    assert {duty.kind for duty in incident.duties if duty.is_open} == {"authority", "subjects"}
    duties.meet(incident.duties[0], now(), "Receipt 1187", staff_user, now())
    db.session.commit()
    assert incident.stage == stage


def test_the_next_step_follows_the_law_before_the_stage(incident, staff_user, controller_user):
    assert workflow.next_step(incident).key == "aware"
    fill(incident, staff_user, controller_user, ("detection",))
    assert workflow.next_step(incident).key == "decide"
    result = decisions.assess(incident, controller_user, now())
    decisions.decide(result, True, True, "At once", controller_user, now())
    assert workflow.next_step(incident).key == "authority"
    for duty in incident.duties:
        duties.meet(duty, now(), "Told", staff_user, now())
    assert workflow.next_step(incident).key == "move"
    incident.stage = "cause"
    assert workflow.next_step(incident).key == "cause"
    incident.stage = "closed"
    assert workflow.next_step(incident) is None


def test_every_page_of_an_incident_shows_the_clock(ready, staff):
    pages = (
        "",
        "/detection",
        "/aware",
        "/cause",
        "/measures",
        "/measures/new",
        "/file",
        "/decision",
    )
    for page in pages:
        answer = staff.get(f"/incidents/{ready.reference}{page}")
        assert answer.status_code == 200
        assert 'class="clock ' in answer.text, page


def test_an_incident_opens_without_a_report(staff, staff_user):
    answer = staff.post("/incidents/new", data={"title": "A lost phone", "summary": "On a bus"})

    incident = db.session.scalar(db.select(Incident))
    assert answer.location.endswith(incident.reference)
    assert (incident.summary, incident.owner) == ("On a bus", staff_user)
    assert staff.post("/incidents/new", data={"title": " "}).status_code == 422


def test_an_incident_is_handed_over_once(ready, staff, controller_user):
    url = f"/incidents/{ready.reference}/owner"
    seen = ready.version

    assert staff.post(url, data={"owner": controller_user.id, "version": seen}).status_code == 302
    assert ready.owner == controller_user
    assert staff.post(url, data={"owner": controller_user.id, "version": seen}).status_code == 409
    assert staff.post(url, data={"owner": "999", "version": ready.version}).status_code == 409


def test_a_note_that_is_empty_is_refused(ready, staff):
    url = f"/incidents/{ready.reference}/note"

    assert staff.post(url, data={"text": " "}).status_code == 422
    assert staff.post(url, data={"text": "The bank was called"}).status_code == 302
    assert "The bank was called" in staff.get(f"/incidents/{ready.reference}").text


def test_strangers_see_no_incident(ready, client):
    for page in ("", "/detection", "/aware", "/cause", "/measures", "/file"):
        answer = client.get(f"/incidents/{ready.reference}{page}")
        assert answer.status_code == 302
        assert "/login" in answer.location
    assert client.post(f"/incidents/{ready.reference}/move").status_code == 401
    assert client.get("/").status_code == 200


def test_an_unknown_incident_is_not_found(staff):
    assert staff.get("/incidents/BR-2026-999").status_code == 404
    assert staff.post("/incidents/BR-2026-999/move", data={"to": "cause"}).status_code == 404
