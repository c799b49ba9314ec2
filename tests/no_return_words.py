"""What the mails of `no_returns` say, by language: a subject and a text each."""

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
# A return of a mail that was not ours, as people pass it on.
RETURN = (
    "From: Mail Delivery System <MAILER-DAEMON@relay.example>\nTo: ada@shop.example\n"
    "Subject: Undelivered Mail Returned to Sender\n\nThis is the mail system at relay.example.\n\n"
    "<privacy@trainng.example>: host mx.trainng.example said: 550 5.1.1 User unknown (in reply to\n"
    "RCPT TO command)\n"
)
