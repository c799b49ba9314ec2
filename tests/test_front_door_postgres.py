"""Where many write at once (PostgreSQL), the front door still keeps each sending once."""

import threading

import pytest
from conftest import ROOT, _account, _logged_in
from door import STORY, form_of
from door import send as send_form
from sqlalchemy import select

from app import create_app
from incidents import audit, schema, settings
from incidents.actions import reports
from incidents.db import db, now
from incidents.intake import Draft
from incidents.models import Entry, Report


@pytest.fixture
def shared(postgres, tmp_path):
    """The app on PostgreSQL, outside any context: each thread pushes its own."""
    app = create_app(settings.load(ROOT, {"TOCSIN_DATABASE_URL": postgres}, tmp_path))
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    with app.app_context():
        schema.bring_up_to_date(app)
    yield app
    with app.app_context():
        db.engine.dispose()


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
    return answers


def test_one_form_pressed_many_times_at_once_is_one_report(shared):
    data = form_of(shared.test_client()) | {"story": STORY}

    def send():
        return send_form(shared.test_client(), data).status_code

    assert at_once(shared, *[send] * 6) == [302] * 6
    with shared.app_context():
        assert len(db.session.scalars(select(Report)).all()) == 1


def test_different_reports_at_once_are_all_kept_in_one_chain(shared):
    forms = [form_of(shared.test_client()) | {"story": f"{STORY} {n}"} for n in range(6)]

    def send(data):
        return lambda: send_form(shared.test_client(), data).status_code

    assert at_once(shared, *map(send, forms)) == [302] * 6
    with shared.app_context():
        assert len({row.reference for row in db.session.scalars(select(Report))}) == 6
        assert audit.verify().broken_at is None


def test_of_two_people_who_press_at_the_same_moment_one_is_refused(shared):
    with shared.app_context():
        report, _ = reports.receive(Draft("web", "web:1", b"{}", STORY), now())
        db.session.commit()
        ref = report.reference
        clients = [_logged_in(shared, _account("staff", name)) for name in ("Ann", "Bob")]

    def press(client, reason):
        path, data = f"/reports/{ref}/aside", {"version": "1", "reason": reason}
        return lambda: client.post(path, data=data).status_code

    assert sorted(at_once(shared, press(clients[0], "one"), press(clients[1], "two"))) == [302, 409]
    with shared.app_context():
        verbs = db.session.scalars(select(Entry.verb).order_by(Entry.n)).all()
        assert verbs == ["report.received", "report.set_aside"]
