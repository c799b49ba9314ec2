"""The clock says in words and by shape how much time is left to tell the authority."""

from datetime import UTC, datetime, timedelta

import pytest

from incidents.actions import awareness, decisions, duties
from incidents.clockface import face, length
from incidents.db import now
from incidents.pages import zone

AWARE = datetime(2026, 3, 10, 9, 7, tzinfo=UTC)


@pytest.fixture
def aware(incident):
    """An incident of which we became aware at AWARE, two hours after the first alert."""
    incident.alerted_at = AWARE - timedelta(hours=2)
    incident.aware_at, incident.aware_reason = AWARE, "The file was opened"
    return incident


@pytest.mark.parametrize(
    ("hours", "state", "words"),
    [
        (0, "calm", "72"),
        (47.9, "calm", "24 h 06 min left"),
        (48, "amber", "24 h 00 min left"),
        (65.9, "amber", "6 h 06 min left"),
        (66, "red", "6 h 00 min left"),
        (72, "red", "0 h 00 min left"),
        (72.5, "late", "Late by 0 h 30 min"),
        (200, "late", "Late by 5 d 8 h"),
    ],
)
def test_the_tone_follows_the_time_left(aware, hours, state, words):
    shown = face(aware, AWARE + timedelta(hours=hours))

    assert shown.state == state
    assert words in shown.words or (hours == 0 and shown.words == "3 d 0 h left")
    assert shown.now == pytest.approx(hours / 72)
    assert shown.due_at == AWARE + timedelta(hours=72)


def test_the_clock_names_the_due_moment_with_its_zone_and_how_it_was_counted(aware):
    shown = face(aware, AWARE)

    assert "Friday 13 March 2026, 10:07 (UTC+01:00)" in shown.due_words
    assert "72 hours" in shown.derivation
    assert face(aware, AWARE, "small").derivation is None


def test_the_clock_does_not_start_before_awareness_and_nags_after_a_day(incident):
    incident.alerted_at = AWARE

    early, later = (
        face(incident, AWARE + timedelta(hours=3)),
        face(incident, AWARE + timedelta(hours=25)),
    )

    assert early.state == later.state == "none"
    assert "3 h 00 min ago" in early.due_words
    assert early.nag is None
    assert later.nag


def test_the_clock_stops_when_the_authority_was_told(incident, staff_user, controller_user):
    at = now()
    moment = at - timedelta(hours=10)
    awareness.state(incident, moment, "x", staff_user, at, zone=zone(), sure=True)
    result = decisions.assess(incident, controller_user, at)
    decisions.decide(result, True, False, "As a test", controller_user, at)
    assert face(incident, at).state == "calm"

    duties.meet(incident.duties[0], moment + timedelta(hours=9), "Receipt", staff_user, at)

    shown = face(incident, at + timedelta(days=30))
    assert (shown.state, shown.told) == ("met", pytest.approx(9 / 72))
    assert "63 h 00 min left" in shown.due_words
    duties.reopen(incident.duties[0], "It came back", "worker", at)
    assert face(incident, at).state == "calm"


def test_telling_late_is_said(incident, staff_user, controller_user):
    at = now()
    moment = at - timedelta(hours=80)
    awareness.state(incident, moment, "x", staff_user, at, zone=zone(), sure=True)
    result = decisions.assess(incident, controller_user, at)
    decisions.decide(result, True, False, "As a test", controller_user, at)
    incident.duties[0].late = "The logs came late"
    duties.meet(incident.duties[0], moment + timedelta(hours=75), "Receipt", staff_user, at)

    shown = face(incident, at)

    assert (shown.state, shown.words) == ("met", "The authority was told 3 h 00 min late")


def test_not_due_is_shown_once_it_is_decided(incident, staff_user, controller_user):
    at = now()
    awareness.state(incident, at - timedelta(hours=10), "x", staff_user, at, zone=zone(), sure=True)
    result = decisions.assess(incident, controller_user, at)
    decisions.decide(result, False, False, "As a test", controller_user, at)

    assert face(incident, at).state == "not_due"


def test_lengths_are_said_in_the_readers_language(app):
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert length(timedelta(hours=-5, minutes=-4)) == "5 h 04 min"
        assert length(timedelta(days=3)) == "3 d 0 h"
