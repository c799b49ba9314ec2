"""One report through the whole house: from a mailbox to the letters, the register and the chain.

By its pages, as people use them without script and with the protection against forged requests
on; mail comes from a real mailbox and leaves through a real SMTP server.
"""

import csv
import io
import re
from datetime import timedelta

import pytest
from by_hand import Hand
from conftest import PASSWORD
from post_bag import FIRST, LISTED, PEOPLE, REPLY, REPORTER

from incidents.db import db, now
from notifications import jobs
from notifications.reading.child import reader

MOVED = "grace@people.example"
FRENCH = "Des factures d’autres clients étaient visibles dans des comptes."


@pytest.fixture(autouse=True, scope="module")
def _child():
    yield
    reader.close()


@pytest.fixture
def house(app):
    """The app with forged requests refused, as in earnest."""
    app.config["WTF_CSRF_ENABLED"] = True
    return app


@pytest.fixture
def staff_hand(house, staff_user):
    hand = Hand(house)
    hand.log_in(staff_user)
    return hand


@pytest.fixture
def controller_hand(house, controller_user):
    hand = Hand(house)
    hand.log_in(controller_user)
    return hand


def work(app):
    """What the worker does in two rounds: what the first one finds, the second one sends."""
    db.session.rollback()
    jobs.run_once(app)
    jobs.run_once(app)


def at(moment):
    """A moment as the two controls of a form take it; the organisation works in UTC here."""
    return [f"{moment:%Y-%m-%d}", f"{moment:%H:%M}"]


def test_one_report_goes_through_the_whole_house(
    house, staff_hand, controller_hand, dovecot, smtp_sink, run
):
    mailbox = dovecot.user()
    set_up(controller_hand, smtp_sink, dovecot, mailbox)

    dovecot.deliver(mailbox, FIRST.encode())
    work(house)
    (receipt,) = smtp_sink.wait_for(1)
    reference = acknowledged(receipt)
    dovecot.deliver(mailbox, REPLY.format_map(answering(receipt)).encode())
    work(house)
    report_is_read(staff_hand, reference)
    assert len(smtp_sink.mails) == 1  # a reply is not acknowledged again

    incident = detected(staff_hand)
    analysed(staff_hand, incident)
    decided(controller_hand, incident)
    notice = drafted(controller_hand, incident)
    tried(house, controller_hand, notice, smtp_sink)
    sent(house, controller_hand, notice, smtp_sink)
    resent(house, controller_hand, notice, smtp_sink)
    letters_are_right(smtp_sink)

    closed(staff_hand, incident)
    registered(staff_hand, incident)
    filed(staff_hand, incident, reference)
    verified = run("audit", "verify")
    assert (verified.exit_code, "whole" in verified.output) == (0, True), verified.output


def set_up(hand, sink, dovecot, mailbox):
    """The controller says who we are and how our mail comes and goes."""
    hand.open("/settings/organisation")
    hand.press("Save", time_zone="Atlantic/Reykjavik", languages=["en", "fr"], authority="FR")
    hand.open("/settings/mail/outgoing")
    plain = {"host": "127.0.0.1", "security": "none"}
    hand.press("Save and test", **plain, port=str(sink.port), sender="privacy@training.example")
    assert "It works" in hand.words, hand.words
    hand.open("/settings/mail/incoming")
    account = {"username": mailbox, "password": dovecot.password}
    hand.press(
        "Save and test",
        **plain,
        **account,
        port=str(dovecot.port),
        sender="incidents@training.example",
    )
    assert "It works" in hand.words, hand.words
    sink.mails.clear()


def acknowledged(receipt):
    """The receipt is in the reporter's language, to her alone. Returns the reference in it."""
    mail = receipt.message
    assert receipt.recipients == (REPORTER,)
    assert mail["In-Reply-To"] == "<first@client.example>"
    assert mail["Auto-Submitted"] == "auto-replied"
    words = mail.get_body(("plain",)).get_content()
    assert "Bonjour" in words and "factures" not in words
    return re.search(r"RP-\d{4}-\d+", words).group()


def answering(mail):
    message = mail.message
    return {"message_id": message["Message-ID"], "subject": message["Subject"]}


def report_is_read(hand, reference):
    """Staff find the report in the queue, the answer with it, and open an incident."""
    hand.open("/").follow("Reports").follow("Les factures d'autres clients")
    assert reference in hand.words
    assert "coordonnées bancaires d'autres clients" in hand.words
    assert "One message since" in hand.words and "déjà le cas hier soir" in hand.words
    assert hand.press("Open an incident", title="Invoices of others shown")


def detected(hand):
    """What happened, when it was noticed, when we became aware. Returns the reference."""
    path = hand.path
    assert re.fullmatch(r"/incidents/BR-\d{4}-\d+", path)
    hand.press("Go on", status=409)
    assert "When it was noticed" in hand.words and "Which data are concerned" in hand.words
    hand.open(path + "/detection")
    noticed = (now() - timedelta(hours=3)).replace(minute=17)
    hand.press(
        "Save",
        summary="Customers saw invoices of other customers.",
        began_sure="about",
        began_at=at(noticed - timedelta(days=1)),
        noticed_at=at(noticed),
        breach_types=["confidentiality"],
        which_data="Names, addresses, bank accounts",
        whose_data="Customers with an account",
        subject_count="4",
        systems="The customer portal",
    )
    hand.follow("Say when")
    aware = (now() - timedelta(hours=1)).replace(minute=41)
    hand.press(
        "Start the clock from this moment",
        moment=at(aware),
        reason="We opened two accounts and saw it ourselves.",
        confirm="y",
    )
    assert "left" in hand.words and "Who must be told?" in hand.words
    hand.open(path).press("Go on")
    return path


def analysed(hand, incident):
    """Why it happened, and what is done about it."""
    hand.open(incident + "/cause")
    hand.press("Save", cause="technical", why1="A cache mixed up customers.", why2="No test of it.")
    hand.press("Go on")
    hand.open(incident + "/measures")
    hand.press("Save", consequences="Somebody could try a debit.")
    hand.open(incident + "/measures/new")
    day = f"{now():%Y-%m-%d}"
    hand.press("Add the measure", text="We emptied the cache and switched it off.", done_on=day)
    hand.open(incident).press("Go on")


def decided(hand, incident):
    """The controller answers, decides as the law asks, and tells the authority."""
    hand.open(incident + "/decision")
    hand.press("Flaw in software or settings")
    hand.press(
        "The rest is not known yet",
        confidentiality_loss="confirmed",
        exfiltration="possible",
        data_categories=["identity", "contact", "financial_account"],
        malicious="no",
        fraud_enabling="yes",
        credentials_exposed="yes",
        protection="none",
    )
    assert "Tell the authority within 72 hours" in hand.words, hand.words
    assert "Tell each of them without undue delay" in hand.words, hand.words
    hand.press("Decide")
    assert "The authority is told." in hand.words and "The people are told." in hand.words
    hand.follow("It was told")
    hand.press("Write it down", at=at(now()), proof="CNIL, receipt 2026-4711")


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


def closed(hand, incident):
    """Both duties are met; with a lesson the incident is closed."""
    hand.open(incident + "/decision")
    assert hand.words.count("Done") >= 2
    hand.open(incident)
    hand.press("Close the incident", lesson="Every cache gets a test with two customers.")
    assert "Closed" in hand.words


def registered(hand, incident):
    """The register says all that GDPR Art. 33(5) asks for."""
    hand.open("/register").follow("Table (CSV)")
    (row,) = csv.DictReader(io.StringIO(hand.answer.data.decode("utf-8-sig")))
    assert row["Reference"] == incident.rpartition("/")[2]
    said = "|".join(row.values())
    for words in (
        "Invoices of others shown",
        "Customers saw invoices",
        "bank accounts",
        "The customer portal",
        "Somebody could try a debit.",
        "We emptied the cache",
        "CNIL, receipt 2026-4711",
        "4 by mail",
        "Every cache gets a test",
    ):
        assert words in said, words
    assert row["Closed"]


def filed(hand, incident, reference):
    """The printed file holds the whole story, in the order of its entries."""
    hand.open(incident + "/file")
    for words in (
        reference,
        "coordonnées bancaires",
        "déjà le cas hier soir",
        "We opened two accounts",
        "A cache mixed up customers.",
        "We emptied the cache",
        "CNIL, receipt 2026-4711",
        FRENCH,
        "Every cache gets a test",
        "Sending of letter 1 ended",
    ):
        assert words in hand.words, words
