"""Pages of accounts speak like all others: whole sentences, no capitals within them."""

import re

import pytest
from bs4 import BeautifulSoup
from french import LIBRARY, ROOT, read

from tests.conftest import PASSWORD

ENGLISH = ROOT / "translations" / "en" / "LC_MESSAGES" / "flask_security.po"


def questions(page):
    soup = BeautifulSoup(page.text, "html.parser")
    return [label.find(string=True).strip() for label in soup.select("label.question")]


def test_a_question_about_passwords_has_one_capital(client, controller):
    asked = questions(client.get("/login")) + questions(controller.get("/change"))

    assert "New password" in asked and "The new password once more" in asked
    assert not [words for words in asked if re.search(r" [A-Z]", words)]


def test_a_short_password_is_refused_in_a_sentence(controller):
    short = {"password": PASSWORD, "new_password": "short", "new_password_confirm": "short"}

    page = controller.post("/change", data=short)

    assert "A password has at least 12 characters." in page.text


@pytest.mark.parametrize("page", ["/change", "/verify", "/tf-setup", "/account"])
def test_a_page_with_the_menu_is_as_wide_as_the_menu(controller, page):
    assert BeautifulSoup(controller.get(page).text, "html.parser").body["class"] == []


def test_what_the_library_says_in_english_it_says_in_french():
    assert {text.id for text in read(ENGLISH)} <= {text.id for text in read(LIBRARY)}


def test_a_password_is_not_called_kept_when_it_must_be_typed_again(client, controller_user):
    kept, again = "Nothing you typed is lost", "type the password again"
    email = "cleo@training.example"

    wrong = client.post("/login", data={"email": email, "password": "x" * 14}).text
    without = client.post("/login", data={"email": email, "password": ""}).text

    assert again in wrong and kept not in wrong
    assert kept in without and again not in without
