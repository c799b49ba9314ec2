"""What the mail systems of others send back is understood, in whatever form and language.

The marks are those that the returns are judged by: who it is of, what became of it, nothing that
is only late counted as failed, and no address called lost that is not.
"""

import pytest
from post_of_others import mails

from notifications import returned

RETURNS = (
    *("unix", "exchange", "providers", "gateways", "abroad", "shapes"),
    *("others", "later", "last", "fresh"),  # each written after what the ones before it had led to
)


def _best(rows, address, outcome):
    """What is said of `address`; None where nothing is."""
    same = [row.outcome for row in rows if address in (row.recipient, None)]
    return outcome if outcome in same else next(iter(same), None)


def _read(name):
    """(what, recipient, what it means, what was read) of each row."""
    return [
        (what, address, outcome, _best(returned.parse(raw).rows, address, outcome))
        for what, expected, raw in mails(name)
        for address, outcome in expected
    ]


@pytest.mark.parametrize("name", RETURNS)
def test_it_is_said_what_became_of_the_mail_to_each(name):
    told = _read(name)
    wrong = [one for one in told if one[2] != one[3]]

    assert [one for one in wrong if one[3] is None] == []
    assert [one for one in wrong if one[2] == "delayed" or one[3] == "hard"] == []


def test_what_a_server_means_is_understood_but_for_a_few():
    """The few: "user unknown" without a code, said after who knows what. It proves too little to
    call an address lost."""
    told = [one for name in RETURNS for one in _read(name)]
    wrong = [one for one in told if one[2] != one[3]]

    assert len(told) > 240
    assert len(wrong) <= 0.04 * len(told), wrong


@pytest.mark.parametrize("name", ["none", "none_either", "none_later", "none_last", "none_fresh"])
def test_what_people_and_machines_send_is_taken_for_no_return(name):
    made = list(mails(name))

    assert len(made) > 60
    assert [what for what, _, raw in made if returned.parse(raw).is_bounce] == []


SENDERS = (
    *("<>", "MAILER-DAEMON", "Mailer Daemon <>", "MAILER_DAEMON@relay.example"),
    *("Postmaster@relay.example (Mail Delivery)", "Administrator <administrator@relay.example>"),
    *("Exchange Server <exchange@relay.example>", "Mail Delivery Service <mds@relay.example>"),
    *(
        "Post Office <postoffice@relay.example>",
        "bounce-handler@relay.example",
        "ndr@relay.example",
    ),
    *("Gateway <gateway@relay.example>", "Undeliverable <undeliverable@relay.example>"),
)


WAITS = (
    ("Your mail is queued", "Your mail to {} is held in our queue: no answer from its server."),
    ("Transient failure", "<{}>: temporary failure, message kept for retry"),
    ("Delay notice", "Recipient: {}\nStatus: deferred (connection timed out)"),
    ("Delivery temporarily suspended", "Delivery to {} was suspended; retries go on."),
    ("Message pending", "The message to {} is pending for more than 2 hours."),
    ("Warning", "Mail to {} not delivered yet: 421 too busy"),
    ("Zustellung verzögert sich", "Empfänger: {}\nDie Nachricht bleibt in der Warteschlange."),
    ("Remise différée", "Destinataire : {}\nLe message reste en file d’attente."),
    ("Entrega retrasada", "El mensaje para {} sigue en cola."),
    ("Consegna ritardata", "Il messaggio per {} è ancora in coda."),
    ("Entrega adiada", "A mensagem para {} continua na fila."),
    ("Bezorging uitgesteld", "Uw bericht aan {} staat nog in de wachtrij."),
    ("Доставка отложена", "Письмо для {} находится в очереди."),
    ("メール配信が遅れています", "{} への配信を再試行しています。"),
    ("邮件延迟", "发送给 {} 的邮件仍在队列中。"),
    ("메일 전송 지연", "{} 에게 보낸 메일이 지연되고 있습니다."),
)


@pytest.mark.parametrize("name", ["MAILER-DAEMON", "Postmaster"])
@pytest.mark.parametrize(("subject", "text"), WAITS)
def test_what_is_only_late_is_told_in_many_words_and_never_failed(name, subject, text):
    head = f"From: {name} <{name.lower()}@relay.example>\nSubject: {subject}\n"
    raw = f"{head}Content-Type: text/plain; charset=utf-8\n\n{text.format('ada@shop.example')}\n"

    rows = returned.parse(raw.encode()).rows

    assert [(row.recipient, row.outcome, row.final) for row in rows] == [
        ("ada@shop.example", "delayed", False)
    ]


@pytest.mark.parametrize("path", ["Return-Path: <>\n", ""])
@pytest.mark.parametrize("sender", SENDERS)
def test_a_return_is_known_whichever_system_signs_it(sender, path):
    head = f"{path}From: {sender}\nTo: privacy@training.example\nSubject: Non-Delivery Report\n\n"
    raw = f"{head}Recipient: ada@shop.example\nReason: 550 5.1.1 unknown recipient\n"

    rows = returned.parse(raw.encode()).rows

    assert [(row.recipient, row.outcome) for row in rows] == [("ada@shop.example", "hard")]
