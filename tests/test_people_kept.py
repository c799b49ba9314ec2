"""Whoever stood on a list before lists were sealed by incident still stands on it, told or not."""

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from app import create_app
from incidents import schema, settings
from incidents.db import db, now
from incidents.seal import vault
from notifications.models import Attempt, Notice, Recipient
from tests.conftest import ROOT

OLD = {"uid": "a" * 16, "address_key": "ab" * 16, "message_id": "<l-1@training.example>"}


@pytest.fixture(params=["sqlite", "postgresql"])
def before(request, tmp_path):
    """The app on a database of the revision before, with one person told of two."""
    env = {}
    if request.param == "postgresql":
        env["TOCSIN_DATABASE_URL"] = request.getfixturevalue("postgres")
    app = create_app(settings.load(ROOT, env, tmp_path / "instance"))
    with app.app_context():
        schema._prepare(app)
        upgrade(revision="0001")
        _fill()
        yield app
        db.session.remove()
        db.engine.dispose()


def _insert(table, **values):
    """One row of a table as it was; what nobody names gets a plain value."""
    columns = {
        row["name"]: row
        for row in db.inspect(db.session.connection()).get_columns(table)
        if row["name"] in values or not (row["nullable"] or row["name"] == "id")
    }
    plain = {"INTEGER": 1, "BOOLEAN": False, "BLOB": b"x", "BYTEA": b"x", "JSON": "{}"}
    for name, column in columns.items():
        kind = str(column["type"]).partition("(")[0]
        moment = kind in ("DATETIME", "TIMESTAMP")
        values.setdefault(name, now().replace(tzinfo=None) if moment else plain.get(kind, "x"))
    names, marks = ", ".join(values), ", ".join(f":{name}" for name in values)
    db.session.execute(text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), values)


def _fill():
    _insert("incident", id=1, reference="BR-1")
    _insert("notice", id=1, uid="n" * 16, incident_id=1, state="sending")
    for number, state in ((1, "sent"), (2, "queued")):
        old = {name: value[:-1] + str(number) for name, value in OLD.items()}
        old["message_id"] = f"<l-{number}@training.example>"
        where = f"recipient.{{}}.{old['uid']}"
        _insert(
            "recipient",
            **old,
            id=number,
            notice_id=1,
            state=state,
            language="fr",
            address_sealed=vault().seal(f"p{number}@example.org".encode(), where.format("address")),
            name_sealed=vault().seal("Zoé".encode(), where.format("name")),
            answer_sealed=vault().seal(b"250 ok", where.format("answer")),
        )
    _insert("attempt", id=1, recipient_id=1, outcome="sent")
    db.session.commit()
    db.session.remove()


def test_nobody_on_a_list_is_lost_when_lists_get_a_key_of_their_incident(before):
    upgrade()

    rows = db.session.query(Recipient).order_by(Recipient.id).all()
    assert [(row.address, row.name, row.state, row.language, row.answer) for row in rows] == [
        ("p1@example.org", "Zoé", "sent", "fr", "250 ok"),
        ("p2@example.org", "Zoé", "queued", "fr", "250 ok"),
    ]
    assert rows[0].address_key.hex() == "ab" * 15 + "a1"
    assert db.session.query(Attempt).one().recipient_id == 1
    assert db.session.query(Notice).one().domain == "training.example"
    new = Recipient(notice_id=1, address_key=b"k" * 16, language="fr", person_sealed=b"")
    db.session.add(new)
    db.session.commit()
    assert new.id == 3


def test_the_way_back_keeps_everybody_too(before):
    upgrade()
    db.session.remove()
    downgrade(revision="0001")

    rows = db.session.execute(text("SELECT * FROM recipient ORDER BY id")).mappings().all()
    opened = [
        vault().open(bytes(row["address_sealed"]), f"recipient.address.{row['uid']}")
        for row in rows
    ]
    assert opened == [b"p1@example.org", b"p2@example.org"]
    assert [row["state"] for row in rows] == ["sent", "queued"]
    assert db.session.execute(text("SELECT count(*) FROM attempt")).scalar() == 1
    db.session.remove()
