"""Refusals say what, why and what now, and give back what was typed to those who may see it."""

import pytest
from bs4 import BeautifulSoup
from door import typed
from sqlalchemy.orm.exc import StaleDataError

from incidents.refusal import Refused


def kept(answer):
    """The form of an error page: where it goes and what it carries."""
    form = BeautifulSoup(answer.data, "html.parser").select_one("main form")
    if form is None:
        return None
    fields = {i["name"]: i["value"] for i in form.select("input")} | typed(answer)
    fields.pop("csrf_token", None)
    return form.get("action"), fields


def test_a_session_that_ended_gives_the_text_back_and_a_way_to_log_in(client, report):
    path = f"/reports/{report.reference}/aside"
    answer = client.post(path, data={"version": "1", "reason": "it was only a test"})

    assert answer.status_code == 401
    assert kept(answer) == (path, {"version": "1", "reason": "it was only a test"})
    assert BeautifulSoup(answer.data, "html.parser").select_one("main a[href='/login']")


def test_an_expired_form_of_staff_is_not_shown_to_a_stranger(app, client):
    app.config["WTF_CSRF_ENABLED"] = True
    answer = client.post("/reports/new", data={"title": "A title", "story": "my own words"})

    assert answer.status_code == 401
    assert kept(answer) == ("/reports/new", {"title": "A title", "story": "my own words"})


def test_an_expired_form_of_staff_comes_back_to_staff(app, staff):
    app.config["WTF_CSRF_ENABLED"] = True
    answer = staff.post("/reports/new", data={"title": "A title", "story": "my own words"})

    assert answer.status_code == 400
    assert typed(answer)["story"] == "my own words"
    assert "Save and open" in answer.text


def test_an_expired_form_without_a_page_of_its_own_can_be_sent_again(app, staff, report):
    app.config["WTF_CSRF_ENABLED"] = True
    path = f"/reports/{report.reference}/aside"
    back = staff.post(path, data={"version": "1", "reason": "it was a test"})
    assert back.status_code == 400
    form = BeautifulSoup(back.data, "html.parser").select_one("main form")
    fields = {i["name"]: i["value"] for i in form.select("input")} | typed(back)

    assert staff.post(path, data=fields).location == "/reports"


def test_secrets_are_not_given_back(app, client):
    app.config["WTF_CSRF_ENABLED"] = True
    secret = "the password of mine"
    answer = client.post("/login", data={"email": "a b", "password": secret, "reason": "some text"})

    assert secret not in answer.text


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [("GET", "/nothing-here", 404), ("POST", "/report/thanks", 405), ("GET", "/files/x/y", 404)],
)
def test_a_wrong_address_has_a_page_with_a_way_back(client, method, path, code):
    answer = client.open(path, method=method)
    page = BeautifulSoup(answer.data, "html.parser")

    assert answer.status_code == code
    assert page.h1.text
    assert page.select_one("main a[href='/']")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert (code != 405) or "GET" in answer.headers["Allow"]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (Refused("This step is not possible.", ["One thing"]), "One thing"),
        (StaleDataError("x"), "Somebody else was faster"),
    ],
)
def test_a_refusal_nobody_caught_is_a_409_with_the_text_to_copy(
    staff, report, monkeypatch, error, words
):
    def refuse(*args, **kwargs):
        raise error

    monkeypatch.setattr("incidents.views.triage.find", refuse)
    answer = staff.post(f"/reports/{report.reference}/aside", data={"reason": "my own words"})

    assert answer.status_code == 409
    assert words in answer.text
    assert typed(answer)["reason"] == "my own words"


def test_the_last_page_stands_when_even_the_frame_fails(app, client, monkeypatch, caplog, request):
    app.testing = False
    request.addfinalizer(lambda: setattr(app, "testing", True))

    canary = "CANARY"

    def fail(*args, **kwargs):
        raise RuntimeError(canary)

    monkeypatch.setattr("incidents.errors.render_template", fail)
    monkeypatch.setattr("incidents.views.public.render_template", fail)
    answer = client.post("/report", data={"story": " ", "data": "my own words"})

    assert answer.status_code == 500
    assert "my own words" in answer.text
    assert canary not in caplog.text
