"""Mails that are no returns, as people and machines send them: 160, in six languages.

Made for the tests. Many carry what returns carry: a null return path, a mail system's name, the
words of a server, an address that was not reached. None says that a mail of ours did not arrive.
"""

from collections.abc import Iterator

US = "privacy@training.example"
ADA = "ada@shop.example"
LANGUAGES = ("en", "fr", "de", "es", "it", "pt")
# By language: away, next week, thanks, "your mail", ticket, parcel, full, held, read, joined.
AWAY = {
    "en": (
        "Out of office",
        "I am away until Monday. For urgent matters write to bob@shop.example.",
    ),
    "fr": ("Absence du bureau", "Je suis absente jusqu’à lundi. Urgences : bob@shop.example."),
    "de": ("Abwesenheitsnotiz", "Ich bin bis Montag nicht erreichbar. Dringend: bob@shop.example."),
    "es": ("Fuera de la oficina", "No estoy hasta el lunes. Urgencias: bob@shop.example."),
    "it": ("Fuori ufficio", "Sono assente fino a lunedì. Urgenze: bob@shop.example."),
    "pt": ("Ausência", "Estou ausente até segunda-feira. Urgências: bob@shop.example."),
}
LEFT = {
    "en": "Ada Byron no longer works here. This mailbox is not read any more. Write to {bob}.",
    "fr": "Ada Byron ne travaille plus ici. Cette adresse n’est plus valable. Écrivez à {bob}.",
    "de": "Ada Byron arbeitet nicht mehr hier. Dieses Postfach wird nicht gelesen. An {bob}.",
    "es": "Ada Byron ya no trabaja aquí. Esta dirección ya no existe. Escriba a {bob}.",
    "it": "Ada Byron non lavora più qui. Questo indirizzo non esiste più. Scrivete a {bob}.",
    "pt": "Ada Byron já não trabalha aqui. Este endereço já não existe. Escreva para {bob}.",
}
PARCEL = {
    "en": (
        "Delivery failed: your parcel",
        "We could not deliver your parcel to the address given.",
    ),
    "fr": ("Échec de la livraison", "Votre colis n’a pas pu être remis à l’adresse indiquée."),
    "de": (
        "Zustellung nicht möglich",
        "Ihr Paket konnte nicht zugestellt werden: Adresse unbekannt.",
    ),
    "es": ("Entrega fallida", "No se pudo entregar su paquete: dirección desconocida."),
    "it": ("Mancato recapito", "Il suo pacco non è stato consegnato: destinatario sconosciuto."),
    "pt": ("Entrega não efetuada", "Não foi possível entregar a encomenda: destinatário ausente."),
}
TICKET = {
    "en": (
        "We got your message",
        "Ticket {n} was opened. Do not reply if your mail bounced earlier.",
    ),
    "fr": ("Nous avons reçu votre message", "Le ticket {n} est ouvert. Nous répondons sous 48 h."),
    "de": ("Wir haben Ihre Nachricht", "Ticket {n} wurde eröffnet. Wir melden uns in zwei Tagen."),
    "es": ("Hemos recibido su mensaje", "El ticket {n} está abierto. Respondemos en dos días."),
    "it": ("Abbiamo ricevuto il messaggio", "Il ticket {n} è aperto. Rispondiamo in due giorni."),
    "pt": ("Recebemos a sua mensagem", "O ticket {n} está aberto. Respondemos em dois dias."),
}
FULL = {
    "en": (
        "Your mailbox is almost full",
        "It has reached 95 % of its quota. When it is full, mail to"
        " you is rejected (552 5.2.2 mailbox full).",
    ),
    "fr": (
        "Votre boîte est presque pleine",
        "Elle a atteint 95 % du quota. Pleine, elle refusera les messages (552 5.2.2).",
    ),
    "de": (
        "Ihr Postfach ist fast voll",
        "95 % der Quota sind belegt. Danach werden Nachrichten abgewiesen (552 5.2.2).",
    ),
    "es": (
        "Su buzón está casi lleno",
        "Ha alcanzado el 95 % de la cuota. Lleno, rechazará correo.",
    ),
    "it": (
        "La casella è quasi piena",
        "Ha raggiunto il 95 % della quota. Piena, rifiuterà la posta.",
    ),
    "pt": ("A caixa está quase cheia", "Atingiu 95 % da quota. Cheia, recusará mensagens."),
}
HELD = {
    "en": (
        "Your message awaits moderator approval",
        "Your mail to the list {list} is held until a"
        " moderator has seen it: the sender is not a member.",
    ),
    "fr": (
        "Votre message attend la modération",
        "Votre message à la liste {list} est retenu : l’expéditeur n’est pas abonné.",
    ),
    "de": ("Ihre Nachricht wartet auf Freigabe", "Ihre Nachricht an {list} wird zurückgehalten."),
    "es": ("Su mensaje espera aprobación", "Su mensaje a {list} está retenido por el moderador."),
    "it": ("Il messaggio attende il moderatore", "Il messaggio a {list} è trattenuto."),
    "pt": ("A mensagem aguarda o moderador", "A mensagem para {list} está retida."),
}
READ = {
    "en": ("Read: Security incident", "Your message was read on Monday."),
    "fr": ("Lu : Incident de sécurité", "Votre message a été lu lundi."),
    "de": ("Gelesen: Sicherheitsvorfall", "Ihre Nachricht wurde am Montag gelesen."),
    "es": ("Leído: Incidente", "Su mensaje se leyó el lunes."),
    "it": ("Letto: Incidente", "Il messaggio è stato letto lunedì."),
    "pt": ("Lida: Incidente", "A mensagem foi lida na segunda-feira."),
}
UNREAD = {
    "en": "Not read: Security incident",
    "fr": "Non lu : Incident de sécurité",
    "de": "Ungelesen: Sicherheitsvorfall",
    "es": "No leído: Incidente",
    "it": "Non letto: Incidente",
    "pt": "Não lida: Incidente",
}
MEETING = {
    "en": ("Declined: Crisis meeting", "Ada Byron has declined this invitation."),
    "fr": ("Refusé : Réunion de crise", "Ada Byron a refusé cette invitation."),
    "de": ("Abgelehnt: Krisensitzung", "Ada Byron hat diese Einladung abgelehnt."),
    "es": ("Rechazado: Reunión", "Ada Byron ha rechazado esta invitación."),
    "it": ("Rifiutato: Riunione", "Ada Byron ha rifiutato l’invito."),
    "pt": ("Recusado: Reunião", "Ada Byron recusou este convite."),
}
ASKS = {
    "en": ("Did you get my mail?", "I wrote to you last week and got this back. What is wrong?"),
    "fr": (
        "Avez-vous reçu mon message ?",
        "Je vous ai écrit et voici ce qui m’est revenu. Pourquoi ?",
    ),
    "de": ("Haben Sie meine Mail?", "Ich habe Ihnen geschrieben, das kam zurück. Was ist falsch?"),
    "es": ("¿Recibió mi correo?", "Le escribí y me llegó esto de vuelta. ¿Qué pasa?"),
    "it": ("Ha ricevuto la mia mail?", "Le ho scritto e mi è tornato questo. Perché?"),
    "pt": ("Recebeu o meu e-mail?", "Escrevi-lhe e recebi isto de volta. Porquê?"),
}
NEWS = {
    "en": (
        "Why mails bounce: our guide",
        "A hard bounce is “550 5.1.1 user unknown”. Clean lists.",
    ),
    "fr": ("Délivrabilité : nos conseils", "Un rejet définitif dit « 550 5.1.1 user unknown »."),
    "de": ("Zustellbarkeit: unser Leitfaden", "Ein Hard Bounce meldet „550 5.1.1 user unknown“."),
    "es": ("Entregabilidad: nuestra guía", "Un rebote duro dice «550 5.1.1 user unknown»."),
    "it": ("Recapito: la nostra guida", "Un rifiuto definitivo dice «550 5.1.1 user unknown»."),
    "pt": ("Entrega: o nosso guia", "Uma devolução definitiva diz «550 5.1.1 user unknown»."),
}
SPAM = {
    "en": (
        "Quarantine report",
        "3 messages were held for you. Release them or let them be deleted.",
    ),
    "fr": ("Rapport de quarantaine", "3 messages ont été retenus. Libérez-les ou laissez-les."),
    "de": ("Quarantäne-Bericht", "3 Nachrichten wurden zurückgehalten. Freigeben oder löschen."),
    "es": ("Informe de cuarentena", "3 mensajes retenidos. Libérelos o se eliminarán."),
    "it": ("Rapporto di quarantena", "3 messaggi trattenuti. Rilasciarli o saranno eliminati."),
    "pt": ("Relatório de quarentena", "3 mensagens retidas. Liberte-as ou serão eliminadas."),
}
MOVED = {
    "en": (
        "My new address",
        "My old address ada@old.example is no longer valid. Please use this one.",
    ),
    "fr": ("Ma nouvelle adresse", "Mon adresse ada@old.example n’existe plus. Utilisez celle-ci."),
    "de": (
        "Meine neue Adresse",
        "Meine Adresse ada@old.example existiert nicht mehr. Bitte diese.",
    ),
    "es": ("Mi nueva dirección", "Mi dirección ada@old.example ya no existe. Usen esta."),
    "it": ("Il mio nuovo indirizzo", "L’indirizzo ada@old.example non esiste più. Usate questo."),
    "pt": ("O meu novo endereço", "O endereço ada@old.example já não existe. Usem este."),
}
RETURN = (
    "From: Mail Delivery System <MAILER-DAEMON@relay.example>\nTo: ada@shop.example\n"
    "Subject: Undelivered Mail Returned to Sender\n\nThis is the mail system at relay.example.\n\n"
    "<privacy@trainng.example>: host mx.trainng.example said: 550 5.1.1 User unknown (in reply to\n"
    "RCPT TO command)\n"
)


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
