"""SQLite and PostgreSQL: the same migrations, the same promises."""

import re
import threading

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade
from sqlalchemy import func, inspect, select, text

from app import create_app
from incidents import audit, schema, settings
from incidents.actions import cases, people, reports
from incidents.db import db, now
from incidents.intake import Draft
from incidents.models import Entry, Report
from tests.conftest import ROOT


@pytest.fixture(params=["sqlite", "postgresql"])
def engine_app(request, tmp_path):
    """The app on an empty database of each kind, migrated."""
    env = {}
    if request.param == "postgresql":
        env["TOCSIN_DATABASE_URL"] = request.getfixturevalue("postgres")
    app = create_app(settings.load(ROOT, env, tmp_path / "instance"))
    with app.app_context():
        schema.bring_up_to_date(app)
        yield app
        db.session.remove()
        db.engine.dispose()


def test_the_migrations_make_exactly_the_models(engine_app):
    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": False, "render_as_batch": True}
        )
        assert compare_metadata(context, db.metadata) == []


def test_indexes_of_few_rows_have_the_condition_that_the_models_say(engine_app):
    wanted = {
        index.name: index.info["where"]
        for table in db.metadata.tables.values()
        for index in table.indexes
        if "where" in index.info
    }
    queries = {
        "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'index'",
        "postgresql": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    }
    rows = db.session.execute(text(queries[db.engine.dialect.name])).all()
    made = {name: sql.partition(" WHERE ")[2] for name, sql in rows if sql and " WHERE " in sql}

    def bare(condition):
        """PostgreSQL adds brackets and types."""
        return re.sub(r"[()]|::\w+(?: varying)?", "", condition)

    assert len(wanted) >= 6
    assert {name: bare(sql) for name, sql in made.items() if name in wanted} == wanted


def test_a_database_of_the_newest_shape_is_left_alone(engine_app):
    assert schema.current() == schema.newest()

    schema.bring_up_to_date(engine_app)

    assert schema.current() == schema.newest()


def test_the_migrations_go_back_to_nothing(engine_app):
    db.session.remove()
    downgrade(revision="base")

    assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}


def test_a_report_becomes_an_incident(engine_app):
    token = people.set_up_token(now())
    user = people.accept(token, "Ada", "ada@training.example", "four quiet words tonight", now())
    report, _ = reports.receive(
        Draft(
            "web", "web:1", b"raw \x00 bytes", "Story with “signs” and ünï", contact="a@b.example"
        ),
        now(),
    )
    incident = cases.open_incident("A title", user, now(), report=report)
    db.session.commit()
    db.session.expire_all()

    assert report.story == "Story with “signs” and ünï"
    assert report.raw.content == b"raw \x00 bytes"
    assert incident.opened_at.tzinfo is not None
    assert audit.verify() == audit.Verdict(rows=db.session.scalar(select(func.count(Entry.n))))


def test_many_at_once_get_numbers_of_their_own_and_one_whole_chain(engine_app):
    def send(n):
        with engine_app.app_context():
            reports.receive(Draft("web", f"web:{n}", b"raw", f"story {n}"), now())
            db.session.commit()

    db.session.remove()
    # The first row of counter and chain is made once, before the rush.
    send(0)
    threads = [threading.Thread(target=send, args=(n,)) for n in range(1, 17)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    references = db.session.scalars(select(Report.reference)).all()
    assert len(references) == len(set(references)) == 17
    assert audit.verify().broken_at is None


def test_the_same_sending_twice_at_once_is_one_report(engine_app):
    db.session.remove()
    failures = []

    def send():
        with engine_app.app_context():
            try:
                reports.receive(Draft("web", "web:same", b"raw", "story"), now())
                db.session.commit()
            except Exception as error:  # the loser may be refused; it must not double
                failures.append(error)

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert db.session.scalar(select(func.count(Report.id))) == 1
    assert audit.verify().broken_at is None
