"""A relay that demands a login: right, wrong, lost in mid-run. Nobody fails or gets two."""

from datetime import timedelta

import pytest
from sending import PEOPLE
from servers import SmtpSink

from incidents.db import db, now
from notifications import runs
from notifications.models import Recipient, Server
from notifications.sending import outbox


class Guarded(SmtpSink):
    """Asks for a login; after `allowed` mails it wants another one and takes nothing before."""

    allowed = 10_000

    async def handle_MAIL(self, server, session, envelope, address, options):
        if len(self.mails) >= self.allowed:
            return "530 5.7.0 Authentication required"
        envelope.mail_from = address
        return "250 2.1.0 ok"


@pytest.fixture
def smtp_sink(certificate, monkeypatch):
    """In the place of the open one: the login is "us" and "secret", over TLS alone."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.path))
    sink = Guarded(tls=certificate.server_context(), require_tls=True, login=("us", "secret"))
    yield sink.start()
    sink.stop()


@pytest.fixture
def guarded(run_of, relay):
    """An approved run of so many, its server set up with this password: guarded(3, "secret")."""

    def start(count, password):
        relay.security, relay.username, relay.password = "starttls", "us", password
        db.session.commit()
        return run_of(count)

    return start


def states():
    db.session.expire_all()
    return [row.state for row in db.session.query(Recipient).order_by(Recipient.id)]


def log_in_with(password):
    """Another password in Settings, and the server asked again at once."""
    server = db.session.query(Server).one()
    server.password, server.next_try_at = password, None
    db.session.commit()


def test_with_the_right_password_all_letters_leave_by_that_login(guarded, smtp_sink):
    guarded(3, "secret")

    assert outbox.deliver().sent == 3

    assert {(mail.user, mail.encrypted) for mail in smtp_sink.mails} == {("us", True)}
    assert sorted(mail.recipients[0] for mail in smtp_sink.mails) == PEOPLE[:3]


def test_with_a_wrong_password_nobody_fails_and_all_leave_once_it_is_right(guarded, smtp_sink):
    notice = guarded(3, "wrong")

    assert outbox.deliver().total == 0

    assert states() == ["queued"] * 3 and notice.state == "sending"
    assert [row.attempts for row in db.session.query(Recipient)] == [0] * 3
    server = db.session.query(Server).one()
    assert server.failing_since is not None and server.answer.startswith("535")
    assert "secret" not in server.answer and "wrong" not in server.answer

    log_in_with("secret")
    assert outbox.deliver().sent == 3
    assert [len(smtp_sink.to(one)) for one in PEOPLE[:3]] == [1, 1, 1]
    assert notice.state == "done"


def test_a_login_lost_in_mid_run_holds_the_rest_and_nobody_gets_two(
    guarded, smtp_sink, controller_user, monkeypatch
):
    notice = guarded(12, "secret")
    db.session.query(Server).one().connections = 1
    db.session.commit()
    smtp_sink.allowed, smtp_sink.login = 4, ("us", "changed")

    first = Guarded._authenticate
    logins = []

    def authenticate(sink, server, session, envelope, mechanism, data):
        logins.append(data.password)
        if len(logins) == 1:  # the password was good when the run began
            sink.login = ("us", data.password.decode())
            found = first(sink, server, session, envelope, mechanism, data)
            sink.login = ("us", "changed")
            return found
        return first(sink, server, session, envelope, mechanism, data)

    monkeypatch.setattr(Guarded, "_authenticate", authenticate)
    smtp_sink.stop()
    smtp_sink.start()

    outbox.deliver()
    for hours in (1, 2, 3):  # and it does not run against the wall meanwhile
        monkeypatch.setattr(outbox, "now", lambda: now() + timedelta(hours=hours))  # noqa: B023
        outbox.deliver()

    assert states().count("sent") == 4 == len(smtp_sink.mails)
    assert states().count("queued") == 8
    assert len(logins) < 12

    smtp_sink.allowed = 10_000
    log_in_with("changed")
    if notice.state == "paused":
        assert notice.pause_reason == "sender"
        runs.resume(notice, controller_user, now())
        db.session.commit()
    outbox.deliver()
    assert [len(smtp_sink.to(one)) for one in PEOPLE[:12]] == [1] * 12
    assert states() == ["sent"] * 12 and notice.state == "done"
