"""A backup is made beside running work, is known to be whole, and comes back row for row."""

import os
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from conftest import ROOT
from test_held_mail import postgres_app  # noqa: F401 - a fixture

from app import create_app
from incidents import audit, epoch, settings
from incidents.actions import reports
from incidents.backups import BadBackup, make, restore, verify
from incidents.db import db, now
from incidents.intake import Draft
from incidents.models import Report

STORY = "A story with “signs” that stays sealed"


def filled():
    for number in range(3):
        reports.receive(Draft("web", f"web:{number}", b"raw", f"{STORY} {number}"), now())
    db.session.commit()


def folder_with_keys(app, tmp_path, name="restored"):
    folder = tmp_path / name
    folder.mkdir()
    shutil.copy(Path(app.instance_path) / "data.key", folder)
    return folder


@pytest.fixture
def backup(app, tmp_path):
    filled()
    make(tmp_path / "backup.zip", now())
    return tmp_path / "backup.zip"


def test_a_backup_comes_back_row_for_row_and_holds_all_mail(app, backup, tmp_path):
    folder = folder_with_keys(app, tmp_path)
    db.session.remove()
    other = create_app(settings.load(ROOT, {}, folder))
    with other.app_context():
        restore(backup, other, now())
        assert [row.story for row in db.session.query(Report)] == [f"{STORY} {n}" for n in range(3)]
        assert audit.verify().broken_at is None
        assert epoch.state().held_why == "restored"
        assert not epoch.step(now())
        db.session.remove()
        db.engine.dispose()


def test_a_backup_holds_no_key_and_only_its_owner_can_read_it(app, backup):
    key = (Path(app.instance_path) / "data.key").read_text().split()[1]
    with zipfile.ZipFile(backup) as archive:
        assert sorted(archive.namelist()) == ["database.sqlite", "manifest.json"]
        for name in archive.namelist():
            whole = archive.read(name)
            assert key.encode() not in whole and bytes.fromhex(key) not in whole
            assert STORY.encode() not in whole
        assert b"data.key" in archive.read("manifest.json")
    assert backup.stat().st_mode & 0o077 == 0


def test_a_backup_made_while_others_write_is_one_moment(app, tmp_path):
    filled()
    before = db.session.query(Report).count()
    db.session.remove()
    with sqlite3.connect(app.instance_path + "/tocsin.db") as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("UPDATE report SET language = 'xx'")
        found = make(tmp_path / "backup.zip", now())
        writer.rollback()
    writer.close()
    assert found.rows["report"] == before == 3
    assert verify(tmp_path / "backup.zip") == found


def test_a_flipped_byte_is_found_or_changes_nothing_of_what_is_in_it(backup, tmp_path):
    whole, right, found = backup.read_bytes(), verify(backup), 0
    places = range(0, len(whole), max(1, len(whole) // 30))
    for place in places:
        other = bytearray(whole)
        other[place] ^= 0x10
        (tmp_path / "flipped.zip").write_bytes(other)
        try:  # equal: the manifest as it was, and a database of the very hash it names
            assert verify(tmp_path / "flipped.zip") == right, f"byte {place}"
        except (BadBackup, NotImplementedError):
            found += 1
    assert found > len(places) / 2


def test_a_backup_cut_off_is_refused(backup, tmp_path):
    whole = backup.read_bytes()
    for part in (0, 100, len(whole) // 2, len(whole) - 10):
        (tmp_path / "cut.zip").write_bytes(whole[:part])
        with pytest.raises(BadBackup):
            verify(tmp_path / "cut.zip")


def test_another_key_stops_the_restoring_and_nothing_is_changed(backup, tmp_path):
    db.session.remove()
    other = create_app(settings.load(ROOT, {}, tmp_path / "strange"))  # makes its own key
    with other.app_context():
        with pytest.raises(BadBackup, match=r"data\.key"):
            restore(backup, other, now())
        assert not (tmp_path / "strange" / "tocsin.db").exists()


def test_nothing_is_overwritten_by_making_or_restoring(app, backup):
    whole = backup.read_bytes()
    with pytest.raises(BadBackup, match="already"):
        make(backup, now())
    assert backup.read_bytes() == whole
    with pytest.raises(BadBackup, match="already"):
        restore(backup, app, now())
    assert db.session.query(Report).count() == 3


def test_what_stands_half_way_has_no_name_of_a_backup(app, tmp_path, monkeypatch):
    from incidents.backups import making

    def full(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(making, "_pack", full)
    with pytest.raises(BadBackup, match="No space left"):
        make(tmp_path / "backup.zip", now())
    assert not [one for one in tmp_path.iterdir() if "backup" in one.name]


def test_a_broken_chain_makes_no_backup(app, tmp_path):
    filled()
    with db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE entry SET verb = 'other' WHERE n = 2")
    with pytest.raises(BadBackup, match="entry 2"):
        make(tmp_path / "backup.zip", now())


def test_the_command_makes_verifies_and_restores(app, tmp_path, run):
    filled()
    db.session.remove()
    made = run("backup", "make", tmp_path / "b.zip")
    assert made.exit_code == 0 and "Chain whole: 3 entries" in made.output
    assert "data.key" in made.output
    assert run("backup", "verify", tmp_path / "b.zip").exit_code == 0
    assert run("backup", "verify", tmp_path / "none.zip").exit_code == 1
    folder = folder_with_keys(app, tmp_path)
    env = {name: value for name, value in os.environ.items() if not name.startswith("TOCSIN_")}
    env |= {"TOCSIN_INSTANCE": str(folder), "FLASK_APP": str(ROOT / "app.py")}
    command = [sys.executable, "-m", "flask", "backup", "restore", str(tmp_path / "b.zip")]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    assert "All mail is held" in done.stdout


def test_a_dump_of_postgresql_comes_back_into_an_empty_database(
    postgres_app,  # noqa: F811
    postgres_server,
    tmp_path,
):
    filled()
    found = make(tmp_path / "backup.zip", now())
    assert found.engine == "postgresql" and verify(tmp_path / "backup.zip") == found
    with pytest.raises(BadBackup, match="already"):
        restore(tmp_path / "backup.zip", postgres_app, now())
    folder = folder_with_keys(postgres_app, tmp_path)
    db.session.remove()
    name = postgres_server.create()
    try:
        env = {"TOCSIN_DATABASE_URL": postgres_server.url(name)}
        other = create_app(settings.load(ROOT, env, folder))
        with other.app_context():
            restore(tmp_path / "backup.zip", other, now())
            assert db.session.query(Report).count() == 3 and audit.verify().broken_at is None
            assert epoch.state().held_why == "restored"
            db.session.remove()
            db.engine.dispose()
    finally:
        postgres_server.drop(name)
