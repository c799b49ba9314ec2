"""Who leaves has left; and what is done to an account stands in the file."""

import pytest
from sqlalchemy import select

from incidents import audit
from incidents.db import db
from incidents.models import Entry
from tests.conftest import PASSWORD

NEW = "seven grey herons over water"


def _verbs():
    db.session.rollback()
    return list(db.session.scalars(select(Entry.verb).order_by(Entry.n)))


@pytest.fixture
def browser(app, staff_user):
    """Somebody who logged in by the page, with a cookie that can be copied."""
    browser = app.test_client()
    browser.post("/login", data={"email": staff_user.email, "password": PASSWORD})
    assert browser.get("/reports").status_code == 200
    return browser


def test_a_copied_cookie_is_worthless_once_its_owner_has_left(app, browser):
    thief = app.test_client()
    thief.set_cookie("tocsin", browser.get_cookie("tocsin").value)
    assert thief.get("/reports").status_code == 200

    browser.post("/logout")

    assert thief.get("/reports").status_code == 302
    assert browser.get("/reports").status_code == 302


def test_a_cookie_from_before_the_login_is_worth_nothing_after_it(app, staff_user):
    browser, thief = app.test_client(), app.test_client()
    browser.get("/login")
    browser.post("/language", data={"language": "fr"})
    thief.set_cookie("tocsin", browser.get_cookie("tocsin").value)
    browser.post("/login", data={"email": staff_user.email, "password": PASSWORD})

    assert browser.get("/reports").status_code == 200
    assert thief.get("/reports").status_code == 302


def test_no_device_is_remembered_beyond_its_session(app, staff_user):
    browser = app.test_client()
    words = {"email": staff_user.email, "password": PASSWORD, "remember": "y"}
    browser.post("/login", data=words)

    assert browser.get("/reports").status_code == 200
    assert browser.get_cookie("remember_token") is None


def test_coming_going_and_a_new_password_stand_in_the_file(browser):
    words = {"password": PASSWORD, "new_password": NEW, "new_password_confirm": NEW}
    browser.post("/change", data=words)
    browser.post("/logout")

    assert [verb for verb in _verbs() if verb.startswith("account.")] == [
        "account.logged_in",
        "account.logged_in",  # a new password begins a new session
        "account.password_changed",
        "account.logged_out",
    ]
    assert audit.verify().broken_at is None


def test_a_wrong_password_writes_no_login(client, staff_user):
    client.post("/login", data={"email": staff_user.email, "password": "something else 12"})

    assert "account.logged_in" not in _verbs()
