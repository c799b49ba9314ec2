"""The database: its base class, its types, how transactions begin, and the only clock."""

import os
import secrets
import sqlite3
import threading
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from flask import g, has_app_context, has_request_context, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Engine, Index, MetaData, event
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, Mapper, registry
from sqlalchemy.types import TypeDecorator


def now() -> datetime:
    """This moment, in UTC. The only place that asks the machine for the time."""
    return datetime.now(UTC)


class UTCDateTime(TypeDecorator[datetime]):
    """A moment: always UTC, never naive, on every engine."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A moment without time zone is refused; use an aware datetime.")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The base of all models: every `Mapped[datetime]` is UTC, every constraint has a name."""

    registry = registry(type_annotation_map={datetime: UTCDateTime})
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(model_class=Base)


def partial(name: str, *columns: str, where: str) -> Index:
    """An index of the few rows among many of which `where` is true. Only who works on tables reads
    the condition (incidents.schema): to take it, SQLAlchemy loads PostgreSQL's dialect, 2 MB,
    whatever the database is."""
    return Index(name, *columns, info={"where": where})


@event.listens_for(Mapper, "before_insert")
def _name(_mapper: object, _connection: object, row: Any) -> None:
    """A row with a `uid` has one, even where nothing in it is sealed yet."""
    if "uid" in row.__table__.columns and row.uid is None:
        row.uid = secrets.token_hex(8)


class Turn:
    """Whose turn it is, one after the other in the order in which they came. A semaphore of Python
    would go to whoever asks first when it is free: who writes lot after lot would keep it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken = False
        self._line = deque[threading.Lock]()  # those who wait; each wakes when its own is let go

    def take(self, seconds: float) -> bool:
        """Wait for the turn, so long at most; False when it did not come."""
        mine = threading.Lock()
        with self._lock:
            if not self._taken:
                self._taken = True
                return True
            mine.acquire()
            self._line.append(mine)
        if mine.acquire(timeout=seconds):
            return True
        with self._lock:
            if mine not in self._line:
                return True  # given in the last moment
            self._line.remove(mine)
            return False

    def give(self) -> None:
        """Let the next one have it."""
        with self._lock:
            if self._line:
                self._line.popleft().release()
            else:
                self._taken = False


_turns = defaultdict[str, Turn](Turn)  # by SQLite file
os.register_at_fork(after_in_child=_turns.clear)
PATIENCE = 15  # seconds that a writer waits for the others


class InLine(sqlite3.Connection):
    """A connection whose writing transactions wait in line with the others of this process.

    SQLite alone lets writers look again and again, now and then, and who looks at the wrong
    moments waits until it gives up: among many reporters at once, one was refused.
    """

    _turn: Turn | None = None

    def begin_writing(self) -> None:
        """Wait for the turn, then begin. Whoever waits too long asks SQLite itself."""
        (_, _, file), *_rest = super().execute("PRAGMA database_list").fetchall()
        turn = _turns[file]
        if file and turn.take(PATIENCE):
            self._turn = turn
        try:
            super().execute("BEGIN IMMEDIATE")
        except sqlite3.Error:
            self._next()
            raise

    def commit(self) -> None:
        super().commit()  # what could not be committed keeps the turn until it is rolled back
        self._next()

    def rollback(self) -> None:
        try:
            super().rollback()
        finally:
            self._next()

    def close(self) -> None:
        try:
            super().close()
        finally:
            self._next()

    def _next(self) -> None:
        turn, self._turn = self._turn, None
        if turn is not None:
            turn.give()


@event.listens_for(Engine, "do_connect")
def _wait_in_line(dialect: Dialect, _record: object, _args: object, words: dict[str, Any]) -> None:
    if dialect.name == "sqlite":
        words["factory"] = InLine


@event.listens_for(Engine, "connect")
def _prepare(connection: Any, _record: object) -> None:
    """SQLite: durable WAL, keys enforced, and transactions begun by us instead of the driver."""
    if isinstance(connection, sqlite3.Connection):
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute(f"PRAGMA busy_timeout={PATIENCE * 1000}")


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    """SQLite: whoever may write says so at once; a read that turns into a write can fail."""
    if connection.dialect.name != "sqlite":
        return
    if connection.get_execution_options().get("only_reads") or _only_reads():
        connection.exec_driver_sql("BEGIN")
        return
    try:
        connection.connection.driver_connection.begin_writing()  # type: ignore[union-attr]
    except sqlite3.Error as error:  # as SQLAlchemy would have it, for those who answer to it
        raise OperationalError("BEGIN IMMEDIATE", None, error) from error


def _only_reads() -> bool:
    if has_app_context() and g.get("reading"):
        return True
    return has_request_context() and request.method in ("GET", "HEAD") and not g.get("writing")


def writing() -> None:
    """Say in a GET request, before any query, that it will write (a reading that is logged)."""
    db.session.rollback()
    g.writing = True


def reading() -> None:
    """Say in an app context of one's own, before any query, that it will only read."""
    g.reading = True


@contextmanager
def only_reading() -> Iterator[None]:
    """A transaction of its own that only reads, and so holds up nobody, however long it takes.
    What was not committed before is rolled back."""
    db.session.rollback()
    g.reading = True
    try:
        yield
    finally:
        db.session.rollback()
        g.pop("reading")
