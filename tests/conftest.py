"""The stage for all tests: an app on a fresh database, a cast, an incident."""

import contextlib
import contextvars
import itertools
import os
import shutil
from pathlib import Path

import pytest
from flask import has_app_context
from flask.testing import FlaskClient
from servers import *  # noqa: F403 - fixtures: real servers
from sqlalchemy import event

from app import create_app
from incidents import schema, settings
from incidents.actions import cases, reports
from incidents.db import db, now
from incidents.intake import Draft
from incidents.models import Organisation, User

# For who asks: a letter to people, its run, cases with running clocks, a dossier of a run.
pytest_plugins = ["letters", "sending", "clockwork", "dossiers", "inbox"]
ROOT = Path(__file__).parent.parent
PASSWORD = "correct horse battery staple"
# argon2id of PASSWORD with the cheapest parameters: a login in the tests costs 1 ms.
PASSWORD_HASH = "$argon2id$v=19$m=8,t=1,p=1$jxS3SeMw5nd9vd/x+S/IcQ$wDmxGHtajceO8+MbXq8E/w"
_keys = itertools.count(1)


class Client(FlaskClient):
    """A browser without script. Ends the test's own transaction first: SQLite has one writer.

    Each request runs in a context of its own, as on a server: nothing of the test's leaks in.
    """

    def open(self, *args, **kwargs):
        if has_app_context():  # not in the second step of a redirect that is followed
            db.session.rollback()
        return contextvars.Context().run(super().open, *args, **kwargs)


@pytest.fixture(scope="session")
def blank(tmp_path_factory):
    """A migrated, empty instance folder, made once and copied for each test."""
    folder = tmp_path_factory.mktemp("blank")
    app = create_app(settings.load(ROOT, {}, folder))
    with app.app_context():
        schema.bring_up_to_date(app)
        db.engine.dispose()
    return folder


@pytest.fixture
def instance(blank, tmp_path):
    """An instance folder of this test's own."""
    return Path(shutil.copytree(blank, tmp_path / "instance"))


@pytest.fixture
def app(instance):
    """The app on a fresh SQLite database, its context pushed, the organisation set up."""
    env = {key: value for key, value in os.environ.items() if not key.startswith("TOCSIN_")}
    app = create_app(settings.load(ROOT, env, instance))
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    app.test_client_class = Client
    with app.app_context():
        db.session.add(
            Organisation(
                id=1,
                name="Example Training",
                controller="Ada Exemplar",
                contact="privacy@training.example",
                set_up=True,
            )
        )
        db.session.commit()
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(app):
    """A stranger's browser."""
    return app.test_client()


@pytest.fixture
def run(app):
    """Run a `flask` command: run("audit", "verify")."""
    runner = app.test_cli_runner()

    def command(*args, input=None):
        db.session.rollback()
        return runner.invoke(args=[str(arg) for arg in args], input=input)

    return command


def _account(role, name):
    user = User(
        email=f"{name.lower()}@training.example",
        name=name,
        role=role,
        password=PASSWORD_HASH,
        active=True,
        fs_uniquifier=f"{role}-{name}".ljust(32, "x"),
        created_at=now(),
    )
    db.session.add(user)
    db.session.commit()
    return user


@pytest.fixture
def staff_user(app):
    return _account("staff", "Sam")


@pytest.fixture
def controller_user(app):
    return _account("controller", "Cleo")


FAR = 4_000_000_000  # seconds: a session that no test outlives


def _logged_in(app, user):
    client = app.test_client()
    identity = user.fs_uniquifier
    with client.session_transaction() as session:
        session.update(_user_id=identity, _fresh=True, fs_cc="set", fs_paa=now().timestamp())
        session.update(began=FAR, seen=FAR)  # tests move the clock by days
    return client


@pytest.fixture
def staff(app, staff_user):
    """The browser of somebody with the role staff."""
    return _logged_in(app, staff_user)


@pytest.fixture
def controller(app, controller_user):
    """The browser of the controller."""
    return _logged_in(app, controller_user)


@pytest.fixture
def make_report(app):
    """Make a report as if a customer had sent it: make_report(story=..., contact=...)."""

    def make(**words):
        words = {"source": "web", "key": f"test:{next(_keys)}", "raw": b"raw"} | words
        words.setdefault("story", "I saw other people's invoices in my account.")
        report, _ = reports.receive(Draft(**words), now())
        db.session.commit()
        return report

    return make


@pytest.fixture
def report(make_report):
    return make_report(contact="karim@customer.example")


@pytest.fixture
def incident(report, staff_user):
    """An incident in detection, opened from a report."""
    incident = cases.open_incident("Invoices of others shown", staff_user, now(), report=report)
    db.session.commit()
    return incident


@pytest.fixture
def count_queries(app):
    """`with count_queries() as seen: ...; seen.n`: how many statements the database was asked;
    `seen.said`: which."""

    class Seen:
        def __init__(self):
            self.n, self.said = 0, []

    @contextlib.contextmanager
    def counting():
        seen = Seen()

        def note(_connection, _cursor, statement, *_rest):
            seen.n += 1
            seen.said.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(db.engine, "before_cursor_execute", note)

    return counting
