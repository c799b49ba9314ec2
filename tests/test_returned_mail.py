"""What a returned mail says of each address, in the dialects that mail systems speak.

Every mail here is made for the test; the shared set of real ones is at the end.
"""

import json
from pathlib import Path

import pytest

from notifications import returned
from notifications.reading.child import Reader

SHARED = Path(__file__).parent.parent.parent / "shared" / "mail" / "bounces"
SYSTEM = "From: Mail Delivery System <MAILER-DAEMON@relay.example>\nReturn-Path: <>\n"
ORIGINAL = (
    "Received: from a.example\nFrom: us@training.example\nTo: ada@shop.example\nSubject: Hi\n"
)


def notice(text, subject="Undelivered Mail Returned to Sender", head=SYSTEM, more=""):
    """A return for people only."""
    return f"{head}To: us@training.example\nSubject: {subject}\n{more}\n{text}".encode()


def report(fields, text="It did not arrive.", head=SYSTEM):
    """A return with the fields of RFC 3464."""
    return (
        f"{head}To: us@training.example\nSubject: Delivery report\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=x\n\n"
        f"--x\n\n{text}\n--x\nContent-Type: message/delivery-status\n\n"
        f"Reporting-MTA: dns; relay.example\n\n{fields}\n\n--x\nContent-Type: message/rfc822\n\n"
        f"{ORIGINAL}\nHello\n--x--\n"
    ).encode()


def status(code, said="", action="failed", kind="smtp"):
    """The fields of one address."""
    lines = f"Final-Recipient: rfc822; Ada@shop.example\nAction: {action}\nStatus: {code}\n"
    return lines + (f"Diagnostic-Code: {kind}; {said}\n" if said else "")


def read(raw):
    """(recipient, outcome, reason) of each row of a mail that is a return."""
    found = returned.parse(raw)
    assert found.is_bounce
    return [(row.recipient, row.outcome, row.reason) for row in found.rows]


@pytest.mark.parametrize(
    ("fields", "outcome", "reason"),
    [
        (status("5.1.1", "550 5.1.1 <ada@shop.example>: User unknown"), "hard", "userunknown"),
        (status("5.1.1"), "hard", "userunknown"),
        (status("5.1.2", "550 Host unknown"), "hard", "hostunknown"),
        (status("5.1.6", "550 5.1.6 recipient no longer on server"), "hard", "hasmoved"),
        (status("5.1.10", "556 5.1.10 domain returned Null MX"), "hard", "notaccept"),
        (status("5.2.2", "552 5.2.2 mailbox full"), "soft", "mailboxfull"),
        (status("5.1.1", "550 5.1.1 Refused due to recipient preferences"), "soft", "filtered"),
        (status("5.1.8", "501 5.1.8 Sender address rejected"), "soft", "rejected"),
        (status("5.7.1", "550 5.7.1 Message rejected as spam by content filtering"), "soft", None),
        (status("5.7.26", "550 5.7.26 fails DMARC authentication"), "soft", "authfailure"),
        (
            status("5.7.1", "554 5.7.1 Client host rejected: cannot find your hostname"),
            "soft",
            None,
        ),
        (status("5.0.0", "550 user unknown"), "soft", "filtered"),
        (status("5.3.4", "552 5.3.4 message size exceeds fixed limit"), "soft", "mesgtoobig"),
        (status("4.4.1", "connect to shop.example: Connection timed out"), "delayed", "expired"),
        (status("4.4.7"), "delayed", "expired"),
        (status("4.2.2", "452 4.2.2 over quota", "delayed"), "delayed", "mailboxfull"),
        (status("2.1.5", "250 2.1.5 Ok", "delivered"), "delivered", "delivered"),
        (status("5.1.1", "procmail: Couldn't create a file", kind="x-unix"), "soft", "mailererror"),
        (status("5.4.6", "554 5.4.6 Too many hops"), "soft", "networkerror"),
    ],
)
def test_the_fields_say_whether_an_address_is_lost_or_a_letter(fields, outcome, reason):
    ((recipient, found, why),) = read(report(fields))

    assert (recipient, found) == ("ada@shop.example", outcome)
    assert reason in (why, None)


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


def test_each_address_of_a_report_has_its_own_row():
    two = status("5.1.1") + "\nFinal-Recipient: rfc822; bob@shop.example\nAction: delayed\n"

    assert [row[:2] for row in read(report(two))] == [
        ("ada@shop.example", "hard"),
        ("bob@shop.example", "delayed"),
    ]


@pytest.fixture(scope="module")
def patient():
    """A reader in a process of its own, as it reads all mail; with time for a busy machine."""
    reader = Reader(seconds=40)
    yield reader
    reader.close()


DIALECTS = {
    "qmail": (
        "Hi. This is the qmail-send program at relay.example.\nI'm afraid I wasn't able to "
        "deliver your message to the following addresses.\n\n<ada@shop.example>:\n192.0.2.1 does "
        "not like recipient.\nRemote host said: 550 no such user here\nGiving up on 192.0.2.1.\n"
        f"\n--- Below this line is a copy of the message.\n\n{ORIGINAL}",
        "hard",
    ),
    "exim": (
        "This message was created automatically by mail delivery software.\n\nA message that you "
        "sent could not be delivered to one or more of its\nrecipients. The following address(es) "
        "failed:\n\n  ada@shop.example\n    SMTP error from remote mail server after RCPT TO:"
        "<ada@shop.example>:\n    host mx.shop.example [192.0.2.1]: 550 "
        "Unknown user\n\n------ This "
        f"is a copy of the message, including all the headers. ------\n\n{ORIGINAL}",
        "hard",
    ),
    "exim after the letter was taken": (
        "The following address(es) failed:\n\n  ada@shop.example\n    SMTP error from remote mail "
        "server after end of data:\n    host mx.shop.example [192.0.2.1]: 550 User unknown\n",
        "soft",
    ),
    "exim gives up": (
        "The following address(es) failed:\n\n  ada@shop.example\n    retry timeout exceeded\n",
        "delayed",
    ),
    "postfix": (
        "This is the mail system at host relay.example.\n\n<ada@shop.example>: host "
        "mx.shop.example[192.0.2.1] said: 550\n    5.1.1 <ada@shop.example>: Recipient address "
        "rejected (in reply to RCPT\n    TO command)\n",
        "hard",
    ),
    "postfix, full": (
        "<ada@shop.example>: host mx.shop.example[192.0.2.1] said: 552 5.2.2\n    Quota exceeded "
        "(mailbox for user is full) (in reply to end of DATA command)\n",
        "soft",
    ),
    "postfix waits": (
        "# THIS IS A WARNING ONLY.  YOU DO NOT NEED TO RESEND YOUR MESSAGE. #\n\nIt will be "
        "retried until it is 5 days old.\n\n<ada@shop.example>: connect to shop.example: refused\n",
        "delayed",
    ),
    "sendmail": (
        "   ----- The following addresses had permanent fatal errors -----\n<ada@shop.example>\n"
        "    (reason: 550 5.1.1 <ada@shop.example>... User unknown)\n\n   ----- Transcript of "
        "session follows -----\n>>> RCPT To:<ada@shop.example>\n<<< 550 5.1.1 User unknown\n",
        "hard",
    ),
    "opensmtpd": (
        "    Hi!\n\n    This is the MAILER-DAEMON, please DO NOT REPLY to this e-mail.\n\n    An "
        "error has occurred while attempting to deliver a message for\n    the following list of "
        "recipients:\n\nada@shop.example: 550 5.2.2 <ada@shop.example>... Mailbox Full\n",
        "soft",
    ),
    "a small agent": (
        "This is the DragonFly Mail Agent at relay.example.\n\nThere was an error delivering your "
        "mail to <ada@shop.example>.\n\nmx.shop.example [192.0.2.1] did not like our RCPT TO:\n"
        "550 5.1.1 User unknown\n\nMessage headers follow.\n\n" + ORIGINAL,
        "hard",
    ),
    "an old exchange": (
        "Your message\n\n  To:      ada@shop.example\n  Subject: Hi\n\ndid not reach the following "
        "recipient(s):\n\nada@shop.example on Thu, 9 May 2005 23:34:45 +0900\n    The recipient "
        "name is not recognized\n",
        "hard",
    ),
    "a directory": (
        "------- Failure Reasons  --------\n\nUser not listed in public Name & Address Book\n"
        "ada@shop.example\n\n------- Returned Message --------\n" + ORIGINAL,
        "hard",
    ),
    "a provider": (
        "Sorry, we were unable to deliver your message to the following address.\n\n"
        "<ada@shop.example>:\nRemote host said:\n550 5.1.1 no such user\n[RCPT_TO]\n",
        "hard",
    ),
    "another provider": (
        "Delivery to the following recipient failed permanently:\n\n     ada@shop.example\n\n"
        "Technical details of permanent failure:\nThe error that the other server returned was: "
        "550 550 5.7.1 Unauthenticated email is not accepted (state 18).\n",
        "soft",
    ),
    "French": (
        "Votre message n'a pas pu être remis.\n\nDestinataire : <ada@shop.example>\n"
        "Raison : 550 5.1.1 Adresse destinataire invalide\n",
        "hard",
    ),
    "French, full": (
        "Votre message n'a pas pu être remis à <ada@shop.example> : boîte aux lettres pleine\n",
        "soft",
    ),
    "German": (
        "Ihre Nachricht konnte nicht zugestellt werden an:\n\n<ada@shop.example>: 550 5.1.1 "
        "Empfänger unbekannt\n",
        "hard",
    ),
    "Spanish": (
        "No se pudo entregar su mensaje a <ada@shop.example>: 550 5.1.1 el usuario no existe\n",
        "hard",
    ),
    "Portuguese": (
        "Não foi possível entregar a mensagem.\n<ada@shop.example>: 552 caixa postal cheia\n",
        "soft",
    ),
    "Italian": (
        "Il messaggio non è stato recapitato a:\n"
        "<ada@shop.example>: 550 5.1.1 utente sconosciuto\n",
        "hard",
    ),
    "Dutch": (
        "Uw bericht is niet bezorgd.\n<ada@shop.example>: 550 5.1.1 gebruiker onbekend\n",
        "hard",
    ),
    "Japanese": (
        "配信できませんでした。\n<ada@shop.example>: 552 メールボックスがいっぱいです\n",
        "soft",
    ),
}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_what_is_written_for_people_is_understood(dialect):
    text, outcome = DIALECTS[dialect]

    assert [row[:2] for row in read(notice(text))] == [("ada@shop.example", outcome)]


def test_a_warning_is_never_final_and_giving_up_is():
    (waits,) = returned.parse(notice(DIALECTS["postfix waits"][0])).rows
    (ended,) = returned.parse(notice(DIALECTS["exim gives up"][0])).rows

    assert (waits.outcome, waits.final) == ("delayed", False)
    assert (ended.outcome, ended.final) == ("delayed", True)


def test_the_header_that_lists_the_failed_decides():
    more = "X-Failed-Recipients: ada@shop.example, bob@shop.example\n"
    text = "Write to help@relay.example.\n\n  ada@shop.example\n    Unrouteable address\n"

    assert [row[:2] for row in read(notice(text, more=more))] == [
        ("ada@shop.example", "hard"),
        ("bob@shop.example", "soft"),
    ]


def test_a_complaint_names_whose_it_is_or_nobody():
    raw = (
        "From: feedback@provider.example\nSubject: Abuse report\nContent-Type: multipart/report; "
        "report-type=feedback-report; boundary=x\n\n--x\nContent-Type: message/feedback-report\n\n"
        "Feedback-Type: abuse\nUser-Agent: Some/1\n{}\n--x--\n"
    )
    named = raw.format("Original-Rcpt-To: ada@shop.example\n").encode()

    assert read(named) == [("ada@shop.example", "complaint", "feedback")]
    assert read(raw.format("").encode()) == [(None, "complaint", "feedback")]


def test_a_sending_service_tells_in_json():
    told = {
        "notificationType": "Bounce",
        "bounce": {
            "bouncedRecipients": [
                {"emailAddress": "ada@shop.example", "action": "failed", "status": "5.1.1"}
            ]
        },
    }
    raw = f"From: no-reply@sns.example\nSubject: Notification\n\n{json.dumps(told)}\n".encode()

    assert read(raw) == [("ada@shop.example", "hard", "userunknown")]


def test_a_return_that_a_gateway_passed_on_is_read():
    inner = report(status("5.1.1")).decode()
    raw = (
        f"{SYSTEM}Subject: Returned mail: User unknown\n"
        f"Content-Type: multipart/mixed; boundary=o\n\n"
        f"--o\n\n----- The following addresses had errors -----\n--o\nContent-Type: message/rfc822"
        f"\n\n{inner}\n--o--\n"
    )
    assert read(raw.encode())[0][:2] == ("ada@shop.example", "hard")


@pytest.mark.parametrize(
    "raw",
    [
        b"a@" * 300_000,
        b"<a@b.example>: user unknown mailbox full 550 5.1.1\n" * 30_000,
        b"delivery to " * 100_000,
        b"<" * 400_000,
        b"\r" * 500_000,
        b"5.1.1" * 200_000,
        b"unknown mailbox " * 60_000,
        b"host a[1]: no such " * 50_000,
        b"Final-Recipient: rfc822; a@b.example\nAction: failed\n\n" * 20_000,
        b'{"notificationType":' + b"[" * 200_000,
    ],
)
@pytest.mark.parametrize("kind", [b"", b"Content-Type: text/html\n"])
def test_no_mail_makes_the_parser_give_up(raw, kind, patient):
    """Hundredths of a second, where the square of the length would take minutes."""
    mail = SYSTEM.encode() + b"Subject: failure notice\n" + kind + b"\n" + raw

    assert patient.read(mail, 0).trouble is None


def test_the_command_prints_one_line_and_always_succeeds(run):
    for raw, is_bounce in ((report(status("5.1.1")), True), (b"", False), (b"\xff\0", False)):
        result = run("mail", "bounce", input=raw)

        assert result.exit_code == 0
        told = json.loads(result.stdout)
        assert told["is_bounce"] is is_bounce
        assert all(
            list(row) == ["recipient", "outcome", "status", "reason"] for row in told["rows"]
        )


@pytest.mark.skipif(not SHARED.exists(), reason="the shared returns are not here")
def test_real_returns_are_understood():
    rows = found = right = others = lost = 0
    for name, expected in json.loads((SHARED / "expected.json").read_text()).items():
        got = list(returned.parse((SHARED / name).read_bytes()).rows)
        for row in expected:
            same = [r for r in got if row["recipient"] in (r.recipient, None)]
            best = next((r for r in same if r.outcome == row["outcome"]), same[0] if same else None)
            outcome = best.outcome if best else None
            rows, found, right = rows + 1, found + bool(best), right + (outcome == row["outcome"])
            others += row["outcome"] != "hard"
            lost += row["outcome"] != "hard" and outcome == "hard"
            assert not (row["outcome"] == "delayed" and outcome in ("hard", "soft")), name

    assert found >= 0.97 * rows
    assert right >= 0.93 * rows
    assert lost <= 0.01 * others
