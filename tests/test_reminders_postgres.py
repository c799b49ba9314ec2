"""Several workers remind at the same moment, and each reminder still goes once."""

import threading

import pytest
from clockwork import HOUR, MONDAY
from fresh import fresh_app
from sqlalchemy import func, select

from incidents import audit
from incidents.db import db
from incidents.models import Entry
from notifications import reminders
from notifications.models import Mail, Reminder


@pytest.fixture(params=["sqlite", "postgresql"])
def app(request, tmp_path):
    """The app on each kind of database."""
    env = {}
    if request.param == "postgresql":
        env["TOCSIN_DATABASE_URL"] = request.getfixturevalue("postgres")
    with fresh_app(env, tmp_path / "instance") as app:
        yield app


def test_three_workers_at_once_remind_each_person_once(app, case, clock):
    for _ in range(3):
        case(aware=MONDAY)
    clock.move_to(MONDAY + 50 * HOUR)
    db.session.rollback()
    start, queued = threading.Barrier(3), []

    def work():
        with app.app_context():
            start.wait()
            queued.append(reminders.remind())
            db.session.remove()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(queued) == 3 * (1 + 2)  # half time to the owner, 24 h before to two
    for table in (Mail, Reminder):
        assert db.session.scalar(select(func.count()).select_from(table)) == 9
    told = select(func.count()).where(Entry.verb.like("reminder.sent%"))
    assert db.session.scalar(told) == 6
    assert audit.verify().broken_at is None
