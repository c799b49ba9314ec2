"""Whoever wrote a letter or its list does not send it alone, and nobody approves by another's
open session."""

import re
import time

import pytest
from conftest import PASSWORD, _account, _logged_in
from letters import part_of, proof_of, text_of
from test_second_factor import code, key  # noqa: F401 - a fixture

from incidents.db import db, now
from incidents.models import Entry
from incidents.refusal import Refused
from notifications import notices
from notifications.recipients import listing


@pytest.fixture
def dora(app):
    """A second controller, who wrote nothing."""
    return _account("controller", "Dora")


def approve(notice, by):
    whole = notices.approve(notice, notices.fingerprint(notice).hash, by, now(), proof_of(by))
    db.session.commit()
    return whole


def verbs():
    return [e.verb for e in db.session.query(Entry).order_by(Entry.n) if "approv" in e.verb]


def form_of(browser, notice):
    page = browser.get(f"/notices/{notice.uid}/approve").text
    return {"seen": re.search(r'name="seen"[^>]*value="([0-9a-f]{64})"', page)[1], "sure": "y"}


def test_an_author_s_approval_is_the_first_of_two(ready, controller_user, dora):
    assert approve(ready, controller_user) is False
    assert ready.state == "draft" and not notices.is_approved(ready)

    assert approve(ready, dora) is True
    assert ready.approved_by is dora and notices.is_approved(ready)
    assert verbs() == ["notice.approved_first", "notice.approved"]


def test_an_author_cannot_give_both(ready, controller_user, dora):
    approve(ready, controller_user)
    with pytest.raises(Refused, match="Dora"):
        approve(ready, controller_user)
    assert not notices.is_approved(ready)


def test_today_tells_the_second_controller_that_a_letter_waits(
    app, ready, controller_user, staff_user, dora
):
    address = f"/notices/{ready.uid}/approve"
    assert address not in _logged_in(app, dora).get("/").text

    approve(ready, controller_user)
    assert address in _logged_in(app, dora).get("/").text
    for other in (controller_user, staff_user):
        assert address not in _logged_in(app, other).get("/").text

    approve(ready, dora)
    assert address not in _logged_in(app, dora).get("/").text


def test_somebody_who_wrote_nothing_approves_alone(ready, dora):
    assert approve(ready, dora) is True


def test_the_page_of_a_letter_leads_the_first_to_who_must_approve_it_now(
    ready, controller, controller_user, dora
):
    assert approve(ready, controller_user) is False
    db.session.commit()
    page = controller.get(f"/notices/{ready.uid}").text
    assert f'href="/notices/{ready.uid}/approve">See who must approve it now</a>' in page
    page = controller.get(f"/notices/{ready.uid}/approve").text
    assert f"Now a second person must approve it: {dora.email}" in page


def test_two_authors_approve_in_either_order(ready, controller_user, dora):
    listing.add(ready, "kim@example.org", None, "en", dora, now())
    assert approve(ready, dora) is False
    assert approve(ready, controller_user) is True


def test_an_author_alone_in_the_house_approves_alone(ready, controller_user, dora, staff_user):
    dora.active = False
    assert approve(ready, controller_user) is True


def test_the_first_approval_of_somebody_who_has_left_does_not_count(ready, controller_user, dora):
    emil = _account("controller", "Emil")
    listing.add(ready, "kim@example.org", None, "en", emil, now())
    approve(ready, controller_user)
    controller_user.active = False
    assert approve(ready, emil) is False  # Dora is still there
    assert approve(ready, dora) is True


def test_somebody_whose_account_is_closed_approves_nothing(ready, dora):
    dora.active = False
    with pytest.raises(Refused):
        approve(ready, dora)


EDITS = {
    "a word": lambda notice, by: notices.change(
        text_of(notice, "en"),
        "Other",
        text_of(notice, "en").body,
        notices.seen_of(text_of(notice, "en")),
        by,
        now(),
    ),
    "one more person": lambda notice, by: listing.add(
        notice, "kim@example.org", None, "en", by, now()
    ),
    "a word past every page": lambda notice, by: (
        setattr(part_of(notice, "en"), "title", "Other")
        or setattr(text_of(notice, "en"), "subject", "Other")
    ),
}


@pytest.mark.parametrize("edit", EDITS)
def test_after_an_edit_the_first_approval_is_void(ready, controller_user, dora, edit):
    approve(ready, controller_user)
    EDITS[edit](ready, controller_user)
    db.session.commit()
    found = notices.fingerprint(ready)
    assert not notices.first_stands(ready, found)
    assert approve(ready, controller_user) is False  # it is the first again
    assert not notices.is_approved(ready)


def test_an_edit_by_the_second_makes_her_an_author_and_takes_two_again(
    ready, controller_user, dora
):
    approve(ready, controller_user)
    EDITS["a word"](ready, dora)
    assert approve(ready, dora) is False
    assert approve(ready, controller_user) is True


def test_the_words_put_back_do_not_bring_the_first_approval_back(ready, controller_user, dora):
    text = text_of(ready, "en")
    was = text.subject
    approve(ready, controller_user)
    for subject in ("Other", was):
        notices.change(text, subject, text.body, notices.seen_of(text), controller_user, now())
    db.session.commit()
    assert ready.first_approval is None
    assert verbs()[-1] == "notice.approval_voided"


def test_the_proof_of_another_person_or_none_approves_nothing(ready, controller_user, dora):
    seen = notices.fingerprint(ready).hash
    for proof in (proof_of(controller_user), None, "password", True):
        with pytest.raises(Refused):
            notices.approve(ready, seen, dora, now(), proof)
    assert ready.approval is None


@pytest.mark.parametrize(
    "answer", [{}, {"password": ""}, {"password": "wrong"}, {"code": "000000"}]
)
def test_a_post_without_the_right_password_approves_nothing_and_is_noted(controller, ready, answer):
    page = controller.post(
        f"/notices/{ready.uid}/approve", data=form_of(controller, ready) | answer
    )
    assert page.status_code == 422 and "This is not your password" in page.text
    assert (ready.state, ready.approval, ready.first_approval) == ("draft", None, None)
    entry = db.session.query(Entry).filter_by(verb="notice.not_proven").one()
    assert entry.detail == {"notice": ready.uid, "asked": "password"}


def test_where_there_is_a_second_factor_the_password_does_not_do(controller, key, ready):  # noqa: F811
    data = form_of(controller, ready) | {"password": PASSWORD, "code": "000000"}
    page = controller.post(f"/notices/{ready.uid}/approve", data=data)
    assert page.status_code == 422 and "This code is not valid" in page.text
    assert PASSWORD not in page.text and ready.approval is None
    assert db.session.query(Entry).filter_by(verb="notice.not_proven").count() == 1


def test_a_code_approves_once(controller, key, ready):  # noqa: F811
    url, fresh = f"/notices/{ready.uid}/approve", code(key, time.time() + 30)
    assert (
        controller.post(url, data=form_of(controller, ready) | {"code": fresh}).status_code == 302
    )
    assert ready.state == "approved"
    entry = db.session.query(Entry).filter_by(verb="notice.approved").one()
    assert entry.detail["proof"] == "code"
    text = text_of(ready, "en")
    EDITS["a word"](ready, text.notice.approved_by)
    db.session.commit()

    page = controller.post(url, data=form_of(controller, ready) | {"code": fresh})
    assert page.status_code == 422 and ready.approval is None


def test_the_list_leaves_by_a_code_where_there_is_a_second_factor(controller, key, ready):  # noqa: F811
    url = f"/notices/{ready.uid}/people/export"
    assert controller.post(url, data={"answer": PASSWORD}).status_code == 422
    got = controller.post(url, data={"answer": code(key, time.time() + 30)})
    assert got.status_code == 200 and "ada@example.org" in got.text
    assert "Queued" in got.text and "queued" not in got.text  # a state in words
    assert f"{ready.incident.reference}-letter-1-people.csv" in got.headers["Content-Disposition"]
    got.close()


def test_a_code_used_to_log_in_does_not_approve(app, key, ready):  # noqa: F811
    browser, used = app.test_client(), code(key, time.time() + 30)
    browser.post("/login", data={"email": "cleo@training.example", "password": PASSWORD})
    browser.post("/tf-validate", data={"code": used})
    data = form_of(browser, ready) | {"code": used}
    assert browser.post(f"/notices/{ready.uid}/approve", data=data).status_code == 422
    assert ready.approval is None


def test_guessing_is_slowed_down_and_then_even_the_right_password_waits(controller, ready):
    url, data = f"/notices/{ready.uid}/approve", form_of(controller, ready)
    codes = [
        controller.post(url, data=data | {"password": f"guess {n}"}).status_code for n in range(11)
    ]
    assert codes == [422] * 10 + [429]
    assert controller.post(url, data=data | {"password": PASSWORD}).status_code == 429
    assert ready.approval is None


def test_staff_with_their_own_password_approve_nothing(app, staff_user, ready):
    browser = _logged_in(app, staff_user)
    data = {"seen": notices.fingerprint(ready).hash, "sure": "y", "password": PASSWORD}
    assert browser.post(f"/notices/{ready.uid}/approve", data=data).status_code == 403
    assert ready.approval is None
