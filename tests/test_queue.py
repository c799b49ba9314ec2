"""The queue: a report opens an incident, joins one or is set aside; none is ever dropped."""

from contextlib import contextmanager

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import event, select

from incidents import audit
from incidents.actions import cases, reports
from incidents.db import db, now
from incidents.intake import Draft, File
from incidents.models import Entry, Incident, Report


def rows(answer):
    page = BeautifulSoup(answer.data, "html.parser")
    return [row.select_one(".ref").text for row in page.select(".row")]


def again(row):
    """The row as it is now."""
    kind, number = type(row), db.inspect(row).identity[0]
    db.session.rollback()
    return db.session.get(kind, number)


def text_of(answer):
    return " ".join(BeautifulSoup(answer.data, "html.parser").main.text.split())


@contextmanager
def counted():
    """The number of statements sent to the database meanwhile."""
    sent = []

    def note(_conn, _cursor, statement, *_rest):
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def test_each_tab_shows_its_own(staff, staff_user, make_report):
    new, joined, aside = (make_report(story=f"story {n}") for n in range(3))
    cases.open_incident("An incident", staff_user, now(), report=joined)
    reports.set_aside(aside, "advertising", staff_user, now())
    db.session.commit()
    names = [new.reference, joined.reference, aside.reference]

    assert rows(staff.get("/reports")) == names[:1]
    assert rows(staff.get("/reports?show=joined")) == names[1:2]
    assert rows(staff.get("/reports?show=set_aside")) == names[2:]
    assert rows(staff.get("/reports?show=all")) == names[::-1]
    assert staff.get("/reports?show=nothing").status_code == 404


def many(count, since=0):
    for number in range(since, count):
        draft = Draft("web", f"web:many{number}", b"raw", f"Story number {number}", mark="oversize")
        reports.receive(draft, now())
    db.session.commit()


def test_older_reports_are_one_page_on_and_none_is_shown_twice(staff):
    many(51)
    first = staff.get("/reports")
    older = BeautifulSoup(first.data, "html.parser").select_one("a[rel=next]")["href"]
    second = staff.get(older)

    assert (len(rows(first)), len(rows(second))) == (50, 1)
    assert len({*rows(first), *rows(second)}) == 51
    assert not BeautifulSoup(second.data, "html.parser").select("a[rel=next]")


def test_the_queue_asks_the_database_as_often_for_fifty_reports_as_for_two(staff):
    many(2)
    with counted() as few:
        staff.get("/reports?show=all")
    many(50, since=2)
    with counted() as fifty:
        staff.get("/reports?show=all")

    assert len(fifty) == len(few)
    assert not any("count(" in statement.lower() for statement in fifty)


@pytest.mark.parametrize("show", ["new", "joined", "set_aside", "all"])
def test_an_empty_queue_says_what_to_do(staff, show):
    page = BeautifulSoup(staff.get(f"/reports?show={show}").data, "html.parser")

    assert page.select_one(".empty .title").text
    assert page.select_one(".empty a")["href"]


@pytest.mark.parametrize("before", ["", "x", "-1", "9" * 40, "٣", "1; DROP TABLE report"])
def test_a_strange_key_of_a_page_is_no_failure(staff, report, before):
    assert staff.get("/reports", query_string={"before": before}).status_code == 200


def test_a_report_page_shows_everything_that_came(staff, make_report):
    report = make_report(
        subject="Wrong invoice",
        story="It was Anna's.\n\nOn 3 May 2026, Support wrote:\n> Here is your invoice",
        noticed="about noon",
        data="Bank or card details",
        name="Karim B.",
        contact="karim@customer.example",
        reporter="customer",
        mark="malformed",
    )
    reports.add_message(
        report, Draft("mail", "mail:1", b"x", "One more.", contact="other@customer.example"), now()
    )
    db.session.commit()
    answer = staff.get(f"/reports/{report.reference}")
    text = text_of(answer)

    for words in ("Wrong invoice", "Anna's", "about noon", "Bank or card", "Karim B.", "One more."):
        assert words in text
    assert "karim@customer.example" in text
    assert "This mail is damaged" in text
    assert "Another sender than the report’s" in text
    page = BeautifulSoup(answer.data, "html.parser")
    assert page.select_one("details .quote").text.startswith("On 3 May 2026")
    assert "Karim" not in page.title.text


def test_a_report_opens_an_incident_under_a_title_that_can_be_changed(staff, report):
    page = BeautifulSoup(staff.get(f"/reports/{report.reference}").data, "html.parser")
    form = page.select_one(f"form[action='/reports/{report.reference}/open']")
    assert form.textarea.text.strip() == "I saw other people's invoices in my account."
    version = form.select_one("[name=version]")["value"]

    answer = staff.post(form["action"], data={"version": version, "title": "Invoices of others"})

    incident = db.session.scalar(select(Incident))
    assert answer.location == f"/incidents/{incident.reference}"
    assert (incident.title, incident.reports) == ("Invoices of others", [report])
    assert again(report).state == "joined"


def test_a_report_joins_by_choice_or_by_reference(staff, incident, make_report):
    one, two = make_report(), make_report()
    ref = incident.reference
    for report, words in ((one, {"incident": ref}), (two, {"reference": f" {ref.lower()} "})):
        answer = staff.post(f"/reports/{report.reference}/join", data={"version": "1"} | words)
        assert answer.status_code == 302

    assert again(incident).reports[1:] == [again(one), again(two)]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"reference": "BR-1999-001"}, "There is no incident of this reference"),
        ({}, "Choose an incident"),
    ],
)
def test_joining_nothing_is_refused_with_what_was_typed(staff, report, words, said):
    answer = staff.post(f"/reports/{report.reference}/join", data={"version": "1"} | words)

    assert answer.status_code == 422
    assert said in answer.text
    assert words.get("reference", "") in answer.text
    assert again(report).state == "new"


def test_joining_a_closed_incident_is_refused_with_the_way_out(staff, incident, make_report):
    incident.stage = "closed"
    report = make_report()
    answer = staff.post(
        f"/reports/{report.reference}/join",
        data={"version": "1", "reference": incident.reference},
    )

    assert answer.status_code == 409
    assert "Reopen it first" in answer.text
    assert again(report).incident is None


def test_setting_aside_and_taking_back_keep_the_reason_in_the_file(staff, report):
    ref = report.reference
    assert staff.post(f"/reports/{ref}/aside", data={"version": "1"}).status_code == 422
    staff.post(f"/reports/{ref}/aside", data={"version": "1", "reason": "advertising"})
    assert (again(report).state, again(report).aside) == ("set_aside", "advertising")
    assert "advertising" in text_of(staff.get(f"/reports/{ref}"))

    staff.post(f"/reports/{ref}/back", data={"version": again(report).version})

    assert again(report).state == "new"
    taken = db.session.scalar(select(Entry).where(Entry.verb == "report.taken_back"))
    assert taken.detail == {"was": "advertising"}
    assert audit.verify().broken_at is None


def test_parting_puts_the_report_back_with_a_reason(staff, incident, report):
    ref, version = report.reference, report.version
    assert staff.post(f"/reports/{ref}/part", data={"version": version}).status_code == 422
    staff.post(f"/reports/{ref}/part", data={"version": version, "reason": "another company"})

    assert (again(report).state, again(report).incident) == ("new", None)


@pytest.mark.parametrize(
    ("verb", "words"),
    [
        ("open", {"title": "My own title"}),
        ("join", {"reference": "BR-2026-001"}),
        ("aside", {"reason": "my own reason"}),
    ],
)
def test_the_second_of_two_people_is_told_what_the_first_did(
    staff, controller, report, verb, words
):
    ref = report.reference
    controller.post(f"/reports/{ref}/aside", data={"version": "1", "reason": "a test"})
    entries = db.session.query(Entry).count()
    answer = staff.post(f"/reports/{ref}/{verb}", data={"version": "1"} | words)

    assert answer.status_code == 409
    assert "Cleo was faster" in text_of(answer)
    assert f"Report {ref} was set aside" in text_of(answer)
    assert next(iter(words.values())) in text_of(answer)
    assert (again(report).state, again(report).aside) == ("set_aside", "a test")
    assert db.session.query(Entry).count() == entries
    assert db.session.query(Incident).count() == 0


def test_a_triage_form_without_its_version_changes_nothing(staff, report):
    answer = staff.post(f"/reports/{report.reference}/aside", data={"reason": "x"})

    assert answer.status_code == 409
    assert again(report).state == "new"


def test_staff_log_a_report_by_its_title_alone(staff, staff_user):
    staff.post("/reports/new", data={"title": "Laptop stolen"})

    report = db.session.scalar(select(Report))
    words = "Laptop stolen"
    assert (report.source, report.subject, report.story) == ("staff", words, words)
    assert report.logged_by_id == staff_user.id
    assert report.acknowledged_at is not None  # answered by the page
    assert b"Laptop stolen" in report.raw.content


def test_staff_log_and_open_at_once_and_only_once(staff):
    page = BeautifulSoup(staff.get("/reports/new").data, "html.parser")
    data = {"key": page.select_one("[name=key]")["value"], "title": "Laptop stolen"}
    data |= {"story": "On the train.", "noticed": "yesterday", "then": "open"}
    places = {staff.post("/reports/new", data=data).location for _ in range(2)}

    incident = db.session.scalar(select(Incident))
    assert places == {f"/incidents/{incident.reference}"}
    assert (incident.title, incident.summary) == ("Laptop stolen", "On the train.")
    assert db.session.query(Report).count() == 1


def test_a_refused_log_keeps_what_was_typed(staff):
    answer = staff.post("/reports/new", data={"title": "", "story": "On the train."})

    assert answer.status_code == 422
    assert "On the train." in answer.text


ROUTES = [
    ("GET", "/report", (200, 200, 200)),
    ("GET", "/report/thanks", (302, 302, 302)),
    ("GET", "/reports", (302, 200, 200)),
    ("GET", "/reports/new", (302, 200, 200)),
    ("POST", "/reports/new", (401, 422, 422)),
    ("GET", "/reports/{ref}", (302, 200, 200)),
    ("GET", "/reports/{ref}/raw", (302, 200, 200)),
    ("GET", "/files/{uid}", (302, 200, 200)),
    ("POST", "/reports/{ref}/open", (401, 409, 409)),
    ("POST", "/reports/{ref}/join", (401, 409, 409)),
    ("POST", "/reports/{ref}/part", (401, 409, 409)),
    ("POST", "/reports/{ref}/aside", (401, 409, 409)),
    ("POST", "/reports/{ref}/back", (401, 409, 409)),
]


@pytest.mark.parametrize(("method", "path", "answers"), ROUTES)
def test_stranger_staff_and_controller_get_what_is_theirs(
    client, staff, controller, make_report, method, path, answers
):
    report = make_report(files=(File("a.txt", "text/plain", b"a"),))
    path = path.format(ref=report.reference, uid=report.attachments[0].uid)
    got = [one.open(path, method=method) for one in (client, staff, controller)]

    assert tuple(answer.status_code for answer in got) == answers
    if answers[0] != 200:
        assert report.story not in got[0].text
