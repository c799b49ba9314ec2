"""Each person gets one mail of their own, always the same, and nothing else gets into it."""

import re
from email import message_from_bytes, policy
from html import unescape

import pytest
from letters import text_of

from incidents.db import db, now
from notifications import compose, notices
from notifications.models import Recipient, Server
from notifications.recipients import listing
from notifications.tokens import find

HEADERS = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Reply-To",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "MIME-Version",
    "Content-Type",
    "Content-Language",
]
EVIL = ["\r", "\n", "\r\n", "\0", "\v", "\f", "\x85", "\u2028", "\u202e", "\x1b"]


@pytest.fixture
def person(notice, controller_user):
    row = listing.add(notice, "ada@example.org", "Ada Byron", "en", controller_user, now())
    db.session.commit()
    return row


def parsed(letter):
    return message_from_bytes(letter.as_bytes(), policy=policy.default)


def twins_of(mail):
    return [part.get_content() for part in mail.iter_parts()]


def test_a_letter_goes_to_one_person_and_says_so(person, notice):
    letter = compose.letter(notice, person, None)
    mail = parsed(letter)
    assert letter.recipient == "ada@example.org"
    assert mail["To"] == "ada@example.org"
    assert mail["From"] == "Example Training <privacy@training.example>"
    assert mail["Reply-To"] == "privacy@training.example"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail["Content-Language"] == "en"
    assert sorted(mail.keys()) == sorted(HEADERS)


def test_the_sender_is_that_of_the_outgoing_server(person, notice):
    server = Server(direction="out", host="smtp.example", sender="notice@mail.example")
    mail = parsed(compose.letter(notice, person, server))
    assert mail["From"] == "Example Training <notice@mail.example>"
    assert mail["Reply-To"] == "privacy@training.example"


def test_the_message_id_is_fixed_and_names_the_row_to_us_only(person, notice):
    mail = parsed(compose.letter(notice, person, None))
    assert mail["Message-ID"] == person.message_id
    assert find(mail["Message-ID"]) == [("letter", person.uid)]


def test_the_same_letter_has_the_same_bytes_each_time(person, notice):
    first = compose.letter(notice, person, None).as_bytes()
    db.session.expire_all()
    assert compose.letter(notice, person, None).as_bytes() == first


def test_both_twins_say_the_same_words(person, notice):
    text, html = twins_of(parsed(compose.letter(notice, person, None)))
    body = html.partition("<body")[2].partition(">")[2]
    said = "".join(unescape(re.sub(r"<[^>]+>", "", body)).split())
    plain = re.sub(r"(?m)^(-+$|- |\d\. )", "", text.replace("\r\n", "\n"))
    assert "".join(plain.split()) == said
    assert "Hello Ada Byron," in text


def test_the_html_has_nothing_that_follows_the_reader(person, notice):
    text_of(notice, "en").body += "\n<img src=https://evil.example/x> https://bit.ly/x"
    html = twins_of(parsed(compose.letter(notice, person, None)))[1]
    assert "<img" not in html and "<script" not in html and "<link" not in html
    links = re.findall(r'href="([^"]+)"', html)
    assert set(links) == {
        "mailto:privacy@training.example",
        "https://www.cnil.fr/fr/plaintes",
        "http://127.0.0.1:5000/check",
    }


def test_the_subject_says_nothing_of_the_person(person, notice):
    text_of(notice, "en").subject = "{name} {reference}"
    mail = parsed(compose.letter(notice, person, None))
    assert mail["Subject"].strip() == notice.incident.reference


@pytest.mark.parametrize("evil", EVIL)
def test_no_header_comes_out_of_a_name_a_subject_or_a_setting(person, notice, evil, app):
    injected = f"Eve{evil}Bcc: eve@evil.example{evil}{evil}body"
    person.person = person.person._replace(name=injected)
    text_of(notice, "en").subject = injected
    compose.organisation().name = injected
    letter = compose.letter(notice, person, None)
    mail = parsed(letter)
    assert sorted(mail.keys()) == sorted(HEADERS)
    head = letter.as_bytes().partition(b"\r\n\r\n")[0]
    assert not re.search(rb"[\x00-\x08\x0b-\x0c\x0e-\x1f]|\r(?!\n)|(?<!\r)\n", head)


def test_a_person_without_a_name_is_greeted_without_one(notice, controller_user):
    row = listing.add(notice, "bob@example.org", None, "fr", controller_user, now())
    text = twins_of(parsed(compose.letter(notice, row, None)))[0]
    assert text.splitlines()[:2] == ["Bonjour,", ""]


def test_a_person_whose_language_has_no_text_gets_the_organisations(notice, controller_user):
    row = listing.add(notice, "kim@example.org", None, "de", controller_user, now())
    assert row.language == "de"  # kept, in case that text is written yet
    assert parsed(compose.letter(notice, row, None))["Content-Language"] == "en"


def test_the_longest_address_and_an_international_domain_arrive_whole(notice, controller_user):
    local = "a" * 64
    long = f"{local}@{'.'.join(['b' * 59] * 3)}.example"
    for address, sent in ((long, long), ("zoe@bücher.example", "zoe@xn--bcher-kva.example")):
        row = listing.add(notice, address, "Zoé", "fr", controller_user, now())
        letter = compose.letter(notice, row, None)
        assert letter.recipient == sent
        assert parsed(letter)["To"] == sent


def test_a_writer_for_many_writes_what_a_letter_for_one_is(notice, person, controller_user):
    listing.add(notice, "bob@example.org", "Bob", "fr", controller_user, now())
    writer = compose.Writer(notice, None)
    rows = db.session.query(Recipient).all()
    assert [writer.letter(row).as_bytes() for row in rows] == [
        compose.letter(notice, row, None).as_bytes() for row in rows
    ]
    assert notices.fingerprint(notice).languages == {"en": 1, "fr": 1}
