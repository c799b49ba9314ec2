"""A dossier of a long list: stored piece by piece while it is made, on either database."""

import hashlib
import json
import sys
import zipfile

import pytest
from dossiers import verify
from fresh import fresh_app
from sending import PEOPLE

from incidents.db import db, now
from notifications import proof
from notifications.channels import made
from notifications.models import MadePart, Recipient
from notifications.proof import members
from notifications.sending import outbox


@pytest.fixture(params=["sqlite", "postgresql"])
def app(request, tmp_path):
    env = {}
    if request.param == "postgresql":
        env["TOCSIN_DATABASE_URL"] = request.getfixturevalue("postgres")
    with fresh_app(env, tmp_path) as app:
        yield app


def test_a_dossier_is_stored_in_many_pieces_while_the_list_is_read(
    app, run_of, smtp_sink, controller_user, tmp_path, monkeypatch
):
    smtp_sink.answers[PEOPLE[7]] = "550 5.1.1 unknown"
    notice = run_of(40)
    outbox.deliver()
    # As with a list so long that neither it nor what is made of it is ever whole in memory.
    monkeypatch.setattr(made, "PIECE", 500)
    monkeypatch.setattr(members, "BATCH", 3)
    monkeypatch.setattr(sys.modules["notifications.notices.fingerprint"], "BATCH", 3)
    file = proof.ask(notice, False, (), controller_user, now())
    db.session.commit()

    assert made.make() == 1

    db.session.refresh(file)
    assert file.state == "ready"
    assert db.session.query(MadePart).count() > 40
    path = tmp_path / "dossier.zip"
    path.write_bytes(b"".join(made.read(file)))
    assert verify.verify(str(path)).changed == []
    with zipfile.ZipFile(path) as archive:
        lines = [json.loads(line) for line in archive.read("people.jsonl").splitlines()]
    assert [line["id"] for line in lines] == [row.id for row in rows()]
    assert [line["state"] for line in lines].count("failed") == 1


def test_the_hash_of_a_letter_in_a_dossier_is_that_of_the_letter_that_arrived(
    app, run_of, smtp_sink, controller_user
):
    notice = run_of(3)
    outbox.deliver()
    arrived = {mail.recipients[0]: hashlib.sha256(mail.raw) for mail in smtp_sink.mails}
    told = {row["address"]: row for row in members.people(notice, True, lambda done: None)}
    assert {address: row["letter"] for address, row in told.items()} == {
        address: sha256.hexdigest() for address, sha256 in arrived.items()
    }
    assert [row["message_id"] for row in told.values()] == [row.message_id for row in rows()]


def rows():
    return db.session.query(Recipient).order_by(Recipient.id).all()
