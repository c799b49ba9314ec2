"""French is whole: every text of the source has its French, and no template says more than that."""

import re

import pytest
from bs4 import BeautifulSoup, NavigableString
from french import LIBRARY, OURS, SAID_BY, TEMPLATES, TEXTS, forms, read
from jinja2 import Environment, meta

MAILS = sorted({file.name.split(".")[0] for file in (TEMPLATES / "mail").glob("*.txt")})
BOTH = [OURS, LIBRARY]
NARROW, WIDE = "\u202f", "\u00a0"


def placeholders(words):
    return set(re.findall(r"%\(\w+\)|\{\w+\}", words))


def test_the_catalogue_holds_exactly_the_texts_of_the_source():
    kept, source = TEXTS["kept"](), TEXTS["extracted"]()
    new = {text.id for text in source} - {text.id for text in kept}
    gone = {text.id for text in kept} - {text.id for text in source}

    assert not new, f"New in the source; run `make texts`, then translate: {sorted(map(str, new))}"
    assert not gone, f"Gone from the source; run `make texts`: {sorted(map(str, gone))}"
    assert TEXTS["brought_up"](kept, source) == OURS.read_bytes(), "Run `make texts`."


@pytest.mark.parametrize("file", BOTH, ids=lambda file: file.stem)
def test_every_text_has_its_french(file):
    bare = [text.id for text in read(file) if not TEXTS["translated"](text)]
    doubtful = [text.id for text in read(file) if text.fuzzy]

    assert not bare, "No French yet:\n" + "\n".join(map(str, bare))
    assert not doubtful


@pytest.mark.parametrize("file", BOTH, ids=lambda file: file.stem)
def test_the_french_fills_in_the_same_words(file):
    wrong = []
    for text in filter(TEXTS["translated"], read(file)):
        pairs = forms(text)
        if any(placeholders(en) - placeholders(fr) for en, fr in pairs):
            wrong.append(text.id)
        # "One letter" may become "1 lettre": a singular may use what the plural is given.
        allowed = placeholders(pairs[-1][0]) | placeholders(pairs[0][0])
        if any(placeholders(fr) - allowed for _en, fr in pairs):
            wrong.append(text.id)
        ends = [(en[:1] == " ", en[-1:] == " ", en.count("\n")) for en, _fr in pairs]
        if ends != [(fr[:1] == " ", fr[-1:] == " ", fr.count("\n")) for _en, fr in pairs]:
            wrong.append(text.id)

    assert not wrong


@pytest.mark.parametrize("file", BOTH, ids=lambda file: file.stem)
def test_the_french_is_set_as_french_is(file):
    bad = {
        "a straight apostrophe or quote": r"['\"“”]",
        "no narrow space before ; ! ?": rf"[^{NARROW}][;!?](?=\s|$)",
        "no space before a colon": rf"[^{WIDE}]:(?=\s|$)",
        "no hard space inside « »": rf"«[^{WIDE}]|[^{WIDE}]»",
        "three dots for an ellipsis": r"\.\.\.",
    }
    found = [
        (fault, fr)
        for text in read(file)
        for _en, fr in forms(text)
        for fault, pattern in bad.items()
        if re.search(pattern, fr)
    ]

    assert not found


def test_the_english_has_typographic_apostrophes():
    straight = [en for text in read(OURS) for en, _fr in forms(text) if re.search(r"\w'\w", en)]

    assert not straight


def test_what_flask_security_says_on_our_pages_has_its_french():
    from flask_security.core import _default_messages
    from flask_security.forms import _default_field_labels

    absent = re.compile(
        "US_|WEBAUTHN_|OAUTH_|CONFIRM|ALREADY_CONF|EMAIL_CONF|INVALID_CONF|USERNAME_|CHANGE_EMAIL|LOGIN_E"
        "|INVALID_LOGIN|REFRESH_TOKEN|USE_CODE|PHONE_|.*IDENTITY|.*ALREADY_ASSOCIATED|GENERIC_US"
        "|recover_username|send_confirmation|send_login_link"
    )
    said = {key: str(text) for key, (text, _tone) in _default_messages.items()}
    said |= {key: str(text) for key, text in _default_field_labels.items()}
    french = {text.id for text in read(LIBRARY)}

    assert not {text for key, text in said.items() if not absent.match(key)} - french


@pytest.mark.parametrize("name", MAILS)
def test_a_mail_says_the_same_in_both_languages(name):
    asked = {}
    for language in ("en", "fr"):
        words = (TEMPLATES / "mail" / f"{name}.{language}.txt").read_text(encoding="utf-8")
        asked[language] = (
            meta.find_undeclared_variables(Environment(autoescape=True).parse(words)),
            set(re.findall(r"(?<!\{)\{\w+\}(?!\})", words)),
        )

    assert asked["en"] == asked["fr"]


PLAIN = re.compile(r"Tocsin|English|Français|SHA-256|Message-ID|(GDPR )?Art\. \d+(\(\w\))*")


def bare(source):
    """The words of a template that stand outside every _() and trans block."""
    source = re.sub(r"{% block body_class %}\w+", "", source)
    kept, block, translating = [], None, False
    for _line, kind, value in Environment(autoescape=True).lex(source):
        if kind == "block_begin":
            block = ""
        elif kind == "block_end":
            block = None
        elif block == "" and kind == "name":
            block = value
            translating = value == "trans" if value in ("trans", "endtrans") else translating
        elif kind == "data" and not translating:
            kept.append(value)
    page = BeautifulSoup(" ".join(kept), "html.parser")
    words = [str(node) for node in page.find_all(string=True) if type(node) is NavigableString]
    words += [
        str(tag[name]) for tag in page.find_all(True) for name in SAID_BY if tag.has_attr(name)
    ]
    left = (PLAIN.sub("", word) for word in words)
    return [word.strip() for word in left if re.search(r"[^\W\d_]{2,}", word)]


def test_the_search_for_bare_words_finds_them():
    assert bare('<p class="x">{{ _("Told") }} by hand</p>{# why #}') == ["by hand"]
    assert bare('<img alt="A key">{% trans a=b %}Write to {{ a }}.{% endtrans %}') == ["A key"]


@pytest.mark.parametrize(
    "file",
    sorted({*TEMPLATES.rglob("*.html"), *(TEMPLATES / "security").rglob("*.txt")}),
    ids=lambda file: str(file.relative_to(TEMPLATES)),
)
def test_a_template_says_nothing_that_cannot_be_translated(file):
    assert bare(file.read_text(encoding="utf-8")) == []
