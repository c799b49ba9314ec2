"""What the outgoing server says is understood: for the letter, the person, the sender, the wire."""

import socket
import threading
from contextlib import contextmanager

import pytest
from flask_mail import Message
from servers import SmtpSink, free_port, make_certificate

from notifications import delivery, smtp
from notifications.relay import Outcome, Relay, Unreachable

TO = "jeanne@people.example"
FROM = "privacy@training.example"


@pytest.fixture
def mailer(app):
    delivery.init_app(app)
    return app


def letter(to=TO, subject="A message", body="Hello", **more):
    return Message(subject, sender=FROM, recipients=[to], body=body, **more)


def hand_over(server, *messages, **values):
    values = {"host": "127.0.0.1", "port": server.port, "security": "none"} | values
    with delivery.connect(Relay(**values)) as post:
        return [post.hand_over(message, FROM) for message in messages]


@contextmanager
def script(*answers):
    """A server that speaks this script, one line for each line it hears, then hangs up.

    An answer of None hangs up without a word; "<text>" reads a letter to its final dot; "wait"
    is silent until the client has gone.
    """
    listener = socket.create_server(("127.0.0.1", 0))

    def speak():
        client, _ = listener.accept()
        with client, client.makefile("rb") as heard:
            due = False  # the client speaks first, but for the greeting and after a letter
            for answer in answers:
                if answer == "<text>":
                    while heard.readline() not in (b".\r\n", b""):
                        pass
                    due = False
                    continue
                if due:
                    heard.readline()
                due = True
                if answer == "wait":
                    heard.read()
                if answer in (None, "wait"):
                    return
                client.sendall(answer.encode() + b"\r\n")
                if answer.startswith("421"):
                    return

    thread = threading.Thread(target=speak)
    thread.start()
    try:
        yield Relay(
            "127.0.0.1",
            listener.getsockname()[1],
            "none",
            connect_timeout=5,
            answer_timeout=0.5,
        )
    finally:
        listener.close()
        thread.join()


def spoken(*answers):
    with script(*answers) as relay, delivery.connect(relay) as post:
        return post.hand_over(letter(), FROM)


HELLO = ("220 hello", "250 here")


def test_a_letter_arrives_whole_with_its_own_envelope(mailer, smtp_sink):
    text = "Chère Zoé,\n.\n..dots\nFrom here: " + "x" * 2000
    message = letter(subject="Données", body=text, html="<p>Zoé</p>")
    message.extra_headers = {"References": "<" + "a" * 120 + "@training.example>"}

    (outcome,) = hand_over(smtp_sink, message)

    (mail,) = smtp_sink.mails
    assert outcome == Outcome("sent", "250 2.0.0 kept")
    assert (mail.sender, mail.recipients) == (FROM, (TO,))
    assert mail.message["Subject"] == "Données"
    assert mail.message["References"] == "<" + "a" * 120 + "@training.example>"
    body = mail.message.get_body(("plain",)).get_content()
    assert body.replace("\r\n", "\n").rstrip("\n") == text
    assert mail.raw.isascii()
    assert max(map(len, mail.raw.split(b"\r\n"))) <= 998


@pytest.mark.parametrize("code", [450, 451, 452])
def test_a_4xx_for_the_person_defers_that_person_only(mailer, smtp_sink, code):
    smtp_sink.answers[TO] = f"{code} 4.2.1 later"
    first, second = hand_over(smtp_sink, letter(), letter("max@people.example"))
    assert first == Outcome("deferred", f"{code} 4.2.1 later")
    assert second.state == "sent"


@pytest.mark.parametrize("code", [550, 551, 552, 553, 554])
def test_a_5xx_for_the_person_fails_that_person_only(mailer, smtp_sink, code):
    smtp_sink.answers[TO] = f"{code} 5.1.1 no such user"
    first, second = hand_over(smtp_sink, letter(), letter("max@people.example"))
    assert first == Outcome("failed", f"{code} 5.1.1 no such user")
    assert second.state == "sent"


@pytest.mark.parametrize(("answer", "state"), [("452 full", "deferred"), ("554 no", "failed")])
def test_a_refused_text_is_not_in_doubt(mailer, smtp_sink, answer, state):
    smtp_sink.data_answers[TO] = answer
    first, second = hand_over(smtp_sink, letter(), letter("max@people.example"))
    assert first == Outcome(state, answer)
    assert second.state == "sent"


@pytest.mark.parametrize(
    "rest",
    [
        ("550 5.7.1 blocked", "250 reset"),
        ("250 ok", "550 5.1.8 sender domain not found", "250 reset"),
        ("250 ok", "530 5.7.0 log in first", "250 reset"),
    ],
)
def test_a_refusal_of_us_is_not_a_failure_of_the_person(mailer, rest):
    assert spoken(*HELLO, *rest).state == "refused"


@pytest.mark.parametrize(
    "rest",
    [
        (None,),
        ("421 too many",),
        ("250 ok", None),
        ("250 ok", "421 closing"),
        ("250 ok", "250 ok", None),
        ("250 ok", "250 ok", "421 closing"),
        ("250 ok", "250 ok", "wait"),
        ("250 ok", "gibberish"),
    ],
)
def test_a_connection_that_ends_before_the_text_has_handed_over_nothing(mailer, rest):
    outcome = spoken(*HELLO, *rest)
    assert (outcome.state, outcome.alive) == ("lost", False)


@pytest.mark.parametrize("end", [("<text>", "wait"), ("wait",), ("<text>", "gibberish")])
def test_a_connection_that_ends_after_the_text_was_begun_leaves_doubt(mailer, end):
    outcome = spoken(*HELLO, "250 ok", "250 ok", "354 go on", *end)
    assert (outcome.state, outcome.alive) == ("in_doubt", False)


def test_a_421_to_the_final_dot_was_not_taken_over(mailer):
    outcome = spoken(*HELLO, "250 ok", "250 ok", "354 go on", "<text>", "421 later")
    assert (outcome.state, outcome.alive, outcome.answer) == ("deferred", False, "421 later")


def test_a_server_that_does_not_listen_is_unreachable(mailer):
    with pytest.raises(Unreachable) as caught:
        delivery.connect(Relay("127.0.0.1", free_port(), "none")).__enter__()
    assert (caught.value.step, caught.value.answer) == ("connect", "Connection refused")


def test_a_silent_server_is_unreachable_after_the_time_out(mailer):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        relay = Relay("127.0.0.1", silent.getsockname()[1], "none", connect_timeout=0.2)
        with pytest.raises(Unreachable, match="connect"):
            delivery.connect(relay).__enter__()


@pytest.fixture
def tls_sink(certificate):
    sink = SmtpSink(tls=certificate.server_context(), require_tls=True, login=("us", "secret"))
    yield sink.start()
    sink.stop()


def test_a_certificate_that_nobody_trusts_stops_the_delivery(mailer, tls_sink):
    with pytest.raises(Unreachable) as caught:
        hand_over(tls_sink, letter(), security="starttls", username="us", password="secret")
    assert caught.value.step == "tls"
    assert "certificate" in caught.value.answer
    assert tls_sink.mails == []


def test_a_certificate_for_another_name_stops_the_delivery(mailer, tmp_path, monkeypatch):
    other = make_certificate(tmp_path, names=("mail.other.example",))
    monkeypatch.setenv("SSL_CERT_FILE", str(other.path))
    sink = SmtpSink(tls=other.server_context(), require_tls=True).start()
    try:
        with pytest.raises(Unreachable, match="tls"):
            hand_over(sink, letter(), security="starttls")
    finally:
        sink.stop()


def test_with_a_trusted_certificate_we_log_in_and_send(mailer, tls_sink, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.path))
    hand_over(tls_sink, letter(), security="starttls", username="us", password="secret")
    (mail,) = tls_sink.mails
    assert (mail.encrypted, mail.user) == (True, "us")


def test_a_wrong_password_is_told_as_the_login(mailer, tls_sink, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.path))
    with pytest.raises(Unreachable) as caught:
        hand_over(tls_sink, letter(), security="starttls", username="us", password="wrong")
    assert (caught.value.step, caught.value.answer[:3]) == ("login", "535")


def test_without_starttls_on_offer_nothing_is_sent_in_the_clear(mailer, smtp_sink):
    with pytest.raises(Unreachable) as caught:
        hand_over(smtp_sink, letter(), security="starttls", username="us", password="secret")
    assert caught.value.step == "tls"
    assert smtp_sink.mails == []


def test_no_password_goes_over_a_plain_connection(mailer, smtp_sink):
    with pytest.raises(Unreachable, match="unencrypted"):
        hand_over(smtp_sink, letter(), username="us", password="secret")


def test_one_letter_has_one_person(mailer, smtp_sink):
    message = letter()
    message.cc = ["max@people.example"]
    with pytest.raises(ValueError, match="too many values"):
        hand_over(smtp_sink, message)
    assert smtp_sink.mails == []


@pytest.mark.parametrize(
    "sign", ["\r\nBcc: x@x.example", "\n\nbody", "\x00", "\x0b", "\x85", "\u2028"]
)
@pytest.mark.parametrize("place", ["subject", "name", "header"])
def test_a_header_cannot_be_smuggled_in(mailer, sign, place):
    message = letter()
    if place == "subject":
        message.subject = f"Hello{sign}"
    elif place == "name":
        message.recipients = [(f"Jeanne{sign}", TO)]
    else:
        message.extra_headers = {"References": f"<a@b>{sign}"}
    try:
        raw = smtp.as_sent(message)
    except ValueError:
        return
    names = [line.split(b":")[0] for line in raw.split(b"\r\n\r\n")[0].split(b"\r\n")]
    known = {b"Content-Type", b"MIME-Version", b"Subject", b"From", b"To", b"Date"}
    known |= {b"Message-ID", b"References", b"Content-Transfer-Encoding"}
    assert {name for name in names if not name.startswith(b" ")} <= known
    assert not set(raw) & {0x00, 0x0B}
