"""No page falls back to English when French is read."""

import re

import pytest
from bs4 import BeautifulSoup
from flask import render_template_string
from flask_babel import force_locale, gettext
from french import LIBRARY, OURS, SAID_BY, forms, read

from incidents.db import db, now
from notifications.recipients import listing

FRENCH = {"Accept-Language": "fr"}


@pytest.fixture(scope="module")
def english():
    """Patterns of whole texts whose French is different."""
    patterns = []
    for text in read(OURS) + read(LIBRARY):
        for en, fr in forms(text):
            literal = re.sub(r"%\(\w+\)s|\{\w+\}", "", en)
            if en not in (fr, "English") and (
                literal == en or len(re.findall(r"\w{2,}", literal)) > 1
            ):
                parts = re.split(r"%\(\w+\)s|\{\w+\}", en.strip())
                patterns.append("(.+)".join(re.escape(part) for part in parts))
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.DOTALL)


def english_on(page, english):
    """The English texts on a French page; what is marked as English may be."""
    said = BeautifulSoup(page, "html.parser")
    assert said.html["lang"] == "fr"
    for foreign in said.select('[lang="en"], script'):
        foreign.decompose()
    words = [node.strip() for node in said.find_all(string=True)]
    words += [tag[name] for tag in said.find_all(True) for name in SAID_BY if tag.has_attr(name)]
    return [word for word in words if english.fullmatch(word)]


def test_the_search_for_english_finds_it(client, english):
    page = client.get("/report", headers={"Accept-Language": "en"}).text

    found = english_on(page.replace('<html lang="en"', '<html lang="fr"', 1), english)

    assert {
        "What happened?",
        "Check your answers",
        "Screenshots, letters, mails. Drop them here or choose them. Up to 25 MB each.",
    } <= {*found}


@pytest.mark.parametrize("path", ["/", "/report", "/login", "/reset", "/nowhere"])
def test_a_stranger_reads_no_english_on_a_french_page(client, english, path):
    assert english_on(client.get(path, headers=FRENCH).text, english) == []


def addresses(app, notice, person):
    """Every page that shows something, as (endpoint, address)."""
    case = notice.incident
    places = {
        "accounts": {},
        "incidents": {"duty_id": notice.duty_id, "uid": case.measures[0].uid, "form": "pdf"},
        "notifications": {"uid": notice.uid, "language": "fr", "recipient_uid": person.uid},
    }
    for rule in app.url_map.iter_rules():
        room = rule.endpoint.partition(".")[0]
        given = places.get(room, {}) | {"ref": case.reference}
        if rule.rule.startswith("/reports/"):
            given["ref"] = case.reports[0].reference
        if "GET" in rule.methods and room in places and rule.arguments <= given.keys():
            yield rule.endpoint, rule.build({key: given[key] for key in rule.arguments})[1]


def test_staff_and_controller_read_no_english_on_a_french_page(app, controller, notice, english):
    person = listing.add(notice, "ada@example.org", "Ada", "fr", notice.incident.owner, now())
    db.session.commit()
    seen, wrong = set(), []
    for endpoint, path in list(addresses(app, notice, person)):
        answer = controller.get(path, headers=FRENCH)
        if answer.status_code == 200 and answer.mimetype == "text/html":
            seen.add(endpoint)
            wrong += [(path, words) for words in english_on(answer.text, english)]
        answer.close()

    assert wrong == []
    assert len(seen) >= 35, seen


def test_a_refused_form_says_why_in_french(client, english):
    login = client.post("/login", data={"email": "", "password": "x"}, headers=FRENCH)
    report = client.post("/report", data={"story": ""}, headers=FRENCH)

    assert "L’adresse ou le mot de passe n’est pas juste." in login.text
    assert "Dites-nous en quelques mots ce qui s’est passé, ou cochez" in report.text
    assert english_on(login.text, english) == english_on(report.text, english) == []


def test_wtforms_speaks_french_of_itself(app):
    from wtforms import Form, StringField
    from wtforms.validators import InputRequired

    from incidents.forms import keyed

    with app.test_request_context(headers=FRENCH):
        form = type("Asked", (keyed.FlaskForm,), {"name": StringField("", [InputRequired()])})()
        form.process()
        form.validate()

        assert issubclass(type(form), Form) and form.errors["name"] == ["Ce champ est requis."]


def test_sizes_and_counts_are_written_as_french_is(app):
    with app.test_request_context(headers=FRENCH):
        page = render_template_string(
            "{{ 446|filesizeformat }} {{ 2400|filesizeformat }} {{ 25000000|filesizeformat }} "
            "{{ 1284|numberformat }}"
        )

    assert page.replace("\xa0", " ").replace("\u202f", " ") == "446 o 2,4 ko 25 Mo 1 284"


@pytest.mark.parametrize(
    ("plain", "whole"),
    [
        ("est-elle, a-t-il", "est\u2011elle, a\u2011t\u2011il"),
        ("décidez-en ci-dessous", "décidez\u2011en ci-dessous"),
        ("peut-être en sous-traitance", "peut-être en sous-traitance"),
    ],
)
def test_no_line_of_a_french_page_ends_between_a_verb_and_its_pronoun(app, plain, whole):
    with app.test_request_context(headers=FRENCH):
        assert render_template_string("{{ words|unbroken }}", words=plain) == whole


def test_a_question_of_a_french_form_keeps_verb_and_pronoun_on_one_line(app, client):
    page = client.get("/report", headers=FRENCH).text

    assert re.search(r"\w\u2011vous", page) and not re.search(r"legend.*\w-vous", page)


def test_no_line_of_a_french_page_ends_within_e_mail(app):
    words = "{{ _('E-mail') }}, {{ _('by e-mail') }}"
    with app.test_request_context():
        with force_locale("fr"):
            assert render_template_string(words) == "E\u2011mail, par e\u2011mail"
            assert gettext("by e-mail") == "par e-mail"  # files and mails keep the usual hyphen
        with force_locale("en"):
            assert render_template_string(words) == "E-mail, by e-mail"
