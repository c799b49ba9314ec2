"""Whether a backup is whole, without restoring it."""

import hashlib
import os
import tempfile
import zipfile
import zlib
from pathlib import Path

from flask import current_app
from sqlalchemy.orm import Session

from incidents.backups import manifest, postgres
from incidents.backups.making import check_sqlite, opened_sqlite
from incidents.backups.manifest import PIECE, BadBackup, Manifest


def verify(file: Path) -> Manifest:
    """Read a backup to its end: hash, keys, and, for SQLite, integrity, rows and chain.

    A PostgreSQL dump is read as far as its table of contents; its rows and its chain are
    compared when it is restored. Raises BadBackup.
    """
    with (
        manifest.opened(file) as archive,
        tempfile.TemporaryDirectory(prefix=".verify-", dir=current_app.instance_path) as folder,
    ):
        found = manifest.read(archive)
        manifest.check_keys(found)
        copy = Path(folder) / found.member
        unpack(archive, found, copy)
        if found.engine == "sqlite":
            check_sqlite(copy)
            with opened_sqlite(copy) as session:
                compare(session, found)
        else:
            postgres.contents(current_app.config["SETTINGS"].database_url, copy)
    return found


def unpack(archive: zipfile.ZipFile, found: Manifest, target: Path) -> None:
    """Write the database of an archive to a file, and see that it is the one that was packed."""
    sha256 = hashlib.sha256()
    try:
        with archive.open(found.member) as packed, target.open("xb") as out:
            while piece := packed.read(PIECE):
                sha256.update(piece)
                out.write(piece)
            out.flush()
            os.fsync(out.fileno())
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as error:
        raise BadBackup("The backup is damaged: its database cannot be unpacked.") from error
    if sha256.hexdigest() != found.sha256:
        raise BadBackup("The backup is damaged: its database is not the one that was packed.")


def compare(session: Session, found: Manifest) -> None:
    """Raise BadBackup unless rows and chain are those that the manifest names."""
    rows, chain = manifest.counted(session), manifest.whole(session)
    other = [name for name in {*rows, *found.rows} if rows.get(name) != found.rows.get(name)]
    if other:
        raise BadBackup(f"Rows are missing or too many in: {', '.join(sorted(other))}.")
    if chain != found.chain:
        raise BadBackup("The chain does not end where the backup says it does.")
