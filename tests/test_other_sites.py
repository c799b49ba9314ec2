"""The form on the company's own site: what it posts is checked here, and sent from here."""

from io import BytesIO

import pytest
from bs4 import BeautifulSoup
from door import STORY, hidden, reports
from pypdf import PdfReader

ELSEWHERE = {"Origin": "https://www.shop.example", "Sec-Fetch-Site": "cross-site"}
HERE = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}


@pytest.fixture(autouse=True)
def in_earnest(app):
    app.config["WTF_CSRF_ENABLED"] = True


def page_of(answer):
    return BeautifulSoup(answer.data, "html.parser")


def test_a_plain_form_elsewhere_lands_on_the_checked_answers_and_is_sent_from_there(client, staff):
    words = page_of(staff.get("/door")).select("#form-en")[0].text
    form = BeautifulSoup(words, "html.parser").form
    assert form["method"] == "post" and form["action"].endswith("/report")
    fields = {tag["name"]: "" for tag in form.select("[name]")}
    there = fields | {"story": STORY, "contact": "karim@customer.example"}

    answer = client.post("/report", data=there, headers=ELSEWHERE)
    assert answer.status_code == 200 and "Nothing is sent yet" in answer.text
    # It would replace the session of whoever is logged in here: the browser withheld that cookie.
    assert "Set-Cookie" not in answer.headers
    assert reports() == []

    sent = client.post("/report", data=hidden(page_of(answer)) | {"step": "send"}, headers=HERE)
    assert sent.location == "/report/receipt"
    assert [(r.story, r.contact) for r in reports()] == [(STORY, "karim@customer.example")]


def test_a_foreign_page_cannot_send_at_once(client):
    answer = client.post("/report", data={"story": STORY}, headers=ELSEWHERE)
    ready = hidden(page_of(answer)) | {"step": "send"}
    again = client.post("/report", data=ready, headers=ELSEWHERE)

    assert again.status_code == 400 and reports() == []
    assert hidden(page_of(again))["story"] == STORY


def test_a_page_without_our_mark_must_be_sent_once_more_and_loses_nothing(client):
    answer = client.post("/report", data={"story": STORY, "step": "send"}, headers=HERE)
    assert answer.status_code == 400 and reports() == []

    sent = client.post("/report", data=hidden(page_of(answer)) | {"step": "send"}, headers=HERE)
    assert sent.location == "/report/receipt"


def test_the_poster_has_both_languages_and_the_address(staff):
    answer = staff.get("/door/poster")
    text = PdfReader(BytesIO(answer.data)).pages[0].extract_text()

    assert len(PdfReader(BytesIO(answer.data)).pages) == 1
    for words in ("stay unknown", "rester anonyme", "/report", "privacy@training.example"):
        assert words in " ".join(text.split())
