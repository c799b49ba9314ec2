"""Making a backup beside running work: one moment of it all, verified before it has a name."""

import os
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from incidents.backups import manifest, postgres
from incidents.backups.manifest import BadBackup, Manifest
from incidents.db import db


def make(target: Path, at: datetime) -> Manifest:
    """Write a backup to `target`, which must not exist. Raises BadBackup.

    It stands under another name until it is whole, so that a part is never taken for a backup.
    """
    if target.exists():
        raise BadBackup(f"{target} is there already. It was not touched: give another name.")
    if not target.parent.is_dir():
        raise BadBackup(f"The folder {target.parent} does not exist. Make it first.")
    db.session.commit()
    # Beside the archive, not in /tmp: it holds all there is, and there may be no room elsewhere.
    with tempfile.TemporaryDirectory(prefix=".tocsin-backup-", dir=target.parent) as folder:
        try:
            if db.engine.dialect.name == "sqlite":
                found, copy = _sqlite(Path(folder), at)
            else:
                found, copy = _postgres(Path(folder), at)
            draft = Path(folder) / "draft.zip"
            _pack(draft, found, copy)
        except OSError as error:
            raise BadBackup(
                f"The backup could not be written ({error.strerror}). No file was left."
            ) from error
        draft.rename(target)
    return found


def _sqlite(folder: Path, at: datetime) -> tuple[Manifest, Path]:
    copy = folder / "database.sqlite"
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.rollback()
        raw = connection.connection.driver_connection
        assert isinstance(raw, sqlite3.Connection)
        if raw.in_transaction:
            raw.rollback()
        raw.execute("VACUUM INTO ?", (str(copy),))
    check_sqlite(copy)
    with opened_sqlite(copy) as session:
        seen = _seen(session)
    return _manifest("sqlite", copy, at, seen), copy


def check_sqlite(copy: Path) -> None:
    """Raise BadBackup unless SQLite finds the file whole."""
    connection = sqlite3.connect(f"file:{copy}?mode=ro", uri=True)
    try:
        answer = connection.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.DatabaseError as error:
        answer = str(error)
    finally:
        connection.close()
    if answer != "ok":
        raise BadBackup(f"SQLite finds the database damaged: {answer}")


@contextmanager
def opened_sqlite(copy: Path) -> Iterator[Session]:
    """A session on a copy, apart from the running database."""
    engine = create_engine(f"sqlite:///{copy}", hide_parameters=True)
    try:
        with Session(engine) as session:
            yield session
    finally:
        engine.dispose()


def _postgres(folder: Path, at: datetime) -> tuple[Manifest, Path]:
    """The dump and what is counted see the same moment: one snapshot, exported and held."""
    copy = folder / "database.dump"
    snapshot_engine = db.engine.execution_options(isolation_level="REPEATABLE READ")
    with Session(snapshot_engine) as session:
        snapshot = session.scalar(text("SELECT pg_export_snapshot()"))
        url = current_app.config["SETTINGS"].database_url
        postgres.dump(url, copy, str(snapshot))
        seen = _seen(session)
    return _manifest("postgresql", copy, at, seen), copy


def _seen(session: Session) -> dict[str, Any]:
    return {
        "rows": manifest.counted(session),
        "chain": manifest.whole(session),
        "epoch": manifest.epoch_of(session),
        "revision": manifest.revision_of(session),
    }


def _manifest(engine: str, copy: Path, at: datetime, seen: dict[str, Any]) -> Manifest:
    sha256, size = manifest.digest(copy)
    return Manifest(
        made_at=at.isoformat(timespec="seconds"),
        engine=engine,
        keys=manifest.prints(),
        needs=["data.key", "secret.key or TOCSIN_SECRET_KEY"],
        sha256=sha256,
        size=size,
        **seen,
    )


def _pack(draft: Path, found: Manifest, copy: Path) -> None:
    handle = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w+b") as out:
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            archive.writestr("manifest.json", found.as_json())
            archive.write(copy, found.member)
        out.flush()
        os.fsync(out.fileno())
