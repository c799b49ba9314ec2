"""The queue of reports: filters, what is alike, several at once, two people on one report."""

import re
from datetime import timedelta

import pytest

from incidents.actions import cases, reports, watching
from incidents.db import db, now
from incidents.models import Report, SavedFilter
from tests.conftest import _account, _logged_in


def shown(client, query=""):
    page = client.get(f"/reports{query}").text
    return set(re.findall(r'name="ref" value="(RP-\d+-\d+)"', page))


def test_filters_show_what_they_say(staff, staff_user, make_report, incident):
    form = make_report(story="By the form")
    mail = make_report(source="mail", story="By mail", mark="empty")
    old = make_report(story="Long ago")
    old.received_at = now() - timedelta(days=30)
    watching.assign(form, staff_user, staff_user, now())
    db.session.commit()
    joined = incident.reports[0].reference

    assert shown(staff) == {form.reference, mail.reference, old.reference}
    assert shown(staff, "?source=mail") == {mail.reference}
    assert shown(staff, "?age=older") == {old.reference}
    assert shown(staff, "?age=day&source=web") == {form.reference}
    assert shown(staff, "?who=me") == {form.reference}
    assert shown(staff, "?who=nobody") == {mail.reference, old.reference}
    assert shown(staff, "?twice=yes") == {mail.reference}
    assert shown(staff, "?show=joined") == {joined}
    assert shown(staff, "?source=fax&age=x") == shown(staff)


def test_each_answer_of_the_filter_says_how_many_it_shows(staff, make_report):
    for _number in range(3):
        make_report(source="mail")
    make_report()

    page = staff.get("/reports").text

    for label, count in (("E-mail", 3), ("Form", 1), ("Nobody yet", 4)):
        assert re.search(rf'{label} <span class="quiet">{count}</span>', page), label


def test_a_joined_report_stands_with_the_clock_of_its_incident(staff, incident, staff_user):
    from incidents.actions import awareness
    from incidents.pages import zone

    awareness.state(incident, now(), "x", staff_user, now(), zone=zone(), sure=True)
    db.session.commit()

    page = staff.get("/reports?show=joined").text

    assert incident.reference in page
    assert 'class="clock small calm"' in page


def test_a_kept_filter_is_one_persons_own(app, staff, staff_user, make_report):
    mail = make_report(source="mail")
    make_report()
    staff.post("/reports/filters", data={"name": "Mails", "source": "mail", "show": "all"})
    kept = db.session.scalar(db.select(SavedFilter))
    other = _logged_in(app, _account("staff", "Other"))

    page = staff.get("/reports").text
    address = re.search(r'href="([^"]*)">Mails</a>', page)[1].replace("&amp;", "&")

    assert shown(staff, address.removeprefix("/reports")) == {mail.reference}
    assert "Mails</a>" not in other.get("/reports").text
    other.post(f"/reports/filters/{kept.uid}/drop")
    assert db.session.scalar(db.select(SavedFilter)) is not None
    staff.post(f"/reports/filters/{kept.uid}/drop")
    assert db.session.scalar(db.select(SavedFilter)) is None


def test_several_set_aside_at_once_leave_alone_what_belongs_to_an_incident(
    staff, incident, make_report
):
    one, two = make_report(story="Win a prize"), make_report(story="Win a car")
    joined = incident.reports[0]
    refs = [one.reference, two.reference, joined.reference]

    first = staff.post("/reports/aside", data={"ref": refs})
    assert "left alone" in first.text
    assert joined.reference in first.text
    assert {one.state, two.state, joined.state} == {"new", "joined"}

    staff.post("/reports/aside", data={"ref": refs, "sure": "yes", "reason": ""})
    assert one.state == "new"
    staff.post("/reports/aside", data={"ref": refs, "sure": "yes", "reason": "advertising"})

    assert [one.state, two.state, joined.state] == ["set_aside", "set_aside", "joined"]
    assert one.aside == two.aside == "advertising"


def test_what_tells_of_the_same_is_shown_and_joined_in_one_step(
    staff, staff_user, incident, make_report
):
    cases.edit(
        incident, {"summary": "Customers saw the invoices of others in Kajabi"}, staff_user, now()
    )
    same = make_report(story="In my account I saw invoices of other customers, in Kajabi!")
    make_report(story="The coffee machine is broken again and the plumber did not come")

    page = staff.get(f"/reports/{same.reference}").text
    panel = page[page.index('id="alike"') :]

    assert incident.reference in panel
    assert "invoices" in panel
    assert "coffee" not in panel
    fields = dict(re.findall(r'name="(version|reference)" value="([^"]*)"', panel))
    staff.post(f"/reports/{same.reference}/join", data=fields)
    assert same.incident is incident


@pytest.mark.parametrize("first", ["early", "late"])
def test_parting_restores_exactly_what_was(staff_user, make_report, first):
    early, late = make_report(), make_report()
    early.received_at = now() - timedelta(hours=5)
    late.received_at = now() - timedelta(hours=2)
    reports.set_aside(late, "a test", staff_user, now())
    incident = cases.open_incident("Something", staff_user, now())
    order = [early, late] if first == "early" else [late, early]
    for report in order:
        reports.join(report, incident, staff_user, now())
    db.session.commit()
    assert incident.alerted_at == early.received_at

    for report in order:  # the first to come is the first to go
        reports.part(report, "not this one", staff_user, now())
        db.session.commit()

    assert incident.alerted_at is None
    assert (late.state, late.aside) == ("set_aside", "a test")
    assert early.state == "new"


def test_the_first_alert_that_stands_is_that_of_the_reports_that_stay(staff_user, make_report):
    early, late = make_report(), make_report()
    early.received_at = now() - timedelta(hours=5)
    incident = cases.open_incident("Something", staff_user, now())
    reports.join(late, incident, staff_user, now())
    reports.join(early, incident, staff_user, now())

    reports.part(early, "another company", staff_user, now())

    assert incident.alerted_at == late.received_at


def test_two_people_on_one_report_see_each_other(app, staff, report):
    other = _logged_in(app, _account("staff", "Odile"))
    assert "Odile is looking" not in staff.get(f"/reports/{report.reference}").text

    assert "Sam is looking" in other.get(f"/reports/{report.reference}").text

    assert "Odile is looking" in staff.get(f"/reports/{report.reference}").text
    assert "Odile is looking" in staff.post(f"/reports/{report.reference}/here").text


def test_who_has_left_is_not_shown_any_more(app, staff, staff_user, report):
    other = _account("staff", "Odile")
    watching.look(report, other, now() - timedelta(minutes=5))
    db.session.commit()

    assert "is looking" not in staff.get(f"/reports/{report.reference}").text


def test_a_report_opens_at_the_same_price_among_many(staff, report, make_report, count_queries):
    def cost():
        with count_queries() as seen:
            staff.get(f"/reports/{report.reference}")
        return seen.n

    cost()
    few = cost()
    for number in range(40):
        make_report(story=f"Another story about invoices {number}")

    assert cost() == few
    assert len(db.session.scalars(db.select(Report)).all()) == 41
