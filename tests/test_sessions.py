"""A session ends by itself, and nothing that was typed ends with it (trust C-14)."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from clockwork import MONDAY
from door import typed

from incidents.serving import BEGAN
from tests.conftest import PASSWORD

MINUTE = timedelta(minutes=1)


@pytest.fixture
def browser(app, clock, staff_user):
    """Somebody who logged in by the page, on Monday morning."""
    browser = app.test_client()
    log_in(browser, staff_user)
    return browser


def log_in(browser, user):
    token = BeautifulSoup(browser.get("/login").data, "html.parser").select_one("[name=csrf_token]")
    words = {"email": user.email, "password": PASSWORD, "csrf_token": token and token["value"]}
    return browser.post("/login", data=words)


def inside(browser, **more):
    return browser.get("/reports", **more).status_code == 200


def test_half_an_hour_without_a_sign_of_life_ends_a_session(browser, clock):
    clock.move_to(MONDAY + 30 * MINUTE)
    assert inside(browser)
    clock.move_to(MONDAY + 61 * MINUTE)

    assert not inside(browser)
    assert "your session ended by itself" in browser.get("/login").text
    assert browser.post("/reports/new", data={"title": "x"}).status_code == 401


def test_twelve_hours_after_login_a_session_ends_however_busy(browser, clock):
    for minutes in range(20, 12 * 60, 20):
        clock.move_to(MONDAY + minutes * MINUTE)
        assert browser.get("/account/alive").status_code == 204
    clock.move_to(MONDAY + (12 * 60 + 1) * MINUTE)

    assert not inside(browser)


def test_what_a_page_asks_for_by_itself_is_no_sign_of_life(browser, clock):
    clock.move_to(MONDAY + 20 * MINUTE)
    assert inside(browser, headers={"X-Background": "yes"})
    clock.move_to(MONDAY + 40 * MINUTE)

    assert not inside(browser)


def test_a_copied_cookie_ends_too(app, browser, clock):
    thief = app.test_client()
    thief.set_cookie("tocsin", browser.get_cookie("tocsin").value)
    clock.move_to(MONDAY + 20 * MINUTE)
    assert inside(browser)
    clock.move_to(MONDAY + 40 * MINUTE)

    assert inside(browser)
    assert not inside(thief)


def test_an_upload_counts_from_when_it_began(browser, clock):
    clock.move_to(MONDAY + 50 * MINUTE)
    began = (MONDAY + 25 * MINUTE).timestamp()
    answer = browser.post(
        "/reports/new",
        data={"title": "Invoices of others shown"},
        environ_overrides={BEGAN: began},
    )

    assert answer.status_code == 302 and inside(browser)


def test_what_was_typed_is_sent_after_logging_in_again(
    app,
    browser,
    clock,
    report,
    staff_user,
):
    app.config["WTF_CSRF_ENABLED"] = True
    path = f"/reports/{report.reference}"
    form = BeautifulSoup(browser.get(path).data, "html.parser").select_one("[name=csrf_token]")
    clock.move_to(MONDAY + 45 * MINUTE)
    words = {"version": "1", "reason": "it was a test of mine", "csrf_token": form["value"]}
    refused = browser.post(f"{path}/aside", data=words)
    assert refused.status_code == 401 and typed(refused)["reason"] == words["reason"]
    page = BeautifulSoup(refused.data, "html.parser")
    assert page.select_one("main a[target=_blank][href='/login']")

    assert log_in(browser, staff_user).status_code == 302
    kept = page.select_one("main form")
    again = {i["name"]: i["value"] for i in kept.select("input")} | typed(refused)
    assert browser.post(kept["action"], data=again).location == "/reports"
    assert report.aside == words["reason"]
