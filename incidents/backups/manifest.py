"""What an archive says of itself, and how far it can be believed."""

import hashlib
import hmac
import json
import zipfile
import zlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import func, inspect, select, table, text
from sqlalchemy.orm import Session

from incidents import audit
from incidents.models import Chain, Epoch

FORMAT = "tocsin backup 1"
MEMBERS = {"sqlite": "database.sqlite", "postgresql": "database.dump"}
PIECE = 1024 * 1024


class BadBackup(Exception):
    """A backup that cannot be made, trusted or restored: what, why, what to do now."""


@dataclass(frozen=True)
class Manifest:
    """`keys`: of each data key its number and a print of it, by which the right one is known;
    `chain`: number and mac of its last entry; `sha256`, `size`: of the database's member."""

    made_at: str
    engine: str  # sqlite, postgresql
    revision: str
    epoch: int
    rows: dict[str, int]
    chain: dict[str, Any]
    keys: dict[str, str]
    needs: list[str]
    sha256: str
    size: int
    format: str = FORMAT

    def as_json(self) -> str:
        return json.dumps(asdict(self), indent=1, sort_keys=True) + "\n"

    @property
    def member(self) -> str:
        return MEMBERS[self.engine]


def read(archive: zipfile.ZipFile) -> Manifest:
    """The manifest of an opened archive. Raises BadBackup."""
    try:
        values = json.loads(archive.read("manifest.json"))
        if values.get("format") != FORMAT:
            raise ValueError
        found = Manifest(**values)
        if archive.getinfo(found.member).file_size != found.size:
            raise ValueError
    except (
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
        OSError,  # a member that is said to begin before the file does
        zipfile.BadZipFile,
        zlib.error,
    ) as error:
        raise BadBackup(
            "This file is no backup of Tocsin, or it is damaged at its head. Take another one."
        ) from error
    return found


def opened(file: Path) -> zipfile.ZipFile:
    """The archive, opened. Raises BadBackup."""
    try:
        return zipfile.ZipFile(file)
    except (OSError, zipfile.BadZipFile) as error:
        raise BadBackup(
            f"{file} cannot be read as an archive. It is missing, cut off or damaged."
        ) from error


def prints() -> dict[str, str]:
    """Of each data key of this installation its number and a print that does not give it away."""
    keys = current_app.config["DATA_KEYS"]
    return {
        str(number): hmac.new(key, b"backup print", hashlib.sha256).hexdigest()[:16]
        for number, key in keys
    }


def check_keys(found: Manifest) -> None:
    """Raise BadBackup unless this installation has each key that the backup was sealed with."""
    lacking = [number for number, print_ in found.keys.items() if prints().get(number) != print_]
    if lacking:
        raise BadBackup(
            f"{Path(current_app.instance_path) / 'data.key'} is not the key of this backup "
            f"(key {', '.join(lacking)}).\n"
            "Put the copy of data.key that belongs to it into that folder, then try again. "
            "Nothing was changed."
        )


def counted(session: Session) -> dict[str, int]:
    """How many rows each table has."""
    names = sorted(inspect(session.connection()).get_table_names())
    return {
        name: session.scalar(select(func.count()).select_from(table(name))) or 0 for name in names
    }


def whole(session: Session) -> dict[str, Any]:
    """The end of the chain, read from its beginning. Raises BadBackup for a broken one."""
    verdict = audit.verify(session)
    if verdict.broken_at is not None:
        raise BadBackup(f"The chain is broken at entry {verdict.broken_at}: {verdict.why}.")
    end = session.get(Chain, 1)
    return {"n": end.n if end else 0, "mac": end.mac if end else audit.GENESIS}


def epoch_of(session: Session) -> int:
    """The number by which a database is known to be behind (see `epoch`)."""
    return session.scalar(select(Epoch.number).where(Epoch.id == 1)) or 0


def revision_of(session: Session) -> str:
    """The shape of a database, as Alembic names it."""
    return str(session.scalar(text("SELECT version_num FROM alembic_version")))


def digest(file: Path) -> tuple[str, int]:
    """SHA-256 in hex and size in bytes of a file, read in pieces."""
    sha256 = hashlib.sha256()
    with file.open("rb") as stored:
        while piece := stored.read(PIECE):
            sha256.update(piece)
    return sha256.hexdigest(), file.stat().st_size
