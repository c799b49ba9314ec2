"""How the letters of the story that test_story.py tells are written, tried, sent and sent again."""

import re

from conftest import PASSWORD
from post_bag import LISTED, PEOPLE

from incidents.db import db
from notifications import jobs

MOVED = "grace@people.example"
FRENCH = "Des factures d’autres clients étaient visibles dans des comptes."


def work(app):
    """What the worker does in two rounds: what the first one finds, the second one sends."""
    db.session.rollback()
    jobs.run_once(app)
    jobs.run_once(app)


def drafted(hand, incident):
    """A letter in both languages, nothing left to translate, and the people from a file."""
    hand.open(incident + "/notices")
    hand.press("Draft the letter", written_in="en")
    notice = hand.path.removesuffix("/people")
    hand.press("Look at this file", file=("people.csv", PEOPLE.encode()))
    assert "Import 4 people?" in hand.words
    assert "One line with a problem" in hand.words
    hand.press("Import 4 people")
    assert "4 people to tell" in hand.words and "ada@people.example" not in hand.words

    hand.open(notice + "/approve")
    assert "It cannot be approved yet" in hand.words
    hand.open(notice + "/text/fr")
    words = written(hand)
    assert "[[À traduire" in words["body"]
    assert "[[À traduire" in words["part_0"]
    french = {
        name: re.sub(r"\[\[.*?\]\]", FRENCH, text, flags=re.S) for name, text in words.items()
    }
    hand.press("Save", **french)
    for language in ("fr", "en"):
        assert "[[" not in "".join(written(hand.open(f"{notice}/text/{language}")).values())
    return notice


def written(hand):
    """What stands in the letter on the page of its text, and in the parts of its groups."""
    return {
        area["name"]: area.text.strip() for area in hand.page.select("main form textarea[name]")
    }


def tried(app, hand, notice, sink):
    """A test goes to the controller herself, in each language, and to nobody else."""
    sink.mails.clear()
    hand.open(notice + "/check").press("Send a test to myself")
    work(app)
    # One tells Sam, who opened the case and follows it, that it has changed.
    mails = [mail for mail in sink.wait_for(3) if mail.recipients != ("sam@training.example",)]
    assert {mail.recipients for mail in mails} == {("cleo@training.example",)}
    assert all("[Test]" in mail.message["Subject"] for mail in mails)
    sink.mails.clear()


def sent(app, hand, notice, sink):
    """Approved and sent: everybody but the one whom the server refuses."""
    sink.answers[MOVED] = "550 5.1.1 no such user"
    hand.open(notice + "/approve")
    hand.press("Approve this letter to 4 people", sure="y", password=PASSWORD)
    assert "Exactly this text and this list are approved" in hand.words
    work(app)
    assert sink.mails == []  # nothing leaves before it is sent
    hand.follow("Go on to sending")
    hand.press("Yes: Send to 4 people now")
    work(app)
    assert len(sink.wait_for(3)) == 3
    hand.open(notice + "/progress")
    assert "One person was not reached" in hand.words
    assert "no such user" in hand.words and MOVED not in hand.words


def resent(app, hand, notice, sink):
    """Once the server takes it, the one that failed goes again, and only that one."""
    del sink.answers[MOVED]
    hand.press("Yes: Send the failed letter again")
    work(app)
    sink.wait_for(4)
    hand.open(notice + "/progress")
    assert "All 4 letters have left" in hand.words


def letters_are_right(sink):
    """One mail a person: to nobody else, in their language, with their name and its own id."""
    assert sorted(mail.recipients for mail in sink.mails) == [(one,) for one in sorted(LISTED)]
    for mail in sink.mails:
        (person,) = mail.recipients
        name, greeting = LISTED[person]
        message = mail.message
        assert message["To"] == person
        assert not message["Cc"] and not message["Bcc"]
        text = message.get_body(("plain",)).get_content()
        html = message.get_body(("html",)).get_content()
        assert f"{greeting} {name}" in text and name in html
        others = [other for other, _ in LISTED.values() if other != name]
        others += [address for address in LISTED if address != person]
        assert not any(other in mail.message.as_string() for other in others)
        assert "[[" not in text and "{" not in text
        assert FRENCH in text if greeting == "Bonjour" else "saw invoices of other" in text
    assert len({mail.message["Message-ID"] for mail in sink.mails}) == len(LISTED)
