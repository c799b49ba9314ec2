"""When we became aware: argued, confirmed, never filled in, never silently changed."""

from datetime import datetime, timedelta

import pytest

from incidents import audit
from incidents.actions import awareness, cases, decisions, duties
from incidents.db import db, now
from incidents.law.clock import target
from incidents.models import Entry
from incidents.pages import zone
from incidents.refusal import Refused


def sharp(moment):
    """A moment close to this one that is no full hour, to the minute."""
    moment = moment.replace(second=0, microsecond=0)
    return moment - timedelta(minutes=7) if moment.minute == 0 else moment


def local(moment):
    return moment.astimezone(zone()).strftime("%Y-%m-%d %H:%M").split()


def words(incident, moment, **more):
    return {
        "version": incident.version,
        "moment": local(moment),
        "reason": "The file was opened",
        "confirm": "y",
    } | more


@pytest.fixture
def url(incident):
    incident.alerted_at = now() - timedelta(hours=6)
    db.session.commit()
    return f"/incidents/{incident.reference}/aware"


def test_awareness_is_never_filled_in(incident, staff, url):
    page = staff.get(url).text

    day = page[page.index('id="moment"') :]
    assert 'value=""' in day[: day.index(">")]
    assert "checked" not in page


def test_awareness_starts_the_clock(incident, staff, url):
    moment = sharp(now() - timedelta(hours=3))

    assert staff.post(url, data=words(incident, moment)).status_code == 302
    assert (incident.aware_at, incident.aware_reason) == (moment, "The file was opened")
    assert incident.next_due_at == target(moment)
    assert audit.verify().broken_at is None


@pytest.mark.parametrize("without", ["moment", "reason", "confirm"])
def test_awareness_needs_its_moment_its_argument_and_a_tick(incident, staff, url, without):
    data = words(incident, sharp(now() - timedelta(hours=3)))
    del data[without]

    assert staff.post(url, data=data).status_code == 422
    assert incident.aware_at is None


def test_awareness_is_not_in_the_future_nor_before_noticing(incident, staff, url, staff_user):
    assert staff.post(url, data=words(incident, now() + timedelta(hours=1))).status_code == 422
    incident.noticed_at = now() - timedelta(hours=2)
    db.session.commit()
    early = staff.post(url, data=words(incident, sharp(now() - timedelta(hours=4))))

    assert early.status_code == 422
    assert "Nobody had noticed anything by then" in early.text
    assert incident.aware_at is None
    with pytest.raises(Refused):
        awareness.state(
            incident, now() + timedelta(minutes=5), "x", staff_user, now(), zone=zone(), sure=True
        )


def test_noticing_is_not_put_after_awareness(incident, staff, url):
    staff.post(url, data=words(incident, sharp(now() - timedelta(hours=3))))

    answer = staff.post(
        f"/incidents/{incident.reference}/detection",
        data={
            "version": incident.version,
            "title": "x",
            "began_sure": "unknown",
            "noticed_at": local(now() - timedelta(hours=1)),
        },
    )

    assert answer.status_code == 422
    assert "We became aware before this" in answer.text


def test_a_full_hour_is_asked_once_more_and_then_kept(incident, staff, url):
    moment = (now() - timedelta(hours=3)).replace(minute=0, second=0, microsecond=0)

    asked = staff.post(url, data=words(incident, moment))

    assert asked.status_code == 422
    assert "It is a full hour" in asked.text
    assert "The file was opened" in asked.text
    assert incident.aware_at is None
    other = moment - timedelta(hours=1)
    sure = {"sure": "y", "sure_of": moment.isoformat()}
    assert staff.post(url, data=words(incident, other, **sure)).status_code == 422
    assert staff.post(url, data=words(incident, moment, **sure)).status_code == 302
    assert incident.aware_at == moment


def test_more_than_a_day_after_the_alert_is_asked_once_more(incident, staff, url):
    incident.alerted_at = now() - timedelta(hours=40)
    db.session.commit()

    answer = staff.post(url, data=words(incident, sharp(now() - timedelta(hours=3))))

    assert answer.status_code == 422
    assert "hours after the first alert" in answer.text


def test_changing_awareness_needs_a_reason_and_keeps_both(incident, staff, url, controller_user):
    first = sharp(now() - timedelta(hours=3))
    staff.post(url, data=words(incident, first))
    result = decisions.assess(incident, controller_user, now())
    decisions.decide(result, True, False, "As a test", controller_user, now())
    db.session.commit()
    second = sharp(first - timedelta(minutes=31))

    assert staff.post(url, data=words(incident, second)).status_code == 422
    assert incident.aware_at == first
    why = "The call list shows it"
    assert staff.post(url, data=words(incident, second, why_changed=why)).status_code == 302
    assert incident.aware_at == second
    assert incident.duties[0].due_at == incident.next_due_at == target(second)
    page = staff.get(url).text
    for shown in (why, local(first)[1], local(second)[1]):
        assert shown in page
    verbs = [entry.verb for entry in db.session.scalars(db.select(Entry).order_by(Entry.n))]
    assert verbs[-2:] == ["awareness.changed", "duty.moved"]


def test_a_duty_that_was_met_keeps_its_due_moment(incident, staff_user, controller_user):
    at = now()
    first = sharp(at - timedelta(hours=3))
    awareness.state(incident, first, "x", staff_user, at, zone=zone(), sure=True)
    result = decisions.assess(incident, controller_user, at)
    decisions.decide(result, True, False, "As a test", controller_user, at)
    duties.meet(incident.duties[0], at, "Receipt 7", staff_user, at)

    awareness.state(
        incident,
        first - timedelta(minutes=30),
        "y",
        staff_user,
        at,
        zone=zone(),
        sure=True,
        why_changed="z",
    )

    assert incident.duties[0].due_at == target(first)


def test_two_people_who_state_awareness_do_not_overwrite_each_other(incident, staff, url):
    seen = incident.version
    moment = sharp(now() - timedelta(hours=3))
    staff.post(url, data=words(incident, moment))

    late = words(incident, moment - timedelta(minutes=31), version=seen, reason="Another view")
    # Whoever began before the first was saved was not asked for a reason of change.
    answer = staff.post(url, data=late | {"why_changed": "Mine is better"})

    assert answer.status_code == 409
    assert "Another view" in answer.text
    assert incident.aware_at == moment


@pytest.mark.parametrize(
    ("moment", "says"),
    [(["2025-10-26", "02:31"], "came twice"), (["2025-03-30", "02:31"], "did not exist")],
)
def test_local_times_that_are_two_or_none_are_not_guessed(incident, staff, url, moment, says):
    answer = staff.post(url, data=words(incident, now()) | {"moment": moment})

    assert answer.status_code == 422
    assert says in answer.text
    assert incident.aware_at is None


def test_of_two_readings_the_chosen_one_counts(incident, staff, url):
    incident.alerted_at = None
    db.session.commit()

    data = words(incident, now()) | {"moment": ["2025-10-26", "02:31", "1"]}

    assert staff.post(url, data=data).status_code == 302
    assert incident.aware_at == datetime.fromisoformat("2025-10-26T01:31+00:00")


def test_what_a_reporter_said_of_the_time_stands_where_it_is_asked(make_report, staff, staff_user):
    told = make_report(story="I see other people’s orders", noticed="last night, about eleven")
    case = cases.open_incident("Orders shown to others", staff_user, now(), report=told)
    db.session.commit()

    for page in ("aware", "detection"):
        text = staff.get(f"/incidents/{case.reference}/{page}").text
        assert "last night, about eleven" in text
        assert case.noticed_at is None
