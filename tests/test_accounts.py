"""Nobody comes in by accident, and nobody is locked in or out by one."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from incidents import audit
from incidents.actions import people
from incidents.db import db, now
from incidents.models import Invitation, Organisation, User
from incidents.refusal import Refused
from tests.conftest import PASSWORD

ACCOUNT = {
    "name": "Ada Exemplar",
    "email": "ada@training.example",
    "password": "four quiet words tonight",
}


@pytest.fixture
def link(app):
    token = people.set_up_token(now())
    db.session.commit()
    return f"/setup/{token}"


def test_the_set_up_link_makes_one_controller_once(client, app, link):
    first = client.post(link, data=ACCOUNT)
    second = app.test_client().post(link, data={**ACCOUNT, "email": "eve@evil.example"})

    assert first.status_code == 302
    assert second.status_code == 410
    user = db.session.scalars(select(User)).one()
    assert (user.email, user.role) == ("ada@training.example", "controller")
    assert audit.verify().broken_at is None


def test_two_at_once_with_the_set_up_link_make_one_account(app, link):
    token = link.rsplit("/", 1)[1]
    db.session.rollback()
    outcomes = []

    def race(n):
        with app.app_context():
            try:
                people.accept(token, "A", f"a{n}@training.example", "four quiet words", now())
                db.session.commit()
                outcomes.append("in")
            except Refused:
                db.session.rollback()
                outcomes.append("refused")

    threads = [threading.Thread(target=race, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["in", "refused", "refused", "refused"]


def test_a_newer_set_up_link_ends_the_older_one(client, app, link):
    people.set_up_token(now())
    db.session.commit()

    assert client.get(link).status_code == 410


def test_there_is_no_set_up_link_once_there_is_an_account(controller_user):
    assert people.set_up_token(now()) is None


def test_the_token_itself_is_not_stored(app, link):
    token = link.rsplit("/", 1)[1]

    row = db.session.scalars(select(Invitation)).one()

    assert token not in row.token_hash


def test_an_invitation_is_too_old_after_three_days(app, controller_user):
    token = people.invite("staff", controller_user, now())
    db.session.commit()

    assert people.invitation(token, now() + timedelta(days=2))
    assert people.invitation(token, now() + timedelta(days=3)) is None


def test_what_was_typed_stays_when_the_password_is_refused(client, link):
    answer = client.post(link, data={**ACCOUNT, "password": "short"})

    assert "ada@training.example" in answer.text
    assert "12" in answer.text


def test_logging_in_works_and_a_wrong_password_does_not(client, controller_user):
    wrong = client.post("/login", data={"email": "cleo@training.example", "password": "x" * 14})
    unknown = client.post("/login", data={"email": "no@training.example", "password": "x" * 14})
    right = client.post("/login", data={"email": "cleo@training.example", "password": PASSWORD})

    assert right.status_code == 302
    assert wrong.status_code == unknown.status_code == 200
    assert client.get("/account").status_code == 200


def test_guessing_is_slowed_and_locks_nobody_out(client, app, controller_user):
    wrong = {"email": "cleo@training.example", "password": "a wrong password"}
    answers = [client.post("/login", data=wrong).status_code for _ in range(12)]

    elsewhere = app.test_client().post(
        "/login",
        data={"email": "cleo@training.example", "password": PASSWORD},
        environ_base={"REMOTE_ADDR": "192.0.2.9"},
    )

    assert answers[:10] == [200] * 10
    assert answers[10:] == [429, 429]
    assert elsewhere.status_code == 302


def test_closing_an_account_ends_its_sessions_at_once(controller, staff, staff_user):
    assert staff.get("/account").status_code == 200

    controller.post(f"/settings/people/{staff_user.id}", data={"what": "close"})

    assert staff.get("/account").status_code == 302


def test_the_last_controller_stays(controller, controller_user):
    controller.post(f"/settings/people/{controller_user.id}", data={"what": "staff"})
    controller.post(f"/settings/people/{controller_user.id}", data={"what": "close"})

    assert (controller_user.role, controller_user.active) == ("controller", True)


def test_the_wizard_walks_on_after_each_step(client, link):
    db.session.delete(db.session.get(Organisation, 1))
    db.session.commit()

    after = client.post(link, data=ACCOUNT).location
    page = client.get(after)

    assert after == "/settings/organisation?setup=1"
    assert "OserPlus Varela Consulting" in page.text
    assert "/settings/processors?setup=1" in page.text
    assert "Kajabi" in client.get("/settings/processors?setup=1").text


def test_a_profile_changed_meanwhile_is_not_overwritten(controller):
    page = controller.get("/settings/organisation")
    values = {
        "name": "New name",
        "controller": "Ada",
        "contact": "privacy@training.example",
        "authority": "FR",
        "languages": ["en", "fr"],
        "language": "en",
        "time_zone": "Europe/Paris",
        "retention_months": "60",
    }
    assert page.status_code == 200
    first = controller.post("/settings/organisation", data={**values, "version": "1"})
    second = controller.post(
        "/settings/organisation", data={**values, "name": "Other", "version": "1"}
    )

    assert first.status_code == 302
    assert second.status_code == 409
    assert "Other" in second.text and "New name" in second.text
    assert db.session.get(Organisation, 1).name == "New name"


@pytest.mark.parametrize(
    "target", ["//evil.example", "/\\evil.example", "https://evil.example", "https:evil.example"]
)
def test_choosing_a_language_leads_nowhere_else(client, target):
    answer = client.post("/language", data={"language": "fr", "next": target})

    assert answer.location == "/"


def test_the_language_chosen_is_kept(client, controller_user):
    client.post("/language", data={"language": "fr", "next": "/login"})

    assert '<html lang="fr"' in client.get("/login").text
