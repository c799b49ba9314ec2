"""Mails that are no returns, as people and machines send them: 160, in six languages.

Made for the tests. Many carry what returns carry: a null return path, a mail system's name, the
words of a server, an address that was not reached. None says that a mail of ours did not arrive.
"""

from collections.abc import Iterator

from no_return_words import (
    ASKS,
    AWAY,
    FULL,
    HELD,
    LANGUAGES,
    LEFT,
    MEETING,
    MOVED,
    NEWS,
    PARCEL,
    READ,
    RETURN,
    SPAM,
    TICKET,
    UNREAD,
)

US = "privacy@training.example"
ADA = "ada@shop.example"


def mail(sender: str, subject: str, text: str, more: str = "", path: str = "") -> bytes:
    """One mail to us. `path`: its return path, the sender by default, "<>" for none."""
    path = path or "<" + sender.rpartition("<")[2].strip(" >") + ">"
    head = f"Return-Path: {path}\nFrom: {sender}\nTo: {US}\nSubject: {subject}\n{more}"
    return f"{head}MIME-Version: 1.0\n{_body(text)}".encode()


def _body(text: str) -> str:
    if text.startswith("Content-Type:"):
        return text
    return f"Content-Type: text/plain; charset=utf-8\n\n{text}\n"


def _parts(kind: str, *parts: str) -> str:
    inner = "".join(f"--edge\n{part}\n" for part in parts)
    return f"Content-Type: multipart/{kind}; boundary=edge\n\n{inner}--edge--\n"


def _text(words: str) -> str:
    return f"Content-Type: text/plain; charset=utf-8\n\n{words}\n"


def mails() -> Iterator[tuple[str, bytes]]:
    """(what it is, the mail), 160 in all."""
    for language in LANGUAGES:
        for what, raw in _of(language):
            yield f"{what}, {language}", raw
    yield from _others()


def _of(language: str) -> Iterator[tuple[str, bytes]]:
    auto = "Auto-Submitted: auto-replied\n"
    subject, words = AWAY[language]
    yield "away", mail(ADA, f"{subject}: Security incident", words, auto, "<>")
    yield "away, without a sign", mail(ADA, f"{subject}", words)
    quoted = f"{words}\n\n> Write to {US}\n> 550 5.1.1 <bob@shop.example> is in another mail"
    yield (
        "away, from the postmaster",
        mail(f"Postmaster <postmaster@{ADA[4:]}>", subject, quoted, auto),
    )
    left = LEFT[language].format(bob="bob@shop.example")
    yield "left the company", mail(ADA, "Re: Security incident", left, auto, "<>")
    yield "left, no sign", mail(ADA, "Re: Security incident", left)
    subject, words = PARCEL[language]
    yield (
        "parcel",
        mail("Parcels <no-reply@parcel.example>", subject, f"{words}\n\nNo. 550 511 {US}"),
    )
    yield (
        "parcel, by a service's daemon",
        mail(
            "Mail Delivery <delivery@parcel.example>",
            subject,
            f"{words}\nSent to: {ADA}",
            path="<>",
        ),
    )
    subject, words = TICKET[language]
    ticket = words.format(n=f"#55{len(words)}")
    yield "ticket", mail("Support <support@shop.example>", f"[#5511] {subject}", ticket, auto)
    yield (
        "ticket, no return path",
        mail(
            "Support <noreply@shop.example>", f"{subject}: Undeliverable invoice", ticket, path="<>"
        ),
    )
    subject, words = FULL[language]
    yield (
        "quota",
        mail("Mail Administrator <postmaster@training.example>", subject, words, path="<>"),
    )
    yield (
        "quota, to the person",
        mail(
            "System Administrator <postmaster@training.example>",
            subject,
            f"{US}: {words}",
            path="<>",
        ),
    )
    subject, words = HELD[language]
    yield (
        "held by a list",
        mail(
            "friends-bounces@lists.example",
            subject,
            words.format(list="friends@lists.example"),
            "Precedence: bulk\nX-List-Administrivia: yes\n",
            "<>",
        ),
    )
    subject, words = READ[language]
    receipt = (
        "Content-Type: message/disposition-notification\n\nFinal-Recipient: rfc822;"
        f"{ADA}\nDisposition: manual-action/MDN-sent-manually; displayed\n"
    )
    report = "report; report-type=disposition-notification"
    yield "read receipt", mail(ADA, subject, _parts(report, _text(words), receipt), path="<>")
    deleted = receipt.replace("displayed", "deleted")
    yield (
        "deleted unread",
        mail(ADA, UNREAD[language], _parts(report, _text(UNREAD[language]), deleted), path="<>"),
    )
    subject, words = MEETING[language]
    answer = "Content-Type: text/calendar; method=REPLY\n\nBEGIN:VCALENDAR\nEND:VCALENDAR"
    yield "calendar", mail(ADA, subject, _parts("alternative", _text(words), answer))
    subject, words = ASKS[language]
    yield "forwarded in line", mail(ADA, f"Fwd: {subject}", f"{words}\n\n----\n{RETURN}")
    whole = f"Content-Type: message/rfc822\n\n{RETURN}"
    yield "forwarded whole", mail(ADA, subject, _parts("mixed", _text(words), whole))
    said = "".join(f"> {line}\n" for line in RETURN.splitlines())
    yield "quoted", mail("Ada Byron <ada@shop.example>", f"Re: {subject}", f"{words}\n\n{said}")
    yield (
        "asked by a postmaster",
        mail(
            "Ada Byron <postmaster@shop.example>",
            subject,
            f"{words}\n\nAda Byron\n",
            "In-Reply-To: <a@b>\n",
        ),
    )
    subject, words = NEWS[language]
    yield (
        "newsletter",
        mail(
            "Mail School <news@school.example>",
            subject,
            words,
            "List-Unsubscribe: <https://s.example>\n",
        ),
    )
    subject, words = SPAM[language]
    yield (
        "quarantine",
        mail(
            "Postmaster <postmaster@training.example>",
            subject,
            f"{words}\n\nFrom: bad@evil.example  Subject: Undelivered Mail Returned to Sender\n",
            "Auto-Submitted: auto-generated\n",
            "<>",
        ),
    )
    subject, words = MOVED[language]
    yield "moved", mail("Ada <ada@new.example>", subject, words)
    yield (
        "written about us",
        mail(
            "Ada <ada@shop.example>",
            f"{PARCEL[language][0]}?",
            f"{ASKS[language][1]}\n550 5.1.1 {ADA}",
        ),
    )
    yield (
        "challenge",
        mail(
            ADA,
            f"Re: {AWAY[language][0]}",
            f"Please confirm: your mail to {ADA} was not delivered yet.",
            auto,
            "<>",
        ),
    )


def _others() -> Iterator[tuple[str, bytes]]:
    """Sixteen more: reports of machines, and people who write as a system does."""
    auto = "Auto-Submitted: auto-generated\n"
    yield (
        "backup",
        mail("root@training.example", "Backup failed", "rsync: 5 errors\n550 files", auto),
    )
    yield (
        "cron",
        mail("Cron Daemon <root@web.example>", "Cron <root> check", "mail: user unknown: x"),
    )
    yield (
        "dmarc",
        mail(
            "noreply-dmarc@big.example",
            "Report domain: training.example",
            _parts(
                "mixed",
                _text("This is an aggregate report."),
                "Content-Type: application/gzip\n\nx",
            ),
        ),
    )
    yield (
        "tls report",
        mail(
            "smtp-tls@big.example",
            "Report Domain: training.example Submitter: big.example",
            _parts(
                "report; report-type=tlsrpt",
                _text("TLS report"),
                "Content-Type: application/json\n\n{}",
            ),
        ),
    )
    yield (
        "virus",
        mail(
            "Mail System <postmaster@training.example>",
            "Virus found in mail to you",
            f"A mail from bad@evil.example to {US} held a virus and was deleted.",
            auto,
            "<>",
        ),
    )
    yield (
        "delivered",
        mail(
            "Shop <no-reply@shop.example>", "Delivery notification", f"Delivered to {ADA} at noon."
        ),
    )
    yield (
        "sign-up",
        mail("noreply@club.example", "Confirm your address", f"Welcome {US}", path="<>"),
    )
    yield "password", mail("noreply@club.example", "Reset", "Unknown user? Ignore this.", path="<>")
    yield "invoice", mail("billing@host.example", "Invoice 5511 returned", "Payment was rejected.")
    yield (
        "monitor",
        mail(
            "Monitor <alerts@watch.example>",
            "CRITICAL: mail queue",
            f"deferred: 4.4.1 {ADA} timed out",
        ),
    )
    yield (
        "abuse desk",
        mail(
            "Abuse Desk <abuse@host.example>",
            "Complaint",
            f"Your user {ADA} is unknown to us. Please look.",
        ),
    )
    yield "unsubscribe", mail(ADA, "unsubscribe", "Remove me, this address does not exist for you.")
    yield (
        "a list's welcome",
        mail(
            "majordomo@lists.example",
            "Welcome to friends",
            f"{US} was added.",
            "Precedence: bulk\n",
            "<>",
        ),
    )
    yield (
        "a list's goodbye",
        mail(
            "friends-request@lists.example",
            "You have been unsubscribed",
            f"{US} has been unsubscribed: mail to it was returned too often.",
            "Precedence: bulk\n",
            "<>",
        ),
    )
    yield (
        "new postmaster",
        mail(
            "Kim Park <postmaster@shop.example>",
            "Hello",
            f"I am your new mail administrator. {ADA} left.",
        ),
    )
    yield "thanks", mail("Mailer <mailer@choir.example>", "Thanks", f"We sent the songs to {ADA}.")
