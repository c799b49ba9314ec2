"""Whatever people wrote can be set for paper: no character keeps a memo or the register away."""

from datetime import UTC, datetime
from io import BytesIO

import pytest
from pypdf import PdfReader

from incidents import exports
from incidents.actions import cases, decisions, memos
from incidents.db import now
from incidents.typeset import pdf

AT = datetime(2026, 11, 23, tzinfo=UTC)
ODD = {
    "pictures": "well 😀 then",
    "chinese": "你好，世界",
    "arabic": "مرحبا",
    "controls": "a\x00b\x07c\tend",
    "half a character": "a\ud800b",
    "line ends": "one\r\ntwo\rthree",
    "markup": "#panic() $x$ *b* `c` \\",
    "one long word": "w" * 5_000,
}


def letter(text, title="Title"):
    words = dict.fromkeys(("organisation", "reference", "under", "authority", "frozen"), "x")
    words |= dict.fromkeys(("sent", "hash", "unknown", "changes_title"), "x")
    words |= {"title": title, "lang": "en", "why": ["Why", text], "heads": ["a", "b", "c"]}
    return words | {"changes": [["q", text, text]], "lines": [["Part", "Question", text]]}


def text_of(content):
    return " ".join(
        " ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).split()
    )


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_any_text_can_be_set(text):
    content = pdf("notification.typ", letter(text), AT)

    assert "Question" in text_of(content)
    assert b"StructTreeRoot" in content  # tagged, whatever stands in it


def test_a_word_without_end_stays_on_the_page_and_a_hash_is_one_word():
    content = pdf("notification.typ", letter("w" * 600 + " " + "a1" * 32), AT)
    lines = "".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)

    assert max(line.count("w") for line in lines.splitlines()) <= 100
    assert "a1" * 32 in lines


def test_no_page_of_the_register_begins_within_an_incident():
    labels = [["reference", ""], ["title", ""], *([f"q{n}", f"Question {n}"] for n in range(16))]
    words = dict.fromkeys(("title", "organisation", "under", "printed", "empty"), "x")
    rows = [
        {"reference": f"BR-{one}", "title": "Lost"} | {f"q{n}": "An answer" for n in range(16)}
        for one in range(12)
    ]
    content = pdf("register.typ", words | {"lang": "en", "labels": labels, "incidents": rows}, AT)
    later = PdfReader(BytesIO(content)).pages[1:]

    assert 2 <= len(later) <= 5
    assert all(page.extract_text().startswith("BR-") for page in later)


def test_plain_text_claims_the_standard_and_is_shown_as_it_was_written():
    content = pdf("notification.typ", letter(ODD["markup"]), AT)

    assert b"pdfuaid:part" in content
    assert "#panic() $x$ *b* `c` \\" in text_of(content)


def test_a_template_that_fails_for_another_reason_says_so():
    with pytest.raises(RuntimeError, match="title"):
        pdf("notification.typ", letter("x", title=""), AT)


def test_a_picture_in_the_story_keeps_neither_the_decision_nor_the_register_away(
    incident, controller_user
):
    words = {"summary": "Oh no 😀 你好", "facts": {"subject_count": 3}}
    cases.edit(incident, words, controller_user, now())
    asked = decisions.assess(incident, controller_user, now())
    decision = decisions.decide(asked, True, True, "Yes 😀", controller_user, now())

    memo = memos.make(decision, controller_user, now(), at_once=True)

    assert "Oh no" in text_of(memo.content)
    assert "Oh no" in text_of(exports.as_pdf(None, now()))
