"""The shape of the database: whether it is the newest, and bringing it there.

Alembic is loaded only when there is work for it: it costs a good part of each start.
"""

import re
from pathlib import Path

import click
from flask import Flask
from flask.cli import AppGroup
from sqlalchemy import inspect, text

from incidents.db import db

FOLDER = Path(__file__).parent.parent / "migrations"
_REVISION = re.compile(r"^(down_)?revision = '([0-9a-z]+)'", re.MULTILINE)


class Commands(AppGroup):
    """The `flask` commands of the app; those of Flask-Migrate are loaded when asked for."""

    def __init__(self, app: Flask) -> None:
        super().__init__(app.name)
        self.app = app

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), "db"})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name == "db" and "migrate" not in self.app.extensions:
            _prepare(self.app)
        return super().get_command(ctx, cmd_name)


def init_app(app: Flask) -> None:
    """Offer `flask db`, at no cost to whoever does not use it. Before all other commands."""
    app.cli = Commands(app)


def _prepare(app: Flask) -> None:
    from flask_migrate import Migrate  # only here: see above

    for table in db.metadata.tables.values():
        for index in table.indexes:
            if "where" in index.info:  # see db.partial
                condition = text(index.info["where"])
                index.dialect_kwargs.update(sqlite_where=condition, postgresql_where=condition)
    Migrate(app, db, directory=str(FOLDER), render_as_batch=True)


def newest() -> str:
    """The revision that no other one follows."""
    found: dict[str, set[str]] = {"": set(), "down_": set()}
    for file in (FOLDER / "versions").glob("*.py"):
        for kind, name in _REVISION.findall(file.read_text(encoding="utf-8")):
            found[kind].add(name)
    (head,) = found[""] - found["down_"]
    return head


def current() -> str | None:
    """The revision of the database, or None when it is empty."""
    with db.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.scalar(text("SELECT version_num FROM alembic_version"))


def bring_up_to_date(app: Flask) -> None:
    """Migrate the database to the newest shape, if it is not there yet."""
    if current() == newest():
        return
    from flask_migrate import upgrade

    if "migrate" not in app.extensions:
        _prepare(app)
    upgrade()
