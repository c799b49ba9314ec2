"""A receipt that people keep: its code is shown once, kept as a hash, asked back before leaving."""

import re
from io import BytesIO

import pytest
from bs4 import BeautifulSoup
from door import STORY, form_of, hidden, receipt, reports, send, typed
from pypdf import PdfReader
from sqlalchemy import select

from incidents import receipts
from incidents.db import db
from incidents.models import Receipt

SHAPE = r"[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}"


@pytest.fixture
def code(client):
    """The code of a report that was just sent."""
    send(client, form_of(client) | {"story": STORY})
    return receipt(client)[1]


def row():
    db.session.rollback()
    return db.session.scalar(select(Receipt))


def test_the_code_has_eighty_bits_and_stands_nowhere(client, code, instance):
    assert re.fullmatch(SHAPE, code)
    assert row().code_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    plain = code.replace("-", "")
    kept = b"".join(file.read_bytes() for file in instance.rglob("*") if file.is_file())
    assert plain.encode() not in kept and code.encode() not in kept
    assert code not in str(client.get_cookie("tocsin").value)


def test_the_code_is_shown_once(client, code):
    again = client.get("/report/receipt")

    assert code not in again.text
    assert "shown already" in again.text
    assert again.headers["Cache-Control"] == "no-store"
    assert again.headers["Referrer-Policy"] == "no-referrer"


def test_the_form_sent_once_more_shows_the_same_code_until_it_was_kept(client):
    data = form_of(client) | {"story": STORY}
    send(client, data)
    first = receipt(client)
    send(client, data)
    assert receipt(client) == first
    assert len(reports()) == 1

    client.post("/report/receipt", data={"code": first[1], "typed": first[1][-4:]})
    send(client, data)

    assert client.get("/report/receipt").location == "/report/thanks"


def test_the_last_part_is_typed_back_before_leaving(client, code):
    wrong = client.post("/report/receipt", data={"code": code, "typed": "0000"})
    assert wrong.status_code == 422
    assert code in wrong.text  # the page that had it keeps it

    right = client.post("/report/receipt", data={"code": code, "typed": f" {code[-4:].lower()} "})

    assert right.location == "/report/thanks"
    assert row().kept_at is not None
    assert code not in client.get("/report/thanks").text


def test_a_page_without_the_code_is_not_given_it_for_a_wrong_guess(client, code):
    answer = client.post("/report/receipt", data={"typed": "0000"})

    assert code not in answer.text


def test_another_code_replaces_one_that_was_not_kept(client, code):
    client.post("/report/receipt/another")
    second = receipt(client)[1]

    assert re.fullmatch(SHAPE, second) and second != code
    assert client.post("/my-report", data={"code": code}).status_code == 422
    assert client.post("/my-report", data={"code": second}).status_code == 302


def test_a_paper_has_code_and_place(client, code):
    answer = client.post("/report/receipt/paper", data={"code": code})

    assert answer.mimetype == "application/pdf"
    text = PdfReader(BytesIO(answer.data)).pages[0].extract_text()
    assert code in text and "/my-report" in text and reports()[0].reference in text


def test_nobody_gets_a_paper_without_the_page_of_the_code(app, client, code):
    for browser, data in ((client, {}), (app.test_client(), {"code": code})):
        answer = browser.post("/report/receipt/paper", data=data)
        assert answer.mimetype != "application/pdf"


def test_the_page_says_first_what_the_code_is_for_and_draws_it_without_style(client):
    send(client, form_of(client) | {"story": STORY})
    page = BeautifulSoup(client.get("/report/receipt").data, "html.parser")

    assert page.select_one(".lede").text.startswith("With this code you come back")
    assert "cannot show it again" in page.select_one(".lede").text
    assert page.select_one("svg.qr path")["d"].startswith("M")
    assert not page.select("[style]")


def test_answers_are_checked_before_they_are_sent_each_with_a_way_back(client):
    words = {"story": STORY, "reporter": "customer", "noticed_how": "exact", "kinds": ["money"]}
    words |= {"noticed_on": "2026-11-20", "files": (BytesIO(b"one"), "one.txt")}
    page = BeautifulSoup(client.post("/report", data=form_of(client) | words).data, "html.parser")

    assert reports() == []
    shown = page.select_one("dl.review").text
    for words in (STORY, "20 November 2026", "Bank or card details", "one.txt"):
        assert words in shown
    changes = [button["value"] for button in page.select("button[name=change]")]
    assert {"reporter", "story", "noticed_how", "kinds", "files", "contact"} <= {*changes}
    along = hidden(page)
    back = client.post("/report", data=along | {"change": "story"})
    assert typed(back)["story"] == STORY and "one.txt" in back.text
    assert send(client, along).location == "/report/receipt"
    (report,) = reports()
    assert (report.noticed, report.answers["noticed_how"]) == ("2026-11-20", "exact")
    assert [file.blob.content for file in report.attachments] == [b"one"]


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ({"noticed_how": "about", "noticed": "before Easter"}, ("before Easter", "about")),
        ({"noticed_how": "unknown", "noticed_on": "2026-11-20"}, (None, "unknown")),
        ({"noticed_how": "exact"}, (None, None)),
        ({"noticed_how": "exact", "noticed_on": "2026-11-20", "noticed_at": "14:05"},
         ("2026-11-20 14:05", "exact")),
    ],
)  # fmt: skip
def test_a_moment_may_be_exact_about_or_unknown(client, words, kept):
    send(client, form_of(client) | {"story": STORY} | words)

    (report,) = reports()
    assert (report.noticed, (report.answers or {}).get("noticed_how")) == kept


@pytest.mark.parametrize("day", ["2199-01-01", "yesterday", "0001-01-01"])
def test_a_day_that_cannot_be_is_asked_again_and_nothing_lost(client, day):
    words = {"story": STORY, "noticed_how": "exact", "noticed_on": day}
    answer = client.post("/report", data=form_of(client) | words)

    assert answer.status_code == 422
    assert day in answer.text and typed(answer)["story"] == STORY


def test_not_to_know_what_happened_is_an_answer(client):
    send(client, form_of(client) | {"unsure": "y"})

    assert reports()[0].story.startswith("I do not know what happened")


def test_who_wants_to_stay_unknown_leaves_neither_name_nor_address_nor_trace(client, instance):
    words = {"story": STORY, "reporter": "anonymous", "name": "CANARY", "contact": "c@canary.test"}
    headers = {"User-Agent": "CANARY-agent"}
    send(
        client,
        form_of(client) | words,
        headers=headers,
        environ_base={"REMOTE_ADDR": "203.0.113.9"},
    )

    (report,) = reports()
    assert (report.reporter, report.name, report.contact) == ("anonymous", None, None)
    assert report.contact_key is None
    whole = report.raw.content
    assert b"CANARY" not in whole and b"canary" not in whole and b"203.0.113.9" not in whole
    kept = b"".join(file.read_bytes() for file in instance.rglob("*") if file.is_file())
    assert b"CANARY" not in kept and b"203.0.113" not in kept


def test_letters_that_are_taken_for_figures_are_read_as_these(app):
    assert receipts.read("oil1 7k3q m9xt 4hrb") == "01117K3QM9XT4HRB"
    assert receipts.hashed("7K3Q-M9XT-4HRB-6WPA") == receipts.hashed("7k3qm9xt4hrb6wpa")
    assert receipts.make("secret") == receipts.make("secret") != receipts.make("secret", 1)


def test_a_file_chosen_and_photographed_alike_is_kept_once(client):
    files = [(BytesIO(b"one"), "one.txt"), (BytesIO(b"one"), "one.txt"), (BytesIO(b"2"), "one.txt")]
    send(client, form_of(client) | {"story": STORY, "files": files})

    assert [file.blob.content for file in reports()[0].attachments] == [b"one", b"2"]
