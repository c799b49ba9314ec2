"""What a server answers is understood by its meaning, and what only speaks of a return is none."""

import pytest
from returns import DIALECTS, ORIGINAL, SYSTEM, notice, read, report

from notifications import returned

# What servers answer: the command, the answer, what it means. None of these is in the shared set.
ANSWERS = [
    ("RCPT TO", "550 5.1.1 Our directory lists no such subscriber", "hard"),
    ("RCPT TO", "550 5.7.1 That account is not known here", "hard"),
    ("RCPT TO", "550 Sorry,_this_mailbox_could_not_be_found_(#5.1.1)", "hard"),
    ("RCPT TO", "550 There is no mail box of that name", "hard"),
    ("RCPT TO", "550 Benutzer nicht bekannt", "hard"),
    ("RCPT TO", "550 Ce destinataire est introuvable", "hard"),
    ("RCPT TO", "550 Esa cuenta no existe", "hard"),
    ("RCPT TO", "550 La casella è inesistente", "hard"),
    ("RCPT TO", "550 Esta conta não existe", "hard"),
    ("RCPT TO", "550 Recipient address rejected", "hard"),
    ("RCPT TO", "550 The server does not like this at all", "soft"),
    ("RCPT TO", "550 5.7.0 Recipient address rejected", "soft"),
    ("RCPT TO", "550 5.3.0 Recipient address rejected", "soft"),
    ("RCPT TO", "450 4.2.0 Recipient unknown for now", "soft"),
    ("RCPT TO", "452 4.1.1 Come back tomorrow", "soft"),
    ("RCPT TO", "550 5.2.1 This mailbox was closed by its owner", "soft"),
    ("RCPT TO", "551 <ada@shop.example> is a deactivated mailbox", "soft"),
    ("RCPT TO", "550 The sender address could not be verified: no such user", "soft"),
    ("RCPT TO", "550 Recipient only accepts mail from people it knows", "soft"),
    ("RCPT TO", "552 5.1.1 The inbox has reached its limit", "soft"),
    ("RCPT TO", "554 relay not allowed, unknown domain", "soft"),
    ("end of DATA", "550 5.0.0 There is no such recipient", "soft"),
    ("end of DATA", "554 5.7.1 Looks like spam to an unknown user", "soft"),
    ("", "The domain shop.example could not be resolved", "hard"),
    ("", "This message was in our queue too long", "delayed"),
    ("", "We failed 12 times to hand it over", "delayed"),
    ("", "Could not deliver it for 5 days", "delayed"),
    ("", "The connection was refused", "delayed"),
]


@pytest.mark.parametrize(("command", "answer", "outcome"), ANSWERS)
def test_what_a_server_answers_is_understood_by_its_meaning(command, answer, outcome):
    """In a report and in a notice to people; whatever stands beside it, and however long the
    address is."""
    who = "a-person-with-a-name-longer-than-any-gap-between-two-words@shop.example"
    answer = answer.replace("ada@shop.example", who)
    told = f"host mx.shop.example[192.0.2.1] said: {answer} (in reply to {command} command)"
    text = f"It could not be delivered:\n\n<{who}>: {told if command else answer}\n"
    fields = f"Final-Recipient: rfc822; {who}\nAction: failed\nDiagnostic-Code: smtp; {answer}\n"

    assert [row[:2] for row in read(notice(text))] == [(who, outcome)]
    assert [row[:2] for row in read(report(fields, text))] == [(who, outcome)]


def test_an_address_that_looks_like_words_says_nothing():
    who = "mailbox-full.user-unknown.does-not-exist@shop.example"
    fields = f"Final-Recipient: rfc822; {who}\nAction: failed\nStatus: 5.7.1\n"

    ((_, outcome, reason),) = read(report(f"{fields}Diagnostic-Code: smtp; 550 {who} go away\n"))

    assert (outcome, reason) == ("soft", "blocked")


def test_a_return_that_a_mailing_list_passed_on_is_one():
    lists = "List-Id: <all.training.example>\nList-Post: <mailto:all@training.example>\n"
    text = DIALECTS["postfix"][0]

    assert read(notice(text, more=lists))[0][:2] == ("ada@shop.example", "hard")


QUOTED = (
    "<ada@shop.example>: host mx.shop.example[192.0.2.1] said: 550 5.1.1 User unknown (in reply\n"
    f"to RCPT TO command)\n\nReceived: from a.example\n{ORIGINAL}"
)
PEOPLE = {
    "an answer": ("bob@firm.example", "Re: Undelivered Mail Returned to Sender", ""),
    "something passed on": ("bob@firm.example", "Fwd: Delivery Status Notification (Failure)", ""),
    "a worried person": ("joe@home.example", "Your mail could not be delivered to her", ""),
    "a newsletter": ("news@shop.example", "Returned mail: our guide", "List-Unsubscribe: <x>\n"),
    "a machine's summary": ("root@host.example", "Delivery failures today", ""),
}


@pytest.mark.parametrize("kind", PEOPLE)
def test_what_only_quotes_a_return_is_none(kind):
    sender, subject, more = PEOPLE[kind]
    head = f"From: <{sender}>\nTo: us@training.example\nSubject: {subject}\n{more}\n"
    text = QUOTED if kind != "a machine's summary" else "3 mails came back, see the log.\n"

    found = returned.parse(f"{head}What does this mean?\n\n{text}".encode())

    assert (found.is_bounce, found.rows) == (False, [])


@pytest.mark.parametrize(
    "subject",
    [
        "Out of office: Hi",
        "Automatic reply: Hi",
        "Absence du bureau",
        "Abwesenheitsnotiz",
        "Fuera de la oficina",
        "Risposta automatica: Hi",
        "Ausência do escritório",
        "Automatisch antwoord: Hi",
        "Autosvar: Hi",
        "Automatyczna odpowiedź: Hi",
        "Автоответ: Hi",
        "自動返信: Hi",
    ],
)
def test_somebody_who_is_away_is_no_return(subject):
    raw = (
        f"From: Ada <ada@shop.example>\nReturn-Path: <>\nSubject: {subject}\n"
        "Content-Type: text/plain; charset=utf-8\n\n"
        "I left; ada@shop.example does not exist any more. Write to bob@shop.example."
    )
    found = returned.parse(raw.encode())

    assert not found.is_bounce
    assert [(row.recipient, row.outcome) for row in found.rows] == [
        ("ada@shop.example", "auto_reply")
    ]


def test_a_receipt_is_no_return_and_a_refusal_in_its_shape_is():
    raw = (
        "{head}Subject: {subject}\nContent-Type: multipart/report; "
        "report-type=disposition-notification; boundary=x\n\n--x\n\n{text}\n--x\nContent-Type: "
        "message/disposition-notification\n\nFinal-Recipient: rfc822; ada@shop.example\n"
        "Disposition: automatic-action/MDN-sent-automatically; deleted\n--x--\n"
    )
    person = "From: Ada <ada@shop.example>\nReturn-Path: <>\n"
    deleted = raw.format(head=person, subject="Not read: Hi", text="Deleted, never read.")
    refused = raw.format(
        head=SYSTEM,
        subject="Rejected: Hi",
        text="Your message to <ada@shop.example> was automatically rejected: Quota exceeded",
    )

    assert not returned.parse(deleted.encode()).is_bounce
    assert read(refused.encode()) == [("ada@shop.example", "soft", "mailboxfull")]


def test_japanese_words_are_read_where_no_charset_is_named():
    said = "宛先のユーザーは見つかりません".encode("iso-2022-jp")
    raw = report("Final-Recipient: rfc822; ada@shop.example\nAction: failed\nStatus: 5.0.0\n@@")

    raw = raw.replace(b"@@", b"Diagnostic-Code: X-Notes; " + said)

    assert read(raw) == [("ada@shop.example", "hard", "userunknown")]


def test_what_a_server_adds_to_its_code_is_what_it_said():
    fields = "Final-Recipient: rfc822; ada@shop.example\nAction: failed\n"

    raw = report(f"{fields}Status: 5.1.10 (the host does not accept mail)\n")

    assert read(raw) == [("ada@shop.example", "hard", "notaccept")]
