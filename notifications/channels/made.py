"""Large files made by the worker: asked for, made piece by piece, fetched, forgotten after a week.

Each piece is sealed as it is made: nothing of a file stands unsealed on the disk, and no file is
whole in memory. A file that a dead worker had begun is made anew.
"""

import hashlib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from io import RawIOBase
from typing import Any

from flask import Flask, current_app
from sqlalchemy import and_, delete, func, or_, select, update

from incidents.db import db, now, only_reading
from incidents.models import User
from notifications import jobs
from notifications.models import MadeFile, MadePart, Notice, PaperBatch
from notifications.recipients import purge

PIECE = 1024 * 1024
LEASE = timedelta(minutes=10)
KEPT = timedelta(days=7)

type_of_maker = Callable[[MadeFile, "Sink"], None]
# By kind: writes the file into the sink, and says now and then how far it is.
makers: dict[str, type_of_maker] = {}
# By kind: what is to be done once it is there.
finished: dict[str, Callable[[MadeFile, datetime], None]] = {}


class Sink(RawIOBase):
    """A file that can only be written on: pieces are sealed and stored as they fill."""

    def __init__(self, file: MadeFile) -> None:
        self.number, self.kept, self.size = file.id, bytearray(), 0
        self.sha256 = hashlib.sha256()
        self.pieces = 0

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        """Take bytes; commits whenever a piece is full."""
        plain = bytes(content)
        self.sha256.update(plain)
        self.size += len(plain)
        self.kept += plain
        while len(self.kept) >= PIECE:
            self._store(bytes(self.kept[:PIECE]))
            del self.kept[:PIECE]
        return len(plain)

    def progress(self, done: int) -> None:
        """Say how many people are done. Commits."""
        row = update(MadeFile).where(MadeFile.id == self.number)
        db.session.execute(row.values(done=done, lease_until=now() + LEASE))
        db.session.commit()

    def end(self) -> None:
        """Store what is left. No commit."""
        if self.kept or not self.pieces:
            self._add(bytes(self.kept))
            self.kept.clear()

    def _store(self, piece: bytes) -> None:
        self._add(piece)
        db.session.commit()

    def _add(self, piece: bytes) -> None:
        part = MadePart(file_id=self.number, number=self.pieces)
        part.content = piece
        db.session.add(part)
        self.pieces += 1


def ask(
    notice: Notice,
    kind: str,
    filename: str,
    by: User,
    at: datetime,
    total: int,
    *,
    batch: PaperBatch | None = None,
    part: int = 1,
    wish: Any = None,
) -> MadeFile:
    """Have a file made by the worker. No commit."""
    row = MadeFile(
        notice=notice,
        batch=batch,
        kind=kind,
        part=part,
        filename=filename,
        total=total,
        asked_at=at,
        by=by,
    )
    row.wish = wish
    db.session.add(row)
    db.session.flush()
    jobs.wake_after_commit("made.make")
    return row


@jobs.periodic(30)
def make() -> int:
    """Make what was asked for, one after the other. Commits. Returns how many were made."""
    made = 0
    while not jobs.stopping() and (file := _claim(now())):
        _make(file)
        made += 1
    return made


def _claim(at: datetime) -> MadeFile | None:
    due = or_(
        MadeFile.state == "queued",
        and_(MadeFile.state == "making", MadeFile.lease_until < at),
    )
    chosen = select(MadeFile.id).where(due).order_by(MadeFile.id).limit(1)
    taken = (
        update(MadeFile)
        .where(MadeFile.id == chosen.with_for_update(skip_locked=True).scalar_subquery(), due)
        .values(state="making", done=0, lease_until=at + LEASE)
        .execution_options(synchronize_session=False)
    )
    number = db.session.scalar(taken.returning(MadeFile.id))
    if number is not None:
        db.session.execute(delete(MadePart).where(MadePart.file_id == number))
    db.session.commit()
    return db.session.get(MadeFile, number, populate_existing=True) if number else None


def _make(file: MadeFile) -> None:
    number, kind = file.id, file.kind
    try:
        sink = Sink(file)
        makers[kind](file, sink)
        sink.end()
    except Exception:
        db.session.rollback()
        _fail(number)
        raise  # told in the log by its kind and place; the page says that it failed
    at = now()
    row = db.session.get_one(MadeFile, number, populate_existing=True)
    if row.state == "gone":  # dropped meanwhile
        drop(row)
        db.session.commit()
        return
    row.state, row.made_at, row.lease_until = "ready", at, None
    row.size, row.sha256, row.done = sink.size, sink.sha256.hexdigest(), row.total
    if kind in finished:
        finished[kind](row, at)
    db.session.commit()


def _fail(number: int) -> None:
    db.session.execute(delete(MadePart).where(MadePart.file_id == number))
    failed = update(MadeFile).where(MadeFile.id == number)
    db.session.execute(failed.values(state="failed", lease_until=None))
    db.session.commit()


def read(file: MadeFile) -> Iterator[bytes]:
    """The bytes of a file that is ready, piece by piece; also after the request that asked."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    count = select(func.count()).where(MadePart.file_id == file.id)
    return _pieces(app, file.id, db.session.scalar(count) or 0)


def _pieces(app: Flask, number: int, count: int) -> Iterator[bytes]:
    for piece in range(count):
        # One for each: the reader may take its time between two.
        with app.app_context(), only_reading():
            here = MadePart.file_id == number, MadePart.number == piece
            content = db.session.scalars(select(MadePart).where(*here)).one().content
        yield content


def drop(file: MadeFile) -> None:
    """Forget a file; its row stays and says that there was one. No commit."""
    db.session.execute(delete(MadePart).where(MadePart.file_id == file.id))
    file.state, file.wish = "gone", None


@jobs.periodic(3600)
def forget() -> int:
    """Forget files a week after they were made: they hold who was concerned. Commits."""
    old = select(MadeFile).where(MadeFile.state == "ready", MadeFile.made_at < now() - KEPT)
    rows = db.session.scalars(old.limit(100)).all()
    for row in rows:
        drop(row)
    db.session.commit()
    return len(rows)


def _purged(notice: Notice) -> None:
    """With a list go the files that were made of it."""
    for file in db.session.scalars(select(MadeFile).where(MadeFile.notice_id == notice.id)).all():
        drop(file)


purge.also.append(_purged)
