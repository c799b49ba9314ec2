"""What a server answers is understood, whoever runs it and in whatever notice it comes.

`mails/replies.txt` holds what servers of many makers and countries answer: the command, the answer,
what it means for the address. It was written before the rules were tried on it.
"""

import textwrap
from pathlib import Path

import pytest
from returns import ORIGINAL, notice, read, report

from notifications import returned

REPLIES = [
    line.split("|")
    for line in (Path(__file__).parent / "mails/replies.txt").read_text("utf-8").splitlines()
]
HOST = "mx.shop.example"
ASKED = {"RCPT": "RCPT TO", "DATA": "end of DATA", "MAIL": "MAIL FROM"}
AFTER = {"RCPT": "RCPT TO:<ada@shop.example>", "DATA": "end of data", "MAIL": "MAIL FROM:<us@b>"}


def postfix(command, said):
    """A notice whose lines are broken wherever they are full."""
    told = said
    if command == "CONN":
        told = f"host {HOST}[192.0.2.25] refused to talk to me: {said}"
    elif command:
        told = f"host {HOST}[192.0.2.25] said: {said} (in reply to {ASKED[command]} command)"
    lines = f"<ada@shop.example>: {told}"
    return textwrap.fill(lines, 78, subsequent_indent="    ", break_long_words=False)


def exim(command, said):
    after = AFTER.get(command, "initial connection")
    told = f"SMTP error from remote mail server after {after}:\n    host {HOST} [192.0.2.25]: "
    return (
        "This is a permanent error. The following address(es) failed:\n\n  ada@shop.example\n    "
        f"{told if command else ''}{said}\n\n------ This is a copy of the message. ------\n\n"
    )


def _wrong(raw, command, said, meant):
    outcomes = [outcome for who, outcome, _reason in read(raw) if who == "ada@shop.example"]
    return [] if outcomes == [meant] else [(command, said, meant, outcomes)]


@pytest.mark.parametrize("shape", [postfix, exim])
def test_an_answer_is_understood_in_a_notice_to_people(shape):
    wrong = []
    for command, said, meant in REPLIES:
        wrong += _wrong(notice(f"{shape(command, said)}\n\n{ORIGINAL}"), command, said, meant)

    assert wrong == []


def test_an_answer_is_understood_in_a_report_whose_code_says_little():
    wrong = []
    for command, said, meant in REPLIES:
        fields = "Final-Recipient: rfc822; ada@shop.example\nAction: failed\nStatus: 5.0.0\n"
        raw = report(f"{fields}Diagnostic-Code: smtp; {said}\n", postfix(command, said))
        wrong += _wrong(raw, command, said, meant)

    assert wrong == []


def test_a_code_after_failed_is_no_number_of_attempts():
    text = "Delivery to <ada@shop.example> failed 554 5.7.1 Rejected by policy\n"

    assert read(notice(text))[0][1] == "soft"
    assert read(notice(text.replace("554 5.7.1 Rejected by policy", "20 attempts")))[0][1] == (
        "delayed"
    )


def test_a_list_that_talks_of_mailer_daemons_sends_no_return():
    raw = (
        b"Return-Path: <owner-x@lists.example>\nFrom: Mailer Daemon's friend <ann@lists.example>\n"
        b"List-Unsubscribe: <mailto:leave@lists.example>\nSubject: Delivery Status Notification\n\n"
        b"Final-Recipient: rfc822; ada@shop.example\nAction: failed\nStatus: 5.1.1\n"
    )
    assert not returned.parse(raw).is_bounce


def test_a_person_who_answers_as_postmaster_sends_no_return():
    raw = (
        b"Return-Path: <postmaster@shop.example>\nFrom: Eva <postmaster@shop.example>\n"
        b"Subject: Re: Bounces from our server\n\nHello, our server answered 550 5.7.1 to your "
        b"letters to ada@shop.example because of a wrong list. Kind regards, Eva\n"
    )
    assert not returned.parse(raw).is_bounce


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        *(("5.1.351", "hard"), ("5.4.310", "hard"), ("5.1.10", "hard"), ("5.4.300", "delayed")),
        *(("5.4.316", "delayed"), ("5.7.27", "soft"), ("5.4.312", "soft"), ("5.7.606", "soft")),
        *(("5.1.7", "soft"), ("5.1.8", "soft"), ("5.2.2", "soft"), ("5.7.124", "soft")),
    ],
)
def test_a_code_alone_says_what_its_registry_says(code, outcome):
    fields = f"Final-Recipient: rfc822; ada@shop.example\nAction: failed\nStatus: {code}\n"

    assert read(report(fields))[0][1] == outcome
