"""A single mail leaves once, is tried again while the server is away, and is not kept after."""

from datetime import timedelta

import pytest

from incidents.db import db, now
from notifications import post
from notifications.models import Mail

TO = "karim@customer.example"


@pytest.fixture
def mail(app):
    row = post.queue_mail("test", TO, "A test", "Hello\n", now(), headers={"X-Kind": "one\ntwo"})
    db.session.commit()
    return row


def deliver():
    db.session.rollback()
    return post.deliver()


def later(monkeypatch, **span):
    moment = now() + timedelta(**span)
    monkeypatch.setattr(post, "now", lambda: moment)


def test_a_mail_leaves_once_and_its_words_are_not_kept(relay, mail, smtp_sink):
    assert (deliver(), deliver()) == ((1, 0), (0, 0))
    (got,) = smtp_sink.mails
    assert got.recipients == (TO,)
    assert got.message["Message-ID"] == mail.message_id
    assert str(got.message["From"]) == "Example Training <privacy@training.example>"
    assert got.message["X-Kind"] == "one two"
    assert got.message.get_content() == "Hello\r\n"
    assert (mail.state, mail.content, mail.answer) == ("sent", None, "250 2.0.0 kept")


def test_a_mail_waits_while_no_server_is_set_up(mail):
    assert deliver() == (0, 0)
    assert (mail.state, mail.attempts) == ("queued", 0)


def test_a_server_that_is_away_costs_the_mail_nothing(relay, mail, smtp_sink, monkeypatch):
    smtp_sink.stop()
    deliver()
    assert (mail.state, mail.attempts) == ("queued", 0)
    assert (relay.failures, relay.answer) == (1, "Connection refused")
    assert relay.failing_since and relay.next_try_at > relay.failing_since

    smtp_sink.start()
    assert deliver() == (0, 0)  # it is not asked again at once
    later(monkeypatch, minutes=2)
    assert deliver() == (1, 0)
    db.session.refresh(relay)
    assert (relay.failing_since, relay.failures) == (None, 0)


def test_a_deferred_mail_comes_back_after_a_minute(relay, mail, smtp_sink, monkeypatch):
    smtp_sink.answers[TO] = "450 4.2.1 later"
    deliver()
    assert (mail.state, mail.attempts) == ("queued", 1)
    del smtp_sink.answers[TO]
    assert deliver() == (0, 0)
    later(monkeypatch, minutes=2)
    assert deliver() == (1, 0)


def test_a_mail_is_given_up_after_five_days(relay, mail, smtp_sink, monkeypatch):
    smtp_sink.answers[TO] = "450 4.2.1 later"
    mail.attempts = 33
    db.session.commit()
    assert deliver() == (0, 1)
    assert (mail.state, mail.content) == ("failed", None)


def test_a_refused_person_does_not_hold_up_the_next_mail(relay, mail, smtp_sink):
    smtp_sink.answers[TO] = "550 5.1.1 no such user"
    other = post.queue_mail("test", "max@people.example", "A test", "Hello", now())
    db.session.commit()
    assert deliver() == (1, 1)
    assert (mail.state, mail.answer) == ("failed", "550 5.1.1 no such user")
    assert other.state == "sent"


def test_what_a_dead_worker_held_is_sent_once_more_with_the_same_id(
    relay, mail, smtp_sink, monkeypatch
):
    ready = post.claim(now(), relay.sender)
    db.session.commit()
    assert ready is not None and deliver() == (0, 0)
    later(monkeypatch, minutes=16)
    deliver()
    assert (mail.state, mail.doubts) == ("queued", 1)
    later(monkeypatch, minutes=20)
    deliver()
    assert [got.message["Message-ID"] for got in smtp_sink.mails] == [mail.message_id]


def test_two_workers_do_not_take_the_same_mail(relay, mail):
    first, second = post.claim(now(), "a@b.example"), post.claim(now(), "a@b.example")
    assert first is not None and second is None


def test_a_link_for_an_account_is_queued_and_stored_with_the_request(app, client, staff_user):
    client.post("/reset", data={"email": staff_user.email})
    (row,) = db.session.query(Mail).all()
    assert (row.kind, row.to) == ("account", staff_user.email)
    assert "/reset/" in row.content["text"]


def test_the_words_of_a_mail_are_not_readable_in_the_database(app, mail, instance):
    db.session.commit()
    stored = b"".join(file.read_bytes() for file in instance.glob("tocsin.db*"))
    assert TO.encode() not in stored and b"A test" not in stored
