"""What every page promises through its macros, its sheets and its pages of failure."""

import re
from itertools import product
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import render_template
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    FieldList,
    FileField,
    Form,
    FormField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

ROOT = Path(__file__).parent.parent
CODES = [400, 403, 404, 409, 413, 429, 500, 503]
STATES = ["none", "calm", "amber", "red", "late", "met", "not_due"]


class Many(SelectMultipleField):
    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class Place(Form):
    city = StringField("Which city?", [InputRequired("Write a city.")])


def refuse(form, field):
    raise ValidationError("Not like this.")


CHOICES = [SelectChoice("a", "One"), SelectChoice("b", "Two")]


class Everything(Form):
    story = TextAreaField("What happened?", [refuse])
    name = StringField("Name", [refuse])
    noticed = DateTimeLocalField("When?", [refuse], format="%Y-%m-%dT%H:%M")
    people = IntegerField("How many?", [refuse])
    secret = PasswordField("Password", [refuse])
    sure = RadioField("How sure?", [refuse], choices=CHOICES)
    data = Many("Which data?", [refuse], choices=CHOICES)
    country = SelectField("Where?", [refuse], choices=CHOICES)
    files = FileField("File", [refuse])
    agree = BooleanField("I confirm", [refuse])
    place = FormField(Place)
    whys = FieldList(StringField("Why?", [InputRequired("Write a reason.")]), min_entries=2)


@pytest.fixture
def macros(app):
    with app.test_request_context():
        yield app.jinja_env.get_template("_macros.html").module


@pytest.fixture
def refused():
    form = Everything(MultiDict({"story": "</textarea><b>typed", "name": '"typed"', "data": "b"}))
    assert not form.validate()
    return form


def plain(form):
    """Every field that a page draws, those of nested forms and lists too."""
    for field in form:
        yield from plain(field) if isinstance(field, FormField | FieldList) else [field]


def test_every_field_ties_its_help_and_its_error_to_what_is_read_out(macros, refused):
    for field in plain(refused):
        html = macros.field(field, help="Because.")
        tied = re.search(r'aria-describedby="([^"]+)"', html).group(1).split()
        assert tied == [f"{field.id}-help", f"{field.id}-error"], field.name
        assert all(f'id="{name}"' in html for name in tied), field.name
        assert field.errors[0] in html


def test_every_line_of_the_summary_leads_to_a_control(macros, refused):
    summary = macros.errors(refused)
    page = "".join(macros.field(field) for field in plain(refused))

    targets = re.findall(r'href="#([^"]+)"', summary)

    assert len(set(targets)) == len(list(plain(refused))) == 13
    assert f"{sum(len(field.errors) for field in plain(refused))} things to put right" in summary
    for target in targets:
        assert re.search(rf'<(input|select|textarea)[^>]* id="{target}"', page), target


def test_what_was_typed_comes_back_and_stays_text(macros, refused):
    assert "&lt;/textarea&gt;&lt;b&gt;typed" in macros.field(refused.story)
    assert "&#34;typed&#34;" in macros.field(refused.name)
    assert re.search(r'checked[^>]*value="b"', macros.field(refused.data))


def test_a_field_says_in_a_word_whether_it_is_needed(macros):
    class Two(Form):
        must = StringField("Must", [InputRequired()])
        may = StringField("May")

    form = Two()
    assert "required</span>" in macros.field(form.must)
    assert "optional</span>" in macros.field(form.may)


def drawn(state, **places):
    clock = SimpleNamespace(state=state, words="11 h left", due_words="by noon", derivation=None)
    vars(clock).update({"now": None, "alert": None, "told": None}, **places)
    return clock


def test_the_clock_says_in_words_what_it_draws(macros):
    for state, size in product(STATES, ["large", "small"]):
        html = macros.clock(drawn(state), size)
        assert "11 h left" in html, (state, size)
        assert "by noon" in html, (state, size)


def test_no_mark_leaves_the_bar(macros):
    moments = [-5, 0, 0.4, 1, 1.01, 40, None]
    for now, told, alert in product(moments, moments, [-9, None]):
        html = macros.clock(drawn("late", now=now, told=told, alert=alert))
        places = [float(n) for n in re.findall(r'"(-?[\d.]+)%"', html)]
        assert len(places) > 4
        assert all(0 <= place <= 100 for place in places), (now, told, alert)
        for x, width in re.findall(r'x="([\d.]+)%" width="([\d.]+)%"', html):
            assert float(x) + float(width) <= 100, (now, told, alert)


def test_a_step_that_cannot_be_taken_back_asks_first(macros):
    html = macros.post("/send", "Send", "danger", {"run": 7}, confirm="1,284 people get this mail.")
    assert html.index("<summary") < html.index("1,284 people") < html.index("<form")
    assert 'name="csrf_token"' in html
    assert 'name="run" value="7"' in html


def test_a_page_of_failure_says_why_and_what_now(app):
    for code in CODES:
        with app.test_request_context():
            page = render_template("errors/error.html", code=code)
        assert re.search(r'<p class="lede">\w', page), code
        assert "What you can do now" in page, code
        assert re.search(r"<ul><li>\w", page), code


def test_a_page_of_failure_gives_back_what_was_typed(app):
    with app.test_request_context():
        page = render_template(
            "errors/error.html", code=413, kept={"story": "\nIt <leaked>"}, kept_url="/report"
        )
    # The first newline after the tag is dropped by the browser: the one that was typed stays.
    assert re.search(r'<textarea[^>]*name="story"[^>]*>\n\nIt &lt;leaked&gt;</textarea>', page)
    assert 'action="/report"' in page


def test_no_template_needs_more_than_the_strict_policy():
    jinja = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}", re.S)
    bad = re.compile(
        r"<style|\sstyle=|<script(?![^>]*src=)|\son[a-z]+=|javascript:|(src|href)=.http"
    )
    for path in (ROOT / "templates").rglob("*.html"):
        if "mail" not in path.parts and "email" not in path.parts:
            assert not bad.search(jinja.sub("", path.read_text())), path.name


def tokens():
    """The colour tokens as {name: (light, dark)}, each a hex text."""
    sheet = (ROOT / "static" / "css" / "tokens.css").read_text()
    return {
        name: pair for name, *pair in re.findall(r"--([\w-]+): light-dark\((#\w+), (#\w+)\)", sheet)
    }


def luminance(colour):
    """Relative luminance by WCAG 2.2."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * c for c in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("least", "front", "back"),
    [
        *((7, front, back) for front in ("ink", "soft") for back in ("paper", "sheet", "sunk")),
        *((7, front, "paper") for front in ("blue", "amber", "red", "late")),
        *((4.5, tone, f"{tone}-wash") for tone in ("amber", "red")),
        *((4.5, front, "blue-wash") for front in ("blue-deep", "blue", "ink")),
        *((4.5, "on-blue", back) for back in ("blue", "blue-deep")),
        (4.5, "on-red", "red-fill"),
        (4.5, "on-late", "late"),
        *((3, "edge", back) for back in ("paper", "sheet", "sunk")),
        *((3, fill, "paper") for fill in ("amber-fill", "red-fill")),
    ],
)
def test_text_and_edges_have_contrast(theme, least, front, back):
    colours = tokens()
    pair = sorted(luminance(colours[name][theme]) for name in (front, back))
    assert (pair[1] + 0.05) / (pair[0] + 0.05) >= least
