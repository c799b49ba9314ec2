"""Mail that speaks of deliveries and is no return: it must never be taken for one."""

import pytest
from returns import DIALECTS, SYSTEM, report, status

from notifications import returned

QMAIL = DIALECTS["qmail"][0]
QUOTED = "\n".join(f"> {line}" for line in QMAIL.splitlines())


def mail(sender, subject, text, *more):
    return "\n".join([f"From: {sender}", f"Subject: {subject}", *more, "", text]).encode()


def forwarded(inner):
    return (
        b"From: Sam <sam@training.example>\nSubject: Fwd: failure notice\nContent-Type: "
        b"multipart/mixed; boundary=q\n\n--q\n\nWhat is this?\n--q\n"
        b"Content-Type: message/rfc822\n\n" + inner + b"\n--q--\n"
    )


ORDINARY = {
    "a person forwards a return": mail(
        "Sam <sam@training.example>", "Fwd: failure notice", f"Look:\n\n{QMAIL}"
    ),
    "a person quotes a return": mail(
        "sam@training.example", "Re: Undelivered Mail Returned to Sender", f"Why?\n\n{QUOTED}"
    ),
    "a person attaches a return": forwarded(report(status("5.1.1"))),
    "a person pastes what a sending service told": mail(
        "k@customer.example",
        "Undeliverable mail",
        'Look:\n\n{"notificationType":"Bounce","bounce":{"bouncedRecipients":'
        '[{"emailAddress":"ada@shop.example","action":"failed","status":"5.1.1"}]}}',
    ),
    "a person writes about returns": mail(
        "k@customer.example",
        "Delivery failed: your invoices are undeliverable",
        "My mailbox is full and mail to ada@shop.example was returned: 550 5.1.1 user unknown.",
    ),
    "a person whose mail server adds an empty return path": mail(
        "k@customer.example",
        "My data",
        "User unknown? Call me: ada@shop.example",
        "Return-Path: <>",
    ),
    "somebody called postmaster asks": mail(
        "postmaster@shop.example", "A question about your servers", "Please call our help desk."
    ),
    "a teacher called postmaster": mail(
        "Post school <postmaster@school.example>",
        "Lesson 4: the failure notice",
        "Dear student,\n\nread this:\n\n<ada@shop.example>:\nSorry, no mailbox here. (#5.1.1)\n",
        "Return-Path: <postmaster@school.example>",
    ),
    "a parcel": mail(
        "Parcels <no-reply@parcels.example>",
        "Delivery failed",
        "We could not deliver your parcel. Book a new delivery or write to help@parcels.example.",
        "Return-Path: <bounces@parcels.example>",
    ),
    "a shop's delivery": mail(
        "delivery@shop.example", "Your delivery was returned to sender", "Nobody was at home."
    ),
    "a newsletter": mail(
        "News <bounces+1@news.example>",
        "Why mail is undeliverable: 5 returned messages explained",
        "550 5.1.1 user unknown means... <ada@shop.example>: mailbox full",
        "List-Unsubscribe: <https://news.example/u>",
        "Precedence: bulk",
    ),
    "a mailing list about mail": mail(
        "Ann via postfix-users <postfix-users@lists.example>",
        "Re: Undelivered Mail Returned to Sender",
        QMAIL,
        "List-Id: <postfix-users.lists.example>",
        "Return-Path: <owner-postfix-users@lists.example>",
    ),
    "a list holds a mail": mail(
        "list-bounces@lists.example",
        "Your message to Club awaits moderator approval",
        "Your mail to 'Club' with the subject Hi is being held until the moderator reviews it.",
        "Auto-Submitted: auto-replied",
        "Return-Path: <>",
    ),
    "a receipt of reading": (
        b"From: ada@shop.example\nReturn-Path: <>\nSubject: Read: Hi\n"
        b"Content-Type: multipart/report; "
        b"report-type=disposition-notification; boundary=x\n\n--x\n\nYour message was read.\n--x\n"
        b"Content-Type: message/disposition-notification\n\n"
        b"Final-Recipient: rfc822;ada@shop.example"
        b"\nDisposition: manual-action/MDN-sent-manually; displayed\n--x--\n"
    ),
    "deleted unread": (
        b"From: postmaster@shop.example\nReturn-Path: <>\nSubject: Not read: Hi\nContent-Type: "
        b"multipart/report; report-type=disposition-notification; boundary=x\n\n"
        b"--x\n\nYour message "
        b"to ada@shop.example was deleted without being read.\n--x--\n"
    ),
    "a payment receipt": mail(
        "Receipts <no-reply@pay.example>",
        "Payment failed",
        "Your payment to ada@shop.example: error",
    ),
    "a server's own report": mail(
        "root <root@web1.example>",
        "Cron: backup failed",
        "error: could not send to ada@shop.example",
    ),
    "a monitor": mail(
        "Monitor <alerts@monitor.example>",
        "PROBLEM: SMTP on mx1 is DOWN",
        "connect to mx1.example: Connection refused",
        "Auto-Submitted: auto-generated",
    ),
    "an answer that a ticket was opened": mail(
        "support@help.example",
        "[Ticket 7] Mail delivery problem",
        "We got your mail about undelivered messages to ada@shop.example.",
        "Auto-Submitted: auto-replied",
        "Return-Path: <>",
    ),
    "asked to confirm": mail(
        "ada@shop.example",
        "Please confirm your message",
        "Your message has not been delivered yet. Answer this mail to deliver it.",
        "Return-Path: <>",
        "Auto-Submitted: auto-replied",
    ),
    "a complaint written by a person": mail(
        "k@customer.example", "Complaint about message from your shop", "Stop it."
    ),
    "a spammer's bait": mail(
        "Mail Team <security@phish.example>",
        "You have 5 undelivered mails",
        "5 messages could not be delivered to you@training.example. Sign in to release them.",
    ),
}
AWAY = {
    "English": (
        "Out of office: your data",
        "I am away. My mailbox is full; write to bob@shop.example.",
    ),
    "French": ("Réponse automatique : vos données", "Je suis absente. Écrivez à bob@shop.example."),
    "German": ("Automatische Antwort: Ihre Daten", "Ihre Nachricht wird nicht weitergeleitet."),
    "Spanish": ("Respuesta automática: sus datos", "No estoy en la oficina."),
    "left for good": (
        "Automatic reply: Hi",
        "I no longer work here and this address will be disabled. Your mail was not delivered to "
        "anybody: write to bob@shop.example.",
    ),
}


@pytest.mark.parametrize("kind", ORDINARY)
def test_ordinary_mail_is_no_return(kind):
    found = returned.parse(ORDINARY[kind])

    assert not found.is_bounce
    assert {row.outcome for row in found.rows} <= {"auto_reply"}


@pytest.mark.parametrize("path", ["", "Return-Path: <>\n", "Return-Path: <ada@shop.example>\n"])
@pytest.mark.parametrize("kind", AWAY)
def test_an_answer_for_somebody_away_is_no_return_and_says_who_is_away(kind, path):
    subject, text = AWAY[kind]
    raw = (
        f"{path}From: Ada <ada@shop.example>\nAuto-Submitted: auto-replied\nSubject: {subject}\n\n"
        f"{text}\n"
    )
    found = returned.parse(raw.encode())

    assert not found.is_bounce
    assert [(row.recipient, row.outcome) for row in found.rows] == [
        ("ada@shop.example", "auto_reply")
    ]


@pytest.mark.parametrize("raw", [b"", b"\n\n", b"From: \xff@\xff\n\n", SYSTEM.encode()])
def test_a_strange_mail_is_no_return_and_raises_nothing(raw):
    assert returned.parse(raw) == returned.Returned()
