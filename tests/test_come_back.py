"""Coming back with the code, without account: read, write, add files, give one's name, leave."""

from datetime import timedelta
from io import BytesIO

import pytest
from bs4 import BeautifulSoup
from door import STORY, form_of, receipt, reports, send, shown
from sqlalchemy import select

from incidents import guesses
from incidents.actions import cases
from incidents.actions import receipts as acts
from incidents.db import db, now
from incidents.models import Receipt
from incidents.views import visit
from notifications import answers
from notifications.models import Mail


@pytest.fixture
def sent(app):
    """Send a report from a browser of its own; returns its code: sent(contact=...)."""

    def sent(**words):
        browser = app.test_client()
        send(browser, form_of(browser) | {"story": STORY} | words)
        return receipt(browser)[1]

    return sent


@pytest.fixture
def visitor(app, sent):
    """A browser that came back: visitor(contact=...)."""

    def visitor(**words):
        code, browser = sent(**words), app.test_client()
        assert browser.post("/my-report", data={"code": code}).location == "/my-report/status"
        browser.code = code
        return browser

    return visitor


def status(browser):
    return browser.get("/my-report/status").text


def say(browser, text, **more):
    data = form_of(browser, "/my-report/status") | {"text": text} | more
    return browser.post("/my-report/status", data=data)


def test_the_state_is_told_in_plain_words_and_nothing_of_the_case(visitor, staff_user):
    browser = visitor()
    assert "It waits to be read" in status(browser)

    (report,) = reports()
    cases.open_incident("SECRET TITLE of Jane", staff_user, now(), report=report)
    db.session.commit()

    page = status(browser)
    assert "We are finding out what exactly happened" in page
    assert "SECRET" not in page and "BR-2026" not in page
    assert str((report.received_at + timedelta(days=30)).year) in page


def test_messages_go_both_ways_and_staff_see_what_is_new(visitor, staff, staff_user):
    browser = visitor()
    say(browser, "One more thing.", files=(BytesIO(b"two"), "two.txt"))
    (report,) = reports()
    ref = report.reference
    assert (report.unread, report.messages[0].by_code) == (1, True)
    assert [file.filename for file in report.attachments] == ["two.txt"]
    assert "One new message" in staff.get("/reports").text

    staff.post(f"/reports/{ref}/answer", data={"text": "What time was it?", "key": "a" * 32})

    assert reports()[0].unread == 0
    assert "What time was it?" in status(browser)
    assert db.session.scalars(select(Mail)).all() == []  # there is no address


def test_the_same_message_pressed_twice_is_one(visitor):
    browser = visitor()
    data = form_of(browser, "/my-report/status") | {"text": "Once."}
    for _ in range(2):
        browser.post("/my-report/status", data=data)

    assert [message.text for message in reports()[0].messages] == ["Once."]


def test_an_address_gets_a_mail_that_says_only_that_there_is_an_answer(sent, staff_user):
    sent(contact="karim@customer.example")
    (report,) = reports()
    answers.answer(report, "The CANARY answer.", staff_user, now())
    db.session.commit()

    mail = db.session.scalar(select(Mail).where(Mail.kind == "answer"))
    assert "There is an answer" in mail.content["text"] and "/my-report" in mail.content["text"]
    assert "CANARY" not in str(mail.content)
    assert f"r-{report.uid}-0-" in mail.content["text"]  # whoever replies adds to the report


def test_a_report_that_came_by_mail_is_answered_in_the_mail(make_report, staff_user):
    report = make_report(source="mail", contact="karim@customer.example")
    answers.answer(report, "The whole answer.", staff_user, now())

    assert "The whole answer." in db.session.scalar(select(Mail)).content["text"]


def test_a_name_may_be_given_later_and_once(visitor):
    browser = visitor()
    data = {"name": "Karim", "contact": "karim@customer.example"}
    browser.post("/my-report/name", data=data)
    browser.post("/my-report/name", data=data | {"name": "Somebody else"})

    (report,) = reports()
    assert (report.name, report.contact) == ("Karim", "karim@customer.example")
    assert "give my name" not in status(browser)


def test_a_message_with_the_code_in_it_is_not_taken(visitor):
    browser = visitor()
    answer = say(browser, f"My code is {browser.code.lower()} by the way")

    assert answer.status_code == 422
    assert "contains your code" in answer.text and "by the way" in answer.text
    assert reports()[0].messages == []


def test_files_without_end_are_refused_and_the_text_is_kept(visitor, monkeypatch):
    """OWASP ASVS 5.2.4: what a stranger may add to one case has an end; words have not."""
    browser = visitor()
    assert say(browser, "First", files=(BytesIO(b"x" * 500), "a.txt")).status_code == 302
    monkeypatch.setattr(visit, "case_limit", lambda: 900)

    answer = say(browser, "Here is the second.", files=(BytesIO(b"x" * 500), "b.txt"))

    assert answer.status_code == 413 and "Here is the second." in answer.text
    assert "There is no room for more files here." in answer.text
    assert [len(report.attachments) for report in reports()] == [1]
    assert say(browser, "Only words.").status_code == 302


def test_a_visit_that_ended_keeps_what_was_typed(visitor):
    browser = visitor()
    data = form_of(browser, "/my-report/status")
    row = db.session.scalar(select(Receipt))
    row.visit_until = now() - timedelta(seconds=1)
    db.session.commit()

    over = browser.post(
        "/my-report/status", data=data | {"text": "my words", "files": (BytesIO(b"1"), "one.txt")}
    )
    assert over.status_code == 422
    page = BeautifulSoup(over.data, "html.parser")
    form = {i["name"]: i["value"] for i in page.select("main form input[type=hidden]")}
    back = browser.post("/my-report", data=form | {"code": browser.code, "text": "my words"})

    page = BeautifulSoup(back.data, "html.parser")
    message = page.select_one("textarea").find_parent("form")
    form = {i["name"]: i.get("value", "") for i in message.select("input[name]")}
    assert page.select_one("textarea").text.strip() == "my words"
    wanted = {name: form[name] for name in ("key", "kept")}
    browser.post("/my-report/status", data=wanted | {"text": "my words"})
    assert [message.text for message in reports()[0].messages] == ["my words"]
    assert [file.filename for file in reports()[0].attachments] == ["one.txt"]


def test_leaving_ends_the_visit_in_every_copy_and_clears_the_browser(app, visitor):
    browser = visitor()
    copy = app.test_client()
    copy.set_cookie("tocsin", browser.get_cookie("tocsin").value)
    answer = browser.post("/my-report/leave")

    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    for one in (browser, copy):
        assert one.get("/my-report/status").location == "/my-report"


def test_wrong_and_unknown_codes_get_the_same_answer(client, sent):
    code = sent()
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    pages = [
        client.post("/my-report", data={"code": text}) for text in (wrong, "0000-0000-0000-0000")
    ]

    assert [page.status_code for page in pages] == [422, 422]
    first, second = map(shown, pages)
    assert first.replace(wrong, "") == second.replace("0000-0000-0000-0000", "")


def test_wrong_codes_get_slower_and_a_person_elsewhere_never_waits(client, sent, monkeypatch):
    code, clock = sent(), [1000.0]
    monkeypatch.setattr(guesses.time, "monotonic", lambda: clock[0])
    waits = []
    for _ in range(12):
        answer = client.post("/my-report", data={"code": "0000"})
        while answer.status_code == 429:
            waits.append(int(answer.headers["Retry-After"]))
            clock[0] += waits[-1]
            answer = client.post("/my-report", data={"code": "0000"})

    assert waits == sorted(waits) and waits[-1] >= 8 * waits[0] > 0
    assert client.post("/my-report", data={"code": code}).status_code == 429
    elsewhere = {"REMOTE_ADDR": "203.0.113.78"}
    answer = client.post("/my-report", data={"code": code}, environ_base=elsewhere)
    assert answer.location == "/my-report/status"


def test_an_erased_report_has_no_code_any_more(client, sent, staff_user):
    from incidents.actions import erasure

    code = sent()
    erasure.erase_report(reports()[0], staff_user, now())
    db.session.commit()

    assert client.post("/my-report", data={"code": code}).status_code == 422


def test_only_one_visit_at_a_time(app, visitor):
    first = visitor()
    second = app.test_client()
    second.post("/my-report", data={"code": first.code})

    assert first.get("/my-report/status").location == "/my-report"
    assert second.get("/my-report/status").status_code == 200
    assert acts.visitor("", now()) is None
