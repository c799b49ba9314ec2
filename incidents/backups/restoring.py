"""Restoring a backup into an installation that has no database yet. Afterwards no mail leaves
until a person releases it: what was sent since the backup is not known in it."""

import tempfile
from datetime import datetime
from pathlib import Path

from flask import Flask, current_app
from sqlalchemy import inspect
from sqlalchemy.engine import make_url

from incidents import epoch, schema
from incidents.backups import manifest, postgres
from incidents.backups.making import check_sqlite
from incidents.backups.manifest import BadBackup, Manifest
from incidents.backups.verifying import compare, unpack
from incidents.db import db


def restore(file: Path, app: Flask, at: datetime) -> Manifest:
    """Put a backup in place, compare it row by row and link by link, and hold all mail.

    Refused (BadBackup) where there is a database already, with other keys, and for a backup of
    the other engine; then nothing is changed.
    """
    with manifest.opened(file) as archive:
        found = manifest.read(archive)
        manifest.check_keys(found)
        _only_into_nothing(found)
        folder = Path(current_app.instance_path)
        with tempfile.TemporaryDirectory(prefix=".restore-", dir=folder) as drafts:
            copy = Path(drafts) / found.member
            unpack(archive, found, copy)
            if found.engine == "sqlite":
                check_sqlite(copy)
                copy.chmod(0o600)
                copy.rename(_sqlite_file())
            else:
                postgres.load(current_app.config["SETTINGS"].database_url, copy)
    db.session.remove()
    compare(db.session(), found)
    db.session.rollback()
    schema.bring_up_to_date(app)
    epoch.hold("restored", "command", at)
    db.session.commit()
    return found


def _only_into_nothing(found: Manifest) -> None:
    engine = db.engine.dialect.name
    if engine != found.engine:
        raise BadBackup(
            f"This backup is one of {found.engine}, and TOCSIN_DATABASE_URL names {engine}. "
            "Set it to an empty database of the same kind."
        )
    if engine == "sqlite":
        file = _sqlite_file()
        empty = not file.exists()
        where = str(file)
    else:
        with db.engine.connect() as connection:
            empty = not inspect(connection).get_table_names()
        where = "the database of TOCSIN_DATABASE_URL"
    if not empty:
        raise BadBackup(
            f"There is a database already: {where}. It was not touched.\n"
            "Restore into a new folder (TOCSIN_INSTANCE, with data.key put into it first), or "
            "move the old database away."
        )


def _sqlite_file() -> Path:
    return Path(make_url(current_app.config["SETTINGS"].database_url).database or "")
