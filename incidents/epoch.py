"""Whether this database is the newest there is, by a number that also stands outside it.

A database that was restored does not know what was sent after it was copied, and would send it
again. So the number is raised whenever mail may leave, first in the database, then in the file
`epoch` of the instance folder. A file that is ahead tells of a database that fell back; a file
that is gone, or is another file than the one that was written, of a folder that was moved or
restored as a whole. Then mail is held until a person releases it.

Not noticed: a machine put back as a whole (a snapshot of the disk, its files the very same), and
what left in the last seconds before a worker was killed in the midst of them.
"""

import fcntl
import os
import struct
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import current_app

from incidents.audit import record
from incidents.db import db
from incidents.models import Epoch, User

_GENERATION = 0x80087601  # FS_IOC_GETVERSION: tells two files apart that had one inode number


def step(at: datetime) -> bool:
    """Raise the number by one and say whether mail may leave. Commits.

    Holds mail, and says so in the file of changes, when the database is behind or the folder
    is not the one in which mail was sent last.
    """
    db.session.commit()  # short: nothing else is held while the file is looked at
    row, file = _row(), _file()
    outside, same = _read(file)
    if outside is None and row.number == 0:
        outside, same = 0, True
        _write(file, 0)  # before the commit: nobody may find the number without its file
    if outside is None:
        hold("moved", "worker", at)
    elif outside > row.number:
        hold("older", "worker", at)
    elif not same:
        hold("copied", "worker", at)
    held = row.held_at is not None
    # Held or not, database and folder agree from here on; what is held stands in the database.
    row.number = max(row.number, outside or 0) + 1
    number = row.number
    db.session.commit()
    _write(file, number)
    return not held


def hold(why: str, by: User | str, at: datetime) -> None:
    """Hold all mail from now on. `why`: restored, older, moved or copied. No commit."""
    row = _row()
    if row.held_at is None:
        row.held_at, row.held_why = at, why
        record("mail.held", by=by, at=at, why=why)


def release(by: User | str, at: datetime, **detail: Any) -> bool:
    """Let mail leave again; False when it was not held. No commit."""
    row = _row()
    if row.held_at is None:
        return False
    record("mail.released", by=by, at=at, since=row.held_at, why=row.held_why, **detail)
    row.held_at = row.held_why = None
    return True


def state() -> Epoch | None:
    """The row, when mail is held; else None. Asks the database only."""
    row = db.session.get(Epoch, 1, populate_existing=True)
    return row if row is not None and row.held_at is not None else None


def _row() -> Epoch:
    return db.session.get_one(Epoch, 1, with_for_update=True, populate_existing=True)


def _file() -> Path:
    return Path(current_app.instance_path) / "epoch"


def _read(file: Path) -> tuple[int | None, bool]:
    """The number in the file, and whether it is the very file that was written."""
    try:
        with file.open("rb") as stored:
            number, identity = stored.read().decode("ascii").split()
            return int(number), identity == _identity(stored.fileno())
    except (OSError, ValueError):  # gone, or damaged
        return None, False


def _write(file: Path, number: int) -> None:
    """Put a number in the file, never a lower one; in place, so that it stays the same file."""
    handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        if number >= (_read(file)[0] or 0):
            os.pwrite(handle, f"{number:020d} {_identity(handle):>32}\n".encode(), 0)
            os.fsync(handle)
    finally:
        os.close(handle)


def _identity(handle: int) -> str:
    """What a copy of the file has otherwise: its number on the disk and, where the disk counts
    them, how often that number was given out."""
    generation = 0
    with suppress(OSError):
        (generation,) = struct.unpack("l", fcntl.ioctl(handle, _GENERATION, bytes(8)))
    return f"{os.fstat(handle).st_ino}.{generation & 0xFFFFFFFF}"
