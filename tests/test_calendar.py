"""Each person's open clocks as a calendar, at an address that nobody can guess."""

import re
from datetime import timedelta

import pytest
from clockwork import HOUR, MONDAY
from sqlalchemy import select

from incidents.actions import duties
from incidents.db import db, now
from incidents.models import Entry, User
from notifications import calendar


@pytest.fixture
def subscribe(app):
    """Make a person's calendar address, and ask for it as a calendar program does."""

    def ask(user):
        if user.calendar_salt is None:
            calendar.renew(user, now())
            db.session.commit()
        return app.test_client().get(f"/calendar/{calendar.token(user)}.ics")

    return ask


def unfolded(answer):
    """The lines of a feed: RFC 5545 section 3.1."""
    raw = answer.data
    assert raw.endswith(b"\r\n") and b"\n" not in raw.replace(b"\r\n", b"")
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    return raw.decode().replace("\r\n ", "").split("\r\n")[:-1]


def events(answer):
    """Each event as {name with its parameters: value}; its alarms under "TRIGGER", a list."""
    found, current = [], None
    for line in unfolded(answer):
        name, _colon, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            current = {"TRIGGER": []}
        elif line == "END:VEVENT":
            found.append(current)
            current = None
        elif current is not None and name == "TRIGGER":
            current["TRIGGER"].append(value)
        elif current is not None and not line.endswith("VALARM"):
            current.setdefault(name, value)
    return found


def test_a_duty_stands_at_its_due_moment_with_alarms(case, subscribe, staff_user):
    incident = case(aware=MONDAY, decided=(True, False))
    answer = subscribe(staff_user)

    assert answer.mimetype == "text/calendar"
    (event,) = events(answer)
    assert event["DTSTART"] == "20261126T090700Z"
    assert event["SUMMARY"] == f"[{incident.reference}] Tell the authority"
    assert event["URL"].endswith(f"/incidents/{incident.reference}")
    assert "GDPR Art. 33(1)" in event["DESCRIPTION"]
    assert event["TRIGGER"] == ["-P1D", "-PT12H", "-PT2H"]


def test_the_whole_feed_has_the_form_that_calendar_programs_ask_for(case, subscribe, staff_user):
    case(aware=MONDAY, decided=(True, True))
    case()
    lines = unfolded(subscribe(staff_user))

    assert lines[:2] == ["BEGIN:VCALENDAR", "VERSION:2.0"] and lines[-1] == "END:VCALENDAR"
    # A method makes it a message (RFC 5546): that names an organizer, and repeats it in its type.
    assert not [line for line in lines if line.startswith("METHOD")]
    assert all(re.match(r"[A-Z-]+(;[A-Z]+=[A-Z]+)*:.", line) for line in lines)
    inside = []
    for line in lines:
        if line.startswith("BEGIN:"):
            inside.append(line[6:])
        elif line.startswith("END:"):
            assert inside.pop() == line[4:]
    assert inside == []
    for event in events(subscribe(staff_user)):
        assert {"UID", "DTSTAMP", "SUMMARY"} <= event.keys()


def test_an_event_keeps_its_name_when_its_moment_moves(case, subscribe, clock, staff_user):
    incident = case(aware=MONDAY)
    before = events(subscribe(staff_user))[0]
    incident.aware_at += timedelta(hours=5)
    duties.recompute(incident, staff_user, now())
    db.session.commit()
    after = events(subscribe(staff_user))[0]

    assert before["UID"] == after["UID"]
    assert after["DTSTART"] == "20261126T140700Z"


def test_what_is_met_leaves_the_calendar(case, subscribe, staff_user):
    incident = case(aware=MONDAY, decided=(True, False))
    assert len(events(subscribe(staff_user))) == 1
    duties.meet(incident.duties[0], now(), "Reference 4711", staff_user, now())
    db.session.commit()

    assert events(subscribe(staff_user)) == []


def test_a_duty_without_an_hour_stands_on_today(case, subscribe, clock, staff_user):
    case(aware=MONDAY, decided=(False, True))
    for days in (0, 3):
        clock.move_to(MONDAY + timedelta(days=days, hours=14))  # past midnight in Paris
        (event,) = events(subscribe(staff_user))
        assert event["DTSTART;VALUE=DATE"] == f"202611{24 + days}"
        assert event["TRIGGER"] == []


def test_a_late_duty_says_so(case, subscribe, clock, staff_user):
    case(aware=MONDAY)
    clock.move_to(MONDAY + 80 * HOUR)

    assert "Late: tell the authority" in events(subscribe(staff_user))[0]["SUMMARY"]


def test_each_sees_what_is_theirs(case, subscribe, staff_user, controller_user, deputy):
    case(aware=MONDAY)
    case(aware=MONDAY, owner=controller_user)

    assert [len(events(subscribe(one))) for one in (staff_user, controller_user, deputy)] == [
        1,
        2,
        2,
    ]


def test_a_calendar_holds_no_word_of_the_case(case, subscribe, staff_user):
    incident = case("CANARY title", aware=MONDAY)
    incident.summary = incident.data = incident.people = "CANARY"
    db.session.commit()

    assert b"CANARY" not in subscribe(staff_user).data


def test_a_calendar_speaks_the_language_of_its_owner(case, subscribe, staff_user):
    case(aware=MONDAY)
    staff_user.language = "fr"
    db.session.commit()

    assert "autorité" in "".join(unfolded(subscribe(staff_user)))


def test_the_address_is_made_renewed_and_ended_on_the_account_page(staff, client, staff_user):
    def address():
        found = re.search(r"/calendar/[\w-]+\.ics", staff.get("/account").text)
        return found and found[0]

    assert address() is None
    assert staff.post("/account/calendar").status_code == 302
    first = address()
    assert client.get(first).status_code == 200
    staff.post("/account/calendar")
    second = address()
    assert client.get(first).status_code == 404
    assert client.get(second).status_code == 200
    staff.post("/account/calendar/off")
    assert address() is None and client.get(second).status_code == 404

    verbs = select(Entry.verb).where(Entry.verb.like("account.calendar%")).order_by(Entry.n)
    assert db.session.scalars(verbs).all() == [
        "account.calendar_renewed",
        "account.calendar_renewed",
        "account.calendar_ended",
    ]
    assert not any("calendar/" in str(row.detail) for row in db.session.scalars(select(Entry)))


def test_a_closed_account_has_no_calendar(subscribe, staff_user):
    assert subscribe(staff_user).status_code == 200
    staff_user.active = False
    db.session.commit()

    assert subscribe(staff_user).status_code == 404


def test_no_address_is_guessed_from_another(subscribe, client, staff_user, controller_user):
    subscribe(staff_user)
    mine = calendar.token(staff_user)
    number, _dash, secret = mine.partition("-")
    subscribe(controller_user)
    for guess in (
        f"{controller_user.id}-{secret}",
        f"0{number}-{secret}",
        secret,
        number,
        f"{number}-",
        f"{'9' * 30}-{secret}",
        "é-1",
    ):
        assert client.get(f"/calendar/{guess}.ics").status_code == 404, guess


def test_the_database_alone_does_not_tell_the_address(subscribe, staff_user):
    subscribe(staff_user)
    row = db.session.get(User, staff_user.id)

    assert row.calendar_salt not in calendar.token(row)
