"""What is typed on the pages of the stages: kept right, refused clearly, never overwritten."""

from datetime import timedelta

import pytest

from incidents.actions import cases, measures
from incidents.db import db, now
from incidents.forms.count import whole
from incidents.models import Processor
from incidents.pages import zone


def local(moment):
    """A moment as the two controls of a form post it."""
    return moment.astimezone(zone()).strftime("%Y-%m-%d %H:%M").split()


def filled(incident, **answers):
    return {"version": incident.version, "title": incident.title, "began_sure": "unknown"} | answers


def test_the_facts_of_detection_are_kept_in_the_words_of_the_law(incident, staff):
    incident.facts = {"malicious": True, "subject_count": 3}
    processor = Processor(name="Kajabi")
    db.session.add(processor)
    db.session.commit()
    noticed = now().replace(second=0, microsecond=0) - timedelta(hours=3)

    answer = staff.post(
        f"/incidents/{incident.reference}/detection",
        data=filled(
            incident,
            summary="The export went to the wrong list",
            began_sure="about",
            began_at=[local(noticed - timedelta(days=2))[0], ""],
            noticed_at=local(noticed),
            breach_types=["integrity", "confidentiality"],
            which_data="Names",
            whose_data="Learners",
            subject_count="1,284",
            record_count="2 570",
            systems="Mail",
            processor_ids=[processor.id],
        ),
    )

    assert answer.status_code == 302
    assert incident.facts == {
        "malicious": True,
        "subject_count": 1284,
        "breach_types": ["confidentiality", "integrity"],
    }
    assert (incident.noticed_at, incident.record_count) == (noticed, 2570)
    assert (incident.began_sure, incident.processor_ids) == ("about", [processor.id])
    assert (incident.data, incident.people) == ("Names", "Learners")


def test_saving_an_unchanged_page_changes_nothing(incident, staff):
    at = now() - timedelta(hours=5)
    cases.edit(
        incident, {"noticed_at": at, "began_at": at, "began_sure": "exact"}, incident.owner, at
    )
    db.session.commit()
    before = incident.version

    answer = staff.post(
        f"/incidents/{incident.reference}/detection",
        data=filled(incident, began_sure="exact", began_at=local(at), noticed_at=local(at)),
    )

    assert answer.status_code == 302
    assert (incident.version, incident.noticed_at) == (before, at)


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ({"title": " "}, "This field is required"),
        ({"subject_count": "-3"}, "Give a whole number"),
        ({"subject_count": "many"}, "Give a whole number"),
        ({"record_count": "99999999999"}, "Give a whole number"),
        ({"noticed_at": ["2026-13-40", "10:00"]}, "This is no day and time"),
        ({"noticed_at": ["2025-03-02", ""]}, "Give the time, too"),
        ({"noticed_at": ["", "10:00"]}, "Give the day, too"),
        ({"noticed_at": ["0001-01-01", "00:00"]}, "Check the year"),
        ({"noticed_at": ["2199-01-01", "00:00"]}, "This lies in the future"),
        ({"noticed_at": ["2025-03-30", "02:30"]}, "did not exist"),
        ({"noticed_at": ["2025-10-26", "02:30"]}, "came twice"),
        ({"began_sure": "exact", "began_at": ["2025-03-02", ""]}, "Give the time, too"),
        ({"began_sure": "about", "began_at": ["", ""]}, "Give the day, or say"),
        (
            {
                "began_sure": "exact",
                "began_at": ["2025-03-03", "10:00"],
                "noticed_at": ["2025-03-02", "10:00"],
            },
            "cannot have begun after it was noticed",
        ),
        (
            {
                "began_sure": "exact",
                "began_at": ["2025-03-03", "10:00"],
                "ended_at": ["2025-03-02", "10:00"],
            },
            "cannot have ended before it began",
        ),
    ],
)
def test_a_wrong_answer_is_refused_with_its_reason_and_the_rest_is_kept(
    incident, staff, answers, says
):
    before = incident.version
    data = filled(incident, summary="Typed with care", **answers)

    answer = staff.post(f"/incidents/{incident.reference}/detection", data=data)

    assert answer.status_code == 422
    assert says in answer.text
    assert "Typed with care" in answer.text
    assert incident.version == before


def test_of_a_time_that_came_twice_the_chosen_one_is_kept(incident, staff):
    url = f"/incidents/{incident.reference}/detection"
    for which, hour in (("0", 0), ("1", 1)):
        moment = ["2025-10-26", "02:30", which]
        answer = staff.post(url, data=filled(incident, noticed_at=moment))
        assert answer.status_code == 302
        assert incident.noticed_at.hour == hour
        assert "selected" in staff.get(url).text


def test_a_stale_edit_is_refused_and_shown_beside_the_newer_one(incident, staff, controller_user):
    url = f"/incidents/{incident.reference}/cause"
    mine = {"version": incident.version, "why1": "I was in a hurry", "factors": "Friday"}
    cases.edit(incident, {"whys": ["Both lists have one name"]}, controller_user, now())
    db.session.commit()

    answer = staff.post(url, data=mine)

    assert answer.status_code == 409
    for words in ("I was in a hurry", "Both lists have one name", "Friday"):
        assert words in answer.text
    assert incident.whys == ["Both lists have one name"]
    assert f'value="{incident.version}"' in answer.text
    again = staff.post(url, data=mine | {"version": incident.version})
    assert again.status_code == 302
    assert incident.whys == ["I was in a hurry"]


@pytest.mark.parametrize("path", ["detection", "measures", "cause"])
def test_every_edit_on_an_older_version_is_refused(incident, staff, controller_user, path):
    seen = incident.version
    cases.edit(incident, {"consequences": "Fraud", "systems": "Mail"}, controller_user, now())
    db.session.commit()
    before = incident.version

    data = filled(incident, version=seen, consequences="Nothing", why1="x", systems="None")
    answer = staff.post(f"/incidents/{incident.reference}/{path}", data=data)

    assert (answer.status_code, incident.version) == (409, before)


def test_five_whys_are_kept_in_order(incident, staff):
    data = {"version": incident.version, "cause": "technical", "why1": "a", "why2": "", "why3": "c"}

    staff.post(f"/incidents/{incident.reference}/cause", data=data)

    assert (incident.cause, incident.whys) == ("technical", ["a", "c"])
    wrong = data | {"version": incident.version, "cause": "invented"}
    assert staff.post(f"/incidents/{incident.reference}/cause", data=wrong).status_code == 422


def test_a_measure_is_added_done_checked_and_dropped(incident, staff, staff_user):
    base = f"/incidents/{incident.reference}/measures"
    today = now().astimezone(zone()).date()

    staff.post(f"{base}/new", data={"text": "Reset the link", "owner_id": staff_user.id})
    measure = incident.measures[0]
    url = f"{base}/{measure.uid}"
    done = {"text": "Reset the link", "owner_id": 0, "done_on": today.isoformat()}

    assert staff.post(url, data=done | {"version": measure.version}).status_code == 302
    assert (measure.done_on, measure.owner) == (today, None)
    checked = done | {"checked_on": today.isoformat(), "version": measure.version}
    assert "Say what the check showed" in staff.post(url, data=checked).text
    assert staff.post(url, data=checked | {"effect": "It answers 404"}).status_code == 302
    assert staff.post(f"{url}/drop", data={"reason": ""}).status_code == 422
    assert staff.post(f"{url}/drop", data={"reason": "Done otherwise"}).status_code == 302
    assert measure.dropped
    assert staff.post(f"{url}/drop", data={"again": "1"}).status_code == 302
    assert not measure.dropped
    assert staff.get(base).status_code == staff.get(url).status_code == 200


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ({"text": " "}, "Say what is done"),
        ({"text": "x", "done_on": "2199-01-01"}, "lies in the future"),
        ({"text": "x", "checked_on": "2025-01-01", "effect": "y"}, "once it is done"),
        (
            {"text": "x", "done_on": "2025-01-02", "checked_on": "2025-01-01", "effect": "y"},
            "before it was done",
        ),
        ({"text": "x", "due_on": "soon"}, "Not a valid date"),
    ],
)
def test_a_measure_that_cannot_be_is_refused(incident, staff, words, says):
    answer = staff.post(f"/incidents/{incident.reference}/measures/new", data=words)

    assert answer.status_code == 422
    assert says in answer.text
    assert incident.measures == []


def test_a_stale_measure_is_shown_beside_the_newer_one(incident, staff, staff_user):
    measure = measures.add(incident, {"text": "Reset"}, staff_user, now())
    db.session.commit()
    seen = measure.version
    measures.edit(measure, {"text": "Reset and check"}, seen, staff_user, now())
    db.session.commit()

    url = f"/incidents/{incident.reference}/measures/{measure.uid}"
    answer = staff.post(url, data={"version": seen, "text": "Forget it"})

    assert answer.status_code == 409
    assert "Reset and check" in answer.text
    assert "Forget it" in answer.text
    assert measure.text == "Reset and check"


def test_a_measure_of_another_incident_is_not_found(incident, staff, staff_user):
    other = cases.open_incident("Another", staff_user, now())
    measure = measures.add(other, {"text": "Reset"}, staff_user, now())
    db.session.commit()

    assert staff.get(f"/incidents/{incident.reference}/measures/{measure.uid}").status_code == 404


@pytest.mark.parametrize("text", ["1.5", "1,28", "12,345,6", "", "1e3", "٣"])
def test_only_whole_numbers_are_numbers(text):
    with pytest.raises(ValueError):
        whole(text)
