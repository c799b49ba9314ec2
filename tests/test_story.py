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
from post_bag import FIRST, REPLY, REPORTER
from story_letters import FRENCH, drafted, letters_are_right, resent, sent, tried, work

from incidents.db import now
from notifications.reading.child import reader


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
