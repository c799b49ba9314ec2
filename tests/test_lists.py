"""Lists and today's board: right, in order, and at the same price for few and many."""

import re
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import event

from incidents.actions import awareness, cases, decisions, measures
from incidents.db import db, now
from incidents.models import Incident
from incidents.pages import zone


@contextmanager
def queries():
    """The statements sent to the database meanwhile."""
    sent = []

    def note(_connection, _cursor, statement, *_rest):
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def many(count, user, controller):
    """Incidents in all kinds of states, made in one go."""
    at = now()
    for number in range(count):
        incident = cases.open_incident(f"Incident {number}", user, at)
        if number % 3:
            moment = at - timedelta(hours=number % 70 + 1)
            awareness.state(incident, moment, "x", user, at, zone=zone(), sure=True)
        if number % 7 == 1:
            result = decisions.assess(incident, controller, at)
            decisions.decide(result, True, True, "As a test", controller, at)
            measures.add(
                incident, {"text": "m", "due_on": (at - timedelta(days=3)).date()}, user, at
            )
    db.session.commit()


def test_a_list_costs_the_same_queries_for_20_and_for_200(
    staff, staff_user, controller_user, make_report
):
    def cost(path):
        staff.get(path)
        with queries() as sent:
            assert staff.get(path).status_code == 200
        assert not any("count(" in statement.lower() for statement in sent)
        return len(sent)

    for _number in range(8):
        make_report()
    paths = ("/", "/incidents", "/incidents?show=all", "/incidents?show=mine&stage=detection")
    many(20, staff_user, controller_user)
    few = [cost(path) for path in paths]
    many(180, staff_user, controller_user)

    assert [cost(path) for path in paths] == few
    assert min(few) > 0


def test_the_list_pages_by_key_without_gap_or_double(staff, staff_user, controller_user):
    many(120, staff_user, controller_user)
    seen, url = [], "/incidents?show=all"
    while url:
        page = staff.get(url).text
        seen += re.findall(r'<p class="ref">(BR-\d+-\d+)</p>', page)
        following = re.search(r'href="([^"]*)" rel="next"', page)
        url = following[1].replace("&amp;", "&") if following else None

    every = db.session.scalars(db.select(Incident.reference).order_by(Incident.id.desc())).all()
    assert seen == list(every)


def test_filters_show_what_they_say(staff, staff_user, controller_user):
    mine = cases.open_incident("One of mine", staff_user, now())
    other = cases.open_incident("Of another", controller_user, now())
    other.stage = "cause"
    closed = cases.open_incident("Long closed", staff_user, now())
    closed.stage, closed.closed_at = "closed", now()
    db.session.commit()
    titles = {mine.title, other.title, closed.title}

    def shown(query):
        page = staff.get(f"/incidents{query}").text
        return {title for title in titles if f">{title}</a>" in page}

    assert shown("") == {"One of mine", "Of another"}
    assert shown("?show=mine") == {"One of mine"}
    assert shown("?show=closed") == {"Long closed"}
    assert shown("?show=all") == titles
    assert shown("?stage=cause") == {"Of another"}
    assert shown("?show=nonsense&stage=nonsense&before=x") == {"One of mine", "Of another"}
    assert shown(f"?show=all&before={other.id}") == {"One of mine"}


def test_empty_lists_say_what_to_do(staff):
    for query in ("", "?show=mine", "?show=closed", "?stage=cause", "?before=1"):
        page = staff.get(f"/incidents{query}").text
        assert 'class="empty"' in page
    assert "No clock is running" in staff.get("/").text


def test_today_begins_with_the_worst_clock(staff, staff_user):
    at = now()
    for title, hours in (("Half way", 36), ("Late", 80), ("Fresh", 1)):
        incident = cases.open_incident(title, staff_user, at)
        moment = at - timedelta(hours=hours)
        awareness.state(incident, moment, "x", staff_user, at, zone=zone(), sure=True)
    cases.open_incident("Unaware", staff_user, at)
    db.session.commit()

    page = staff.get("/").text

    places = [page.index(title) for title in ("Late", "Half way", "Fresh", "Unaware")]
    assert places == sorted(places)
    assert "One clock is late" in page


def test_today_shows_what_waits_beside_the_clocks(staff, staff_user, controller_user, make_report):
    for _number in range(52):
        make_report(subject="A strange mail")
    many(9, staff_user, controller_user)

    page = staff.get("/").text

    assert "More than 50 reports wait to be read" in page
    assert page.count("A strange mail") == 5
    assert "Measures overdue" in page
    assert "People to tell" in page


def test_an_incident_without_a_clock_stays_before_the_one_who_owns_it(
    staff, controller, staff_user, controller_user
):
    case = cases.open_incident("Told, and not finished", staff_user, now())
    awareness.state(case, now(), "x", staff_user, now(), zone=zone(), sure=True)
    result = decisions.assess(case, controller_user, now())
    decisions.decide(result, False, False, "Nothing was readable", controller_user, now())
    db.session.commit()

    assert case.next_due_at is None
    assert f">{case.title}</a>" in staff.get("/").text
    assert case.title not in controller.get("/").text


def test_today_greets_a_stranger_with_the_way_to_report(client):
    page = client.get("/")

    assert page.status_code == 200
    assert "/report" in page.text
    assert "/incidents" not in page.text
