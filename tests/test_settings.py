"""A wrong or missing setting stops the start with its name and what to do."""

import os
import secrets
import stat
import subprocess
import sys

import pytest
from sqlalchemy import select

from app import serve
from incidents import settings
from incidents.db import db
from incidents.models import Entry
from tests.conftest import ROOT


def load(tmp_path, **env):
    return settings.load(ROOT, env, tmp_path / "instance")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TOCSIN_URL", "incidents.example.org"),
        ("TOCSIN_DATABASE_URL", "mysql://root:secretword@host/db"),
        ("TOCSIN_PORT", "eighty"),
        ("TOCSIN_PORT", "70000"),
        ("TOCSIN_PROXY_HOPS", "-1"),
        ("TOCSIN_FILE_LIMIT_MB", "0"),
        ("TOCSIN_WORKER", "maybe"),
        ("TOCSIN_SECRET_KEY", "secretword"),
    ],
)
def test_a_wrong_setting_is_named_and_its_value_never_shown(tmp_path, name, value):
    with pytest.raises(settings.BadSetting) as stop:
        load(tmp_path, **{name: value})

    assert name in str(stop.value)
    assert "secretword" not in str(stop.value)


def test_the_secrets_are_made_once_and_for_their_owner_only(tmp_path):
    first, second = load(tmp_path), load(tmp_path)

    assert first.secret_key == second.secret_key
    assert first.data_keys == second.data_keys
    for name in ("secret.key", "data.key"):
        assert stat.S_IMODE((tmp_path / "instance" / name).stat().st_mode) == 0o600


def test_a_damaged_key_file_stops_the_start(tmp_path):
    load(tmp_path)
    (tmp_path / "instance" / "data.key").write_text("1 abcdef\n")

    with pytest.raises(settings.BadSetting, match=r"data\.key is damaged"):
        load(tmp_path)


def test_a_lost_key_is_asked_for_and_never_replaced(instance):
    (instance / "data.key").unlink()

    with pytest.raises(settings.BadSetting, match=r"data\.key is missing"):
        settings.load(ROOT, {}, instance)
    assert not (instance / "data.key").exists()


def test_another_key_stops_the_start(app, report, instance):
    number = len(db.session.scalars(select(Entry)).all())
    db.session.rollback()
    (instance / "data.key").write_text(f"1 {secrets.token_hex()}\n")

    with pytest.raises(settings.BadSetting, match=r"data\.key is not the key"):
        serve(settings.load(ROOT, {}, instance))
    assert len(db.session.scalars(select(Entry)).all()) == number


def test_an_older_key_still_opens_what_it_sealed(tmp_path):
    from incidents.seal import Vault

    (_, key), *_ = load(tmp_path).data_keys
    old = Vault(((1, key),)).seal(b"word", "place")
    new = Vault(((1, key), (2, b"x" * 32)))

    assert new.open(old, "place") == b"word"
    assert new.seal(b"word", "place")[0] == 2


def test_lines_in_the_file_are_read_and_the_environment_is_stronger(tmp_path):
    load(tmp_path)
    (tmp_path / "instance" / "tocsin.env").write_text("TOCSIN_PORT=5001\nTOCSIN_HOST=0.0.0.0\n")

    loaded = load(tmp_path, TOCSIN_PORT="5002")

    assert (loaded.port, loaded.host) == (5002, "0.0.0.0")


def test_a_foreign_host_name_is_refused(client):
    assert client.get("/login", headers={"Host": "evil.example"}).status_code == 400


def test_a_database_that_does_not_answer_stops_the_start_without_its_password(tmp_path):
    env = {**os.environ, "TOCSIN_INSTANCE": str(tmp_path / "instance")}
    env["TOCSIN_DATABASE_URL"] = "postgresql://u:secretword@127.0.0.1:1/x"

    start = subprocess.run(
        [sys.executable, "app.py"], cwd=ROOT, env=env, capture_output=True, text=True, timeout=120
    )

    assert start.returncode == 1
    assert start.stderr.startswith("TOCSIN_DATABASE_URL")
    assert "Traceback" not in start.stderr and "secretword" not in start.stderr


@pytest.mark.parametrize(("word", "status"), [("--help", 0), ("--dmeo", 2)])
def test_a_word_that_is_not_understood_starts_nothing(word, status, tmp_path):
    env = {"PATH": os.defpath, "TOCSIN_INSTANCE": str(tmp_path / "instance")}
    found = subprocess.run(
        [sys.executable, "app.py", word], cwd=ROOT, env=env, capture_output=True, timeout=120
    )
    assert found.returncode == status
    assert b"--demo" in found.stdout + found.stderr
    assert not (tmp_path / "instance").exists()
