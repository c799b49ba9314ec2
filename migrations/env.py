"""How Alembic runs here: online, on the app's own engine, the same chain on every database."""

from alembic import context
from alembic.autogenerate.api import AutogenContext
from flask import current_app
from sqlalchemy import Connection
from sqlalchemy.types import TypeDecorator

migrate = current_app.extensions["migrate"]


def render_item(kind: str, item: object, autogen: AutogenContext) -> str | bool:
    """Write our column types as the plain ones they store: a migration outlives our classes."""
    if kind == "type" and isinstance(item, TypeDecorator) and type(item).__name__ == "UTCDateTime":
        return "sa.DateTime(timezone=True)"
    if kind == "type" and type(item).__name__ == "AsaList":
        return "sa.UnicodeText()"
    return False


options = {
    **migrate.configure_args,
    "target_metadata": migrate.db.metadata,
    "render_item": render_item,
    "compare_type": False,
}
connection = context.config.attributes.get("connection")


def keys_enforced(connection: Connection, enforced: bool) -> None:
    """SQLite changes a table by copying it and dropping the old one; with its keys enforced, every
    row that points at it would forbid that. Outside a transaction only, or it does nothing."""
    if connection.dialect.name == "sqlite":
        driver = connection.connection.dbapi_connection
        assert not driver.in_transaction
        driver.execute(f"PRAGMA foreign_keys={'ON' if enforced else 'OFF'}")


def run(connection: Connection) -> None:
    """Bring a database to its shape; nothing may point nowhere afterwards."""
    keys_enforced(connection, False)
    try:
        context.configure(connection=connection, **options)
        with context.begin_transaction():
            context.run_migrations()
            if connection.dialect.name == "sqlite":
                astray = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
                assert not astray, f"rows that point nowhere: {astray[:5]}"
    finally:
        connection.rollback()  # what was done is committed; this ends what only read
        keys_enforced(connection, True)


if connection is not None:
    run(connection)
else:
    with migrate.db.engine.connect() as connection:
        run(connection)
