"""Where many write at once (PostgreSQL), workers still take each letter once."""

import threading

import pytest
from fresh import fresh_app
from sending import PEOPLE

from incidents.db import db, now
from incidents.models import Entry
from notifications import post, queues
from notifications.models import Mail, Recipient
from notifications.sending import outbox


@pytest.fixture
def app(postgres, tmp_path):
    """The app on PostgreSQL, its queue there, too."""
    queue = postgres.replace("postgresql+psycopg", "postgresql")
    env = {"TOCSIN_DATABASE_URL": postgres, "TOCSIN_QUEUE": queue}
    with fresh_app(env, tmp_path) as app:
        yield app


def at_once(app, act, times):
    """Run `act` in so many workers at the same moment."""
    start = threading.Barrier(times)

    def run():
        with app.app_context():
            start.wait()
            act()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_three_workers_send_each_letter_once_and_finish_once(app, run_of, smtp_sink):
    notice = run_of(30)
    db.session.rollback()
    at_once(app, outbox.deliver, 3)
    outbox.deliver()  # whoever was last may have looked before the others were done
    assert [len(smtp_sink.to(one)) for one in PEOPLE[:30]] == [1] * 30
    db.session.expire_all()
    assert {row.state for row in db.session.query(Recipient)} == {"sent"}
    assert notice.state == "done" and notice.duty.met_at is not None
    assert db.session.query(Entry).filter_by(verb="notice.finished").count() == 1


def test_three_workers_send_each_single_mail_once(app, relay, smtp_sink):
    for one in PEOPLE[:20]:
        post.queue_mail("test", one, "A test", "Hello", now())
    db.session.commit()
    at_once(app, post.deliver, 3)
    assert sorted(mail.recipients[0] for mail in smtp_sink.mails) == PEOPLE[:20]
    assert {row.state for row in db.session.query(Mail)} == {"sent"}


def test_the_queue_can_stand_in_postgresql(app):
    setting = app.config["SETTINGS"].queue
    huey = queues.make_huey(setting, "x" * 32)
    other = queues.make_huey(setting, "x" * 32)
    try:
        heard = huey.task(name="work")(lambda what: what)
        other.task(name="work")(lambda what: what)
        heard("post.deliver")
        assert other.dequeue().args == ("post.deliver",)
    finally:
        huey.storage.close()
        other.storage.close()
