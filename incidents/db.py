"""The database: its base class, its types, how transactions begin, and the only clock."""

import secrets
import sqlite3
from datetime import UTC, datetime
from typing import Any

from flask import g, has_request_context, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Engine, MetaData, event
from sqlalchemy.engine import Connection, Dialect
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


@event.listens_for(Mapper, "before_insert")
def _name(_mapper: object, _connection: object, row: Any) -> None:
    """A row with a `uid` has one, even where nothing in it is sealed yet."""
    if "uid" in row.__table__.columns and row.uid is None:
        row.uid = secrets.token_hex(8)


@event.listens_for(Engine, "connect")
def _prepare(connection: Any, _record: object) -> None:
    """SQLite: durable WAL, keys enforced, and transactions begun by us instead of the driver."""
    if isinstance(connection, sqlite3.Connection):
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("PRAGMA busy_timeout=15000")


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    """SQLite: whoever may write says so at once; a read that turns into a write can fail."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN" if _only_reads() else "BEGIN IMMEDIATE")


def _only_reads() -> bool:
    return has_request_context() and request.method in ("GET", "HEAD") and not g.get("writing")


def writing() -> None:
    """Say in a GET request, before any query, that it will write (a reading that is logged)."""
    db.session.rollback()
    g.writing = True
