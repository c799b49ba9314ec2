"""The settings of mail: a test shows what the server really answers; no secret comes back."""

import time
from datetime import timedelta

import pytest
from servers import SmtpSink, free_port

from incidents import pages
from incidents.db import db, now
from incidents.models import Blob, Entry
from notifications import health, probes, servers
from notifications.models import Incoming, Server, Worker

PASSWORD = "a quiet word"


def outgoing(sink, **more):
    words = {"host": "127.0.0.1", "port": sink.port, "security": "none", "version": "0"}
    return words | {"sender": "privacy@training.example"} | more


def incoming(dovecot, user, **more):
    words = {"host": "localhost", "port": dovecot.tls_port, "security": "tls", "version": "0"}
    return words | {"username": user, "password": dovecot.password, "folder": "INBOX"} | more


def row(direction="out"):
    db.session.expire_all()
    return servers.row(direction)


def test_the_test_shows_each_step_in_the_servers_own_words(controller, smtp_sink):
    page = controller.post("/settings/mail/outgoing", data=outgoing(smtp_sink, test="1"))
    assert page.status_code == 200
    for words in ("It works", "220 ", "May we send from this address?", "250 2.1.5 ok"):
        assert words in page.text
    assert smtp_sink.mails == []
    assert row().ok_at is not None


def test_a_refusal_is_shown_and_the_settings_are_kept(controller, smtp_sink):
    smtp_sink.answers["privacy@training.example"] = "550 5.1.1 nobody of that name"
    page = controller.post("/settings/mail/outgoing", data=outgoing(smtp_sink, test="1"))
    assert "It does not work yet" in page.text
    assert "550 5.1.1 nobody of that name" in page.text
    assert (row().host, row().port) == ("127.0.0.1", smtp_sink.port)
    assert row().failing_since is not None


def test_a_server_that_does_not_listen_is_named_as_that(controller, smtp_sink):
    data = outgoing(smtp_sink, port=free_port(), test="1")
    page = controller.post("/settings/mail/outgoing", data=data)
    assert "Connection refused" in page.text
    assert "No mail server answered under this name and port." in page.text


def test_a_test_ends_in_time_whatever_the_server_does(app, monkeypatch, smtp_sink):
    monkeypatch.setattr(probes, "SECONDS", 0.3)
    monkeypatch.setattr(probes, "_smtp", lambda values, steps: time.sleep(1))
    (step,) = servers.test_outgoing(outgoing(smtp_sink))
    assert (step.what, step.ok) == ("connect", False)


def test_an_untrusted_certificate_is_told(app, certificate):
    sink = SmtpSink(tls=certificate.server_context(), require_tls=True).start()
    try:
        steps = servers.test_outgoing(outgoing(sink, security="starttls", host="localhost"))
    finally:
        sink.stop()
    assert [(step.what, step.ok) for step in steps] == [("connect", True), ("tls", False)]
    assert "certificate" in steps[-1].answer


def test_a_trusted_certificate_is_named_and_a_wrong_password_told(app, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.path))
    sink = SmtpSink(tls=certificate.server_context(), require_tls=True, login=("us", PASSWORD))
    sink.start()
    words = outgoing(sink, security="starttls", host="localhost", username="us")
    try:
        good = servers.test_outgoing(words | {"password": PASSWORD})
        bad = servers.test_outgoing(words | {"password": "wrong"})
    finally:
        sink.stop()
    assert [step.what for step in good] == ["connect", "tls", "login", "sender", "recipient"]
    assert all(step.ok for step in good) and "localhost" in good[1].answer
    assert (bad[-1].what, bad[-1].ok, bad[-1].answer[:3]) == ("login", False, "535")


def test_the_mailbox_is_tried_as_far_as_its_folder(controller, dovecot, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(dovecot.certificate.path))
    user = dovecot.user()
    dovecot.deliver(user, b"Subject: one\r\n\r\ntext\r\n")
    page = controller.post("/settings/mail/incoming", data=incoming(dovecot, user, test="1"))
    assert "It works" in page.text and "INBOX: 1" in page.text
    assert dovecot.password not in page.text
    assert row("in").password == dovecot.password


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ({"password": "wrong"}, "login"),
        ({"folder": "Inbxo"}, "folder"),
        ({"host": "127.0.0.1", "security": "starttls"}, "tls"),
    ],
)
def test_what_is_wrong_with_a_mailbox_is_told_by_its_step(app, dovecot, words, what, monkeypatch):
    if what != "tls":
        monkeypatch.setenv("SSL_CERT_FILE", str(dovecot.certificate.path))
    else:
        words = words | {"port": dovecot.port}
    steps = servers.test_incoming(incoming(dovecot, dovecot.user()) | words)
    assert (steps[-1].what, steps[-1].ok) == (what, False)
    assert all(step.ok for step in steps[:-1])


def test_a_password_is_kept_sealed_and_never_shown(controller, smtp_sink, instance):
    data = outgoing(smtp_sink, security="tls", username="us", password=PASSWORD)
    controller.post("/settings/mail/outgoing", data=data)
    assert row().password == PASSWORD
    assert PASSWORD not in controller.get("/settings/mail/outgoing").text
    stored = b"".join(file.read_bytes() for file in instance.glob("tocsin.db*"))
    assert PASSWORD.encode() not in stored
    (entry,) = db.session.query(Entry).filter_by(verb="server.changed").all()
    assert PASSWORD not in str(entry.detail) and entry.detail["password_changed"]


def test_an_empty_password_keeps_the_one_there_is(controller, smtp_sink):
    data = outgoing(smtp_sink, security="tls", username="us", password=PASSWORD)
    controller.post("/settings/mail/outgoing", data=data)
    controller.post("/settings/mail/outgoing", data=data | {"password": "", "version": "1"})
    assert row().password == PASSWORD


def test_a_kept_password_does_not_go_to_another_server(controller, smtp_sink):
    data = outgoing(smtp_sink, security="tls", username="us", password=PASSWORD)
    controller.post("/settings/mail/outgoing", data=data)
    moved = data | {"password": "", "host": "mail.elsewhere.example", "version": "1"}
    page = controller.post("/settings/mail/outgoing", data=moved)
    assert page.status_code == 409 and "Type the password for it" in page.text
    assert "mail.elsewhere.example" in page.text
    assert row().host == "127.0.0.1"


@pytest.mark.parametrize("security", ["tls", "none"])
def test_a_server_is_taken_away_by_an_empty_name_and_its_password_with_it(
    controller, smtp_sink, security
):
    data = outgoing(smtp_sink, security="tls", username="us", password=PASSWORD)
    controller.post("/settings/mail/outgoing", data=data)
    away = {"password": "", "host": "", "version": "1", "security": security}
    assert controller.post("/settings/mail/outgoing", data=data | away).status_code == 302
    assert row().host == "" and row().password is None


def test_a_password_over_a_plain_connection_is_refused(controller, smtp_sink):
    data = outgoing(smtp_sink, host="mail.training.example", username="us", password=PASSWORD)
    page = controller.post("/settings/mail/outgoing", data=data)
    assert page.status_code == 422 and "never sent unencrypted" in page.text
    assert row() is None


def test_an_older_edit_is_refused_and_shown_beside_the_newer(controller, smtp_sink):
    data = outgoing(smtp_sink)
    controller.post("/settings/mail/outgoing", data=data)
    page = controller.post("/settings/mail/outgoing", data=data | {"host": "other.example"})
    assert page.status_code == 409
    assert "other.example" in page.text and "127.0.0.1" in page.text
    assert row().host == "127.0.0.1"


def test_how_a_server_behaves_makes_no_open_form_stale(controller, smtp_sink):
    data = outgoing(smtp_sink)
    controller.post("/settings/mail/outgoing", data=data)
    servers.answered("out", False, "Connection refused", now())
    db.session.commit()
    page = controller.post("/settings/mail/outgoing", data=data | {"version": "1"})
    assert page.status_code == 302


@pytest.mark.parametrize("path", ["/settings/mail/outgoing", "/settings/mail/incoming"])
def test_only_the_controller_sees_the_settings(client, staff, controller, path):
    assert client.get(path).status_code == 302
    assert staff.get(path).status_code == 403
    assert controller.get(path).status_code == 200


def test_within_the_set_up_each_page_leads_to_the_next(controller, smtp_sink):
    page = controller.post("/settings/mail/outgoing?setup=1", data=outgoing(smtp_sink))
    assert page.location == "/settings/mail/incoming?setup=1"
    page = controller.post(
        "/settings/mail/outgoing?setup=1", data=outgoing(smtp_sink, version=1, test=1)
    )
    assert "Step 4 of 6" in page.text and "/settings/mail/incoming?setup=1" in page.text


def beat(**ago):
    at = now() - timedelta(**ago)
    db.session.add(Worker(name="a", started_at=at, seen_at=at))
    db.session.commit()


def test_a_worker_that_is_gone_for_five_minutes_is_told_on_every_page(staff):
    beat(minutes=4)
    assert "background worker" not in staff.get("/incidents").text
    db.session.query(Worker).delete()
    beat(minutes=6)
    assert "The background worker was last seen" in staff.get("/incidents").text


def test_mail_that_does_not_leave_is_told_with_the_servers_words(staff, smtp_sink, client):
    beat(minutes=0)
    db.session.add(Server(direction="out", host="127.0.0.1", port=smtp_sink.port))
    db.session.flush()
    servers.answered("out", False, "554 go away", now())
    db.session.commit()
    assert "Mail does not leave since" in staff.get("/incidents").text
    assert "554 go away" in staff.get("/incidents").text
    assert "554 go away" not in client.get("/").text


def test_a_mail_that_was_not_understood_is_told(app, staff):
    beat(minutes=0)
    blob = Blob(content=b"x", size=1, sha256="0" * 64)
    db.session.add(blob)
    db.session.flush()
    held = Incoming(key="pipe:1", at=now(), state="quarantined", sha256="0" * 64, blob_id=blob.id)
    db.session.add(held)
    db.session.commit()
    assert "could not be understood" in staff.get("/incidents").text


def test_the_banner_costs_few_questions(app, count_queries):
    beat(minutes=0)
    with app.test_request_context():
        pages.organisation()  # every page asks for it
        with count_queries() as seen:
            health.problems()
    assert seen.n <= 3
