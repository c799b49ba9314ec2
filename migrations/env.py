"""How Alembic runs here: online, on the app's own engine, the same chain on every database."""

from alembic import context
from alembic.autogenerate.api import AutogenContext
from flask import current_app
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

if connection is not None:
    context.configure(connection=connection, **options)
    with context.begin_transaction():
        context.run_migrations()
else:
    with migrate.db.engine.connect() as connection:
        context.configure(connection=connection, **options)
        with context.begin_transaction():
            context.run_migrations()
