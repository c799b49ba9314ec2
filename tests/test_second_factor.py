"""A second factor is offered, asked for, and not skipped by a reset password."""

import base64
import hashlib
import hmac
import re
import struct
import time

import pytest
from bs4 import BeautifulSoup

from incidents.db import db
from notifications.models import Mail
from tests.conftest import PASSWORD

LOGIN = {"email": "cleo@training.example", "password": PASSWORD}


def code(key, at=None):
    """The six digits an authenticator app shows (RFC 6238)."""
    letters = re.sub(r"[^A-Z2-7]", "", key.upper())
    secret = base64.b32decode(letters + "=" * (-len(letters) % 8))
    counter = struct.pack(">Q", int((at or time.time()) // 30))
    digest = hmac.new(secret, counter, hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 10**6:06d}"


def shown(page):
    """The key of a second factor that is being set up, and where its first code goes."""
    soup = BeautifulSoup(page.text, "html.parser")
    action = soup.select_one("main form[action*=tf-setup]")["action"]
    return {"key": soup.select_one("code.code").text, "action": action}


@pytest.fixture
def key(controller, controller_user):
    """The controller's second factor, set up through the pages."""
    page = controller.post("/tf-setup", data={"setup": "authenticator"})
    soup = BeautifulSoup(page.text, "html.parser")
    assert soup.select_one("svg.qr rect")["fill"] == "#ffffff"  # read on a dark page, too
    key = soup.select_one("code.code").text
    forms = [form["action"] for form in soup.select("main form") if "action" in form.attrs]
    controller.post(forms[0], data={"code": code(key)})
    assert controller_user.tf_primary_method == "authenticator"
    return key


def test_a_wrong_code_changes_neither_picture_nor_key(controller, controller_user):
    begun = shown(controller.post("/tf-setup", data={"setup": "authenticator"}))

    again = controller.post(begun["action"], data={"code": "000000"}, follow_redirects=True)

    assert 'class="flash problem"' in again.text
    assert shown(again)["key"] == begun["key"]
    controller.post(shown(again)["action"], data={"code": code(begun["key"])})
    assert controller_user.tf_primary_method == "authenticator"
    assert 'class="qr"' not in controller.get("/tf-setup").text


def test_where_the_app_is_on_the_same_phone_a_link_gives_it_the_key(controller):
    page = BeautifulSoup(
        controller.post("/tf-setup", data={"setup": "authenticator"}).text, "html.parser"
    )
    (link,) = page.select("main .camera a")  # shown on devices that are held in the hand
    key = page.select_one("code.code").text.replace("-", "")
    assert link["href"].startswith("otpauth://totp/") and f"secret={key}" in link["href"]


def test_a_second_factor_that_was_begun_can_be_left(controller, controller_user):
    controller.post("/tf-setup", data={"setup": "authenticator"})

    controller.get("/tf-setup?leave=1")

    assert 'class="qr"' not in controller.get("/tf-setup").text
    assert controller_user.tf_primary_method is None


def test_nobody_is_given_the_key_that_another_began_with_in_the_same_browser(
    app, controller, staff
):
    controller.post("/tf-setup", data={"setup": "authenticator"})
    with controller.session_transaction() as theirs, staff.session_transaction() as mine:
        mine |= {name: value for name, value in theirs.items() if name.startswith("tf_")}

    assert 'class="qr"' not in staff.get("/tf-setup").text


def test_with_the_second_factor_on_the_first_button_leads_to_the_recovery_codes(controller, key):
    page = BeautifulSoup(controller.get("/tf-setup").text, "html.parser")

    assert [one["href"] for one in page.select("main .button.primary")] == ["/mf-recovery-codes"]


def test_the_password_alone_does_not_let_in_any_more(app, key):
    browser = app.test_client()

    asked = browser.post("/login", data=LOGIN, follow_redirects=True)

    assert 'name="code"' in asked.text
    assert browser.get("/account").status_code == 302


def test_password_and_code_let_in(app, key):
    browser = app.test_client()
    browser.post("/login", data=LOGIN)

    browser.post("/tf-validate", data={"code": code(key, time.time() + 30)})

    assert browser.get("/account").status_code == 200


def test_a_code_lets_in_once(app, key):
    used = code(key, time.time() + 30)
    first, second = app.test_client(), app.test_client()
    for browser in (first, second):
        browser.post("/login", data=LOGIN)
        browser.post("/tf-validate", data={"code": used})

    assert first.get("/account").status_code == 200
    assert second.get("/account").status_code == 302


def test_a_recovery_code_lets_in_once(app, controller, key):
    page = controller.post("/mf-recovery-codes", data={"generate_new_codes": "y"})
    recovery = BeautifulSoup(page.text, "html.parser").select("main li code")[0].text
    first, second = app.test_client(), app.test_client()
    for browser in (first, second):
        browser.post("/login", data=LOGIN)
        browser.post("/mf-recovery", data={"code": recovery})

    assert first.get("/account").status_code == 200
    assert second.get("/account").status_code == 302


def test_a_reset_password_does_not_skip_the_second_factor(app, client, key):
    client.post("/reset", data={"email": "cleo@training.example"})
    mail = db.session.scalars(db.select(Mail).where(Mail.kind == "account")).one()
    path = re.search(r"/reset/\S+", mail.content["text"]).group()

    client.post(
        path,
        data={"password": "five other quiet words", "password_confirm": "five other quiet words"},
    )

    assert client.get("/account").status_code == 302
    assert client.post(
        path, data={"password": "x" * 14, "password_confirm": "x" * 14}
    ).status_code in (200, 302)
    assert client.get("/account").status_code == 302


def test_a_reset_for_an_unknown_address_looks_alike_and_writes_to_nobody(client, controller_user):
    known = client.post("/reset", data={"email": "cleo@training.example"})
    unknown = client.post("/reset", data={"email": "nobody@training.example"})

    assert (known.status_code, known.location) == (unknown.status_code, unknown.location)
    assert db.session.query(Mail).count() == 1
