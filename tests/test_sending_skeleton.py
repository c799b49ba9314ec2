"""A letter made fast is the letter that Flask-Mail's own Message would be, part by part."""

from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from flask_mail import Message

from notifications import codes, twins, wording
from notifications.sending.blocks import stuffed
from notifications.sending.skeleton import ID, TO, Skeleton

SHARED = {"organisation": "Example & Söhne", "reference": "BR-2026-001", "postal_address": ""}
HOSTS = {"training.example"}
WORDS = """Hello {name},

# What happened at {organisation}
A file with your data went to somebody else, and this line is long enough to be wrapped, twice \
over, with {name} in the middle of it, and = signs and accents: é è ü ß, for good measure.
{postal_address}

- first for {name}
- second: https://training.example/x?a=b&c=d or privacy@training.example

1. Change it.
1. Tell us, {name}.

.A line that begins with a dot.
# For {name}
From Ada; "quotes" <tags> & ampersands, reference {reference}, and {nothing known}.
"""
NAMES = ["Ada Byron", "", "Zoé d’Exemple", "O'Neil & <Sons>", "李小龙", "# Heading", "- point", "."]
NAMES += ["{organisation}", "{name}", "A" * 100, "a b " * 25, "x=3D", "\ue000 \ue001\ue002 x"]


def skeleton(words=WORDS, language="en"):
    mail = EmailMessage(policy=policy.SMTP)
    mail["From"], mail["To"] = "privacy@training.example", TO
    mail["Subject"], mail["Message-ID"] = "Données", ID
    return Skeleton(mail, words, SHARED, HOSTS, language, "Données", "=_0123456789abcdef")


def letter(name, words=WORDS, made=None):
    made = made or skeleton(words)
    return made.letter("ada@people.example", "<1@training.example>", {"name": name})


def parts(raw):
    mail = message_from_bytes(raw, policy=policy.default)
    found = [
        (p.get_content_type(), p.get_content().replace("\r\n", "\n"))
        for p in mail.walk()
        if not p.is_multipart()
    ]
    return dict(mail.items()), found


@pytest.mark.parametrize(
    "name", ["Ada Byron", "", "Zoé d’Exemple", "O'Neil & <Sons>", "李小龙", "A" * 100]
)
def test_a_fast_letter_is_what_flask_mail_makes_part_by_part(app, name):
    filled = wording.fill(WORDS, {**SHARED, "name": name})
    page = twins.page(twins.html(filled, HOSTS), "en", "Données")
    slow = Message("Données", ["ada@people.example"], twins.text(filled), page)
    slow.sender, slow.msgId = "privacy@training.example", "<1@training.example>"

    fast_headers, fast_parts = parts(letter(name))
    slow_headers, slow_parts = parts(slow.as_bytes())

    assert fast_parts == slow_parts
    for header in ("From", "To", "Subject", "Message-ID", "MIME-Version"):
        assert fast_headers[header] == slow_headers[header]
    assert fast_headers["Content-Type"].startswith("multipart/alternative")


@pytest.mark.parametrize("name", NAMES)
def test_nothing_in_a_name_becomes_more_than_a_name(name):
    headers, ((_, text), (_, html)) = parts(letter(name))
    plain_headers, (_, (_, plain_html)) = parts(letter("Ada"))
    assert headers == plain_headers
    assert html.count("<") == plain_html.count("<") and html.count("<h2>") == 2
    assert "{reference}" not in text and "{nothing known}" in text and "Söhne" in text


@pytest.mark.parametrize("name", NAMES)
def test_every_line_can_be_carried_by_any_server(name):
    raw = letter(name)
    assert raw.isascii() and raw.endswith(b"\r\n")
    assert raw.count(b"\n") == raw.count(b"\r") == raw.count(b"\r\n")
    assert max(map(len, raw.split(b"\r\n"))) <= 120


def test_a_line_of_nothing_but_a_missing_value_is_left_out():
    _, ((_, text), (_, html)) = parts(letter("", "{name}\nOne.\n\n{name}\n\nTwo."))
    assert text == "One.\n\nTwo.\n"
    assert html.count("<p>") == 2


def test_letters_of_one_skeleton_do_not_touch_each_other():
    made = skeleton()
    first = letter("Ada", made=made)
    assert letter("Bob", made=made) != first
    assert letter("Ada", made=made) == first == letter("Ada")


def test_a_dot_that_begins_a_line_is_doubled_on_the_wire_and_nowhere_else():
    raw = letter(".", "{name}\n\n.x\n\na.b")
    said = stuffed(raw)
    assert said.count(b"\n..") == raw.count(b"\n.") > 0
    assert said.replace(b"\n..", b"\n.") == raw
    assert stuffed(b".a\r\n") == b"..a\r\n"


@pytest.mark.parametrize("name", [*NAMES, ".Ada", "Ada Byron-Lovelace (born 1815)"])
def test_what_is_said_on_the_wire_is_the_letter_with_its_dots_doubled(name):
    for words in (WORDS, "{name}\n\n.x\n\na.b", ".{name}\n{name}.", "# {name}"):
        made, own = skeleton(words), {"name": name}
        raw = made.letter("ada@people.example", "<1@training.example>", own)
        assert made.said("ada@people.example", "<1@training.example>", own) == stuffed(raw)


@pytest.mark.parametrize(
    "words",
    [
        "Code {code}.",
        "x " * 50 + "{code} y",
        "# {code}",
        "- {code}\n- {code}",
        "=é" * 40 + "{code}",
    ],
)
def test_a_code_that_is_put_in_fast_changes_nothing_else(words):
    made = skeleton(f"{words}\n\nYours")
    for code in (codes.SAMPLE, "K7QM2-9XWTA-4HRB6"):
        filled = wording.fill(f"{words}\n\nYours", {"code": code})
        raw = made.letter("ada@people.example", "<1@training.example>", {"code": code})
        _, ((_, text), (_, html)) = parts(raw)
        assert text == twins.text(filled)
        assert html == twins.page(twins.html(filled, HOSTS), "en", "Données")


@pytest.mark.parametrize("sign", ["A", "é", "李", "a b", "a-b’c "])
@pytest.mark.parametrize(
    "words",
    [
        "Dear {name},",
        "- {name}, the first\n- the other",
        "1. Tell us, {name}\n\n# {name}",
        "x" * 60 + " {name} y",
        "Mark {name} and Mark",
        "Dear {name}\tand all others",
        "{name}@people.example or https://{name}.example",
    ],
)
def test_a_value_of_any_length_is_put_in_fast_as_it_is_slowly(words, sign):
    """Around the length at which a line is wrapped, and those at which one is broken."""
    made = skeleton(f"{words}\n\nYours")
    for length in range(60):
        own = {"name": (sign * length).strip()}
        raw = made.letter("ada@people.example", "<1@training.example>", own)
        assert made.said("ada@people.example", "<1@training.example>", own) == stuffed(raw)


@pytest.mark.parametrize("before", range(50, 80))
def test_a_code_into_which_the_end_of_a_line_falls_is_put_in_fast_all_the_same(before):
    made = skeleton(
        f"{'x ' * (before // 2)}{'x' * (before % 2)}{{code}} on https://training.example"
    )
    for code in (codes.SAMPLE, "K7QM2-9XWTA-4HRB6"):
        own = {"code": code}
        raw = made.letter("ada@people.example", "<1@training.example>", own)
        assert made.said("ada@people.example", "<1@training.example>", own) == stuffed(raw)
