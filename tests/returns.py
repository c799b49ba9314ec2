"""Returned mails made for the tests, and what is read in them."""

from notifications import returned

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
    "postfix, by its own table": (
        "<ada@shop.example>: User unknown in virtual alias table\n",
        "hard",
    ),
    "a forwarder, by its own table": (
        '<ada@shop.example>: unknown user: "ada@shop.example"\n',
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
