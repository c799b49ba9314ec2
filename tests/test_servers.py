"""The servers that the tests lean on are real, and do what their fixtures promise."""

import imaplib
import smtplib
import ssl
from email.message import EmailMessage

import psycopg
import pytest
from flask import Flask
from imap_tools import MailBoxUnencrypted
from servers import Dovecot, SmtpSink, make_certificate, need
from sqlalchemy import create_engine, text


def letter(to: str = "ann@example.org") -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "desk@example.org", to, "A lost laptop"
    mail.set_content("It was left on a train.")
    return mail


def test_a_delivered_mail_is_read_by_imap(dovecot):
    user = dovecot.user()
    dovecot.deliver(user, letter().as_bytes())

    with MailBoxUnencrypted(dovecot.host, dovecot.port).login(user, dovecot.password) as box:
        assert [mail.subject for mail in box.fetch()] == ["A lost laptop"]


def test_a_wrong_password_is_refused(dovecot):
    client = imaplib.IMAP4(dovecot.host, dovecot.port)
    with pytest.raises(imaplib.IMAP4.error):
        client.login(dovecot.user(), "wrong")
    client.logout()


def test_a_waiting_client_is_woken_by_a_new_mail(dovecot):
    user = dovecot.user()
    with MailBoxUnencrypted(dovecot.host, dovecot.port).login(user, dovecot.password) as box:
        with box.idle as idle:
            dovecot.deliver(user, letter().as_bytes())
            said = b""
            while b"EXISTS" not in said:  # the server also says "Still here" when it likes
                said = b"".join(idle.poll(timeout=30))
                assert said, "not woken"
        assert len(list(box.fetch())) == 1


def test_a_mail_by_lmtp_carries_its_return_path(dovecot):
    user = dovecot.user()
    dovecot.send("bounce+7@example.org", f"{user}+tag@example.org", letter().as_bytes())

    [raw] = dovecot.mails(user)
    assert b"Return-Path: <bounce+7@example.org>" in raw


def test_imaps_is_refused_until_its_certificate_is_trusted(dovecot):
    with pytest.raises(ssl.SSLCertVerificationError):
        imaplib.IMAP4_SSL(dovecot.host, dovecot.tls_port, ssl_context=ssl.create_default_context())
    trusting = dovecot.certificate.client_context()
    client = imaplib.IMAP4_SSL(dovecot.host, dovecot.tls_port, ssl_context=trusting)
    assert client.login(dovecot.user(), dovecot.password)[0] == "OK"
    client.logout()


def test_the_mail_server_can_go_away_and_come_back(certificate):
    server = Dovecot(need("dovecot", "dovecot-imapd"), certificate)
    try:
        user = server.user()
        server.deliver(user, letter().as_bytes())
        server.stop()
        with pytest.raises(ConnectionRefusedError):
            imaplib.IMAP4(server.host, server.port)
        server.start()
        with MailBoxUnencrypted(server.host, server.port).login(user, server.password) as box:
            assert len(list(box.fetch())) == 1
    finally:
        server.remove()
    assert not server.folder.exists()


def test_the_sink_keeps_the_envelope_and_the_bytes(smtp_sink):
    with smtplib.SMTP(smtp_sink.host, smtp_sink.port) as client:
        client.send_message(letter(), "bounce+1@example.org", ["ann@example.org"])

    [mail] = smtp_sink.wait_for(1)
    assert (mail.sender, mail.recipients) == ("bounce+1@example.org", ("ann@example.org",))
    assert mail.message["Subject"] == "A lost laptop"
    assert mail.raw.count(b"\r\n") == mail.raw.count(b"\n")


def test_the_sink_answers_as_it_is_told(smtp_sink):
    smtp_sink.answers["gone@example.org"] = "550 5.1.1 no such user"
    smtp_sink.data_answers["later@example.org"] = "451 4.2.0 later"
    with smtplib.SMTP(smtp_sink.host, smtp_sink.port) as client:
        with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
            client.send_message(letter(), "a@example.org", ["gone@example.org"])
        with pytest.raises(smtplib.SMTPDataError) as deferred:
            client.send_message(letter(), "a@example.org", ["later@example.org"])

    assert refused.value.recipients == {"gone@example.org": (550, b"5.1.1 no such user")}
    assert deferred.value.smtp_code == 451
    assert smtp_sink.mails == []


def test_the_sink_can_be_stopped_and_started(smtp_sink):
    smtp_sink.stop()
    with pytest.raises(ConnectionRefusedError):
        smtplib.SMTP(smtp_sink.host, smtp_sink.port)
    smtp_sink.start()
    with smtplib.SMTP(smtp_sink.host, smtp_sink.port) as client:
        assert client.noop()[0] == 250


def test_a_sink_with_tls_takes_no_mail_and_no_password_in_the_clear(certificate):
    sink = SmtpSink(tls=certificate.server_context(), require_tls=True, login=("desk", "secret"))
    sink.start()
    try:
        with smtplib.SMTP(sink.host, sink.port) as client:
            with pytest.raises(smtplib.SMTPException):
                client.login("desk", "secret")
            client.starttls(context=certificate.client_context())
            with pytest.raises(smtplib.SMTPAuthenticationError):
                client.login("desk", "wrong")
            client.login("desk", "secret")
            client.send_message(letter())
        [mail] = sink.mails
        assert (mail.encrypted, mail.user) == (True, "desk")
    finally:
        sink.stop()


def test_an_expired_certificate_is_refused(tmp_path):
    expired = make_certificate(tmp_path, days=0)
    sink = SmtpSink(tls=expired.server_context())
    sink.start()
    try:
        with (
            smtplib.SMTP(sink.host, sink.port) as client,
            pytest.raises(ssl.SSLCertVerificationError),
        ):
            client.starttls(context=expired.client_context())
    finally:
        sink.stop()


def test_each_test_gets_an_empty_postgresql_database(postgres, postgres_server):
    engine = create_engine(postgres)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE seen (word text)"))
        connection.execute(text("INSERT INTO seen VALUES ('né')"))
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT word FROM seen")) == "né"
    other = postgres_server.create()
    with psycopg.connect(
        host=str(postgres_server.folder), user="postgres", dbname=other
    ) as connection:
        assert connection.execute("SELECT to_regclass('seen')").fetchone() == (None,)
    postgres_server.drop(other)
    engine.dispose()


def page_that_says(body: str) -> Flask:
    app = Flask(__name__)

    @app.get("/")
    def first() -> tuple[str, dict[str, str]]:
        return body, {"Content-Security-Policy": "default-src 'none'; img-src data:"}

    @app.get("/favicon.ico")
    def icon() -> tuple[str, int]:
        return "", 204

    return app


def test_the_browser_sees_the_application(live, page):
    page.goto(live(page_that_says("<h1>One report</h1>")))

    assert page.get_by_role("heading").inner_text() == "One report"


def test_the_browser_complains_of_inline_style(live, page, complaints):
    page.goto(live(page_that_says("<h1 style='color: red'>One report</h1>")))

    assert "Content Security Policy" in complaints[0]
    complaints.clear()
