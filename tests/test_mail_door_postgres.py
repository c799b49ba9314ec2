"""Where many write at once (PostgreSQL), the mail door still keeps each mail once."""

import threading

import pytest
from conftest import ROOT
from inbox import set_up
from sqlalchemy import func, select

from app import create_app
from incidents import audit, schema, settings
from incidents.actions import reports
from incidents.db import db, now
from incidents.intake import Draft
from incidents.models import Organisation, Report
from notifications import acknowledge, incoming, mailbox, tokens
from notifications.models import Incoming, Mail
from notifications.reading.child import reader

RAW = b"From: k@customer.example\nMessage-ID: <1@customer.example>\n\nHelp, my data.\n"


@pytest.fixture
def shared(postgres, tmp_path):
    """The app on PostgreSQL, outside any context: each thread pushes its own."""
    app = create_app(settings.load(ROOT, {"TOCSIN_DATABASE_URL": postgres}, tmp_path))
    app.config.update(TESTING=True)
    with app.app_context():
        schema.bring_up_to_date(app)
        if db.session.get(Organisation, 1) is None:
            db.session.add(Organisation(id=1, name="Example Training"))
        db.session.commit()
    yield app
    with app.app_context():
        db.engine.dispose()
    reader.close()


def at_once(app, *acts):
    """Run all at the same moment; returns their answers."""
    answers, start = [], threading.Barrier(len(acts))

    def run(act):
        with app.app_context():
            start.wait()
            answers.append(act())

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == len(acts)
    return answers


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


def test_one_mail_by_many_ways_at_once_is_one_report(shared):
    acts = [lambda n=n: incoming.take(RAW, f"way:{n}", now()) for n in range(4)]
    outcomes = at_once(shared, *acts)

    kinds = sorted(outcome.kind for outcome in outcomes)
    assert kinds == ["duplicate", "duplicate", "duplicate", "report"]
    assert len({outcome.report for outcome in outcomes}) == 1
    with shared.app_context():
        assert (count(Report), count(Incoming)) == (1, 4)
        assert audit.verify().broken_at is None


def test_one_mail_fetched_by_two_workers_is_stored_once(shared):
    acts = [lambda: incoming.take(RAW, "imap:1", now())] * 4
    at_once(shared, *acts)

    with shared.app_context():
        assert (count(Report), count(Incoming)) == (1, 1)


def test_two_workers_send_one_acknowledgement_to_an_address(shared):
    with shared.app_context():
        for number in range(6):
            reports.receive(
                Draft("web", f"k{number}", b"raw", "Help", contact="v@elsewhere.example"), now()
            )
        db.session.commit()
    queued = at_once(shared, *[lambda: acknowledge.pending(now())] * 4)

    assert sum(queued) == 1
    with shared.app_context():
        assert count(Mail) == 1
        waiting = select(func.count()).where(Report.acknowledged_at.is_(None))
        assert db.session.scalar(waiting) == 0


def test_the_mailbox_is_read_into_postgres_too(shared, dovecot):
    user = dovecot.user()
    dovecot.deliver(user, RAW)
    with shared.app_context():
        set_up(dovecot, user)

        assert [mailbox.poll(), mailbox.poll()] == [1, 0]
        report = db.session.scalar(select(Report))
        assert report.story == "Help, my data."
        assert tokens.find(db.session.scalar(select(Mail.message_id))) == [("report", report.uid)]
