"""In which order whoever writes about letters takes hold of rows, the same for all: else two may
wait for each other (PostgreSQL; SQLite has one writer).

The run, its claims, its letters as a whole (here), single letters, the duty, the end of the file
(audit), the server, and last the turn to claim (claims).

A worker marks some letters of a run and a page may change all of them, each in the order in which
the database finds them. So they take turns: workers beside each other, a page alone.
"""

from typing import Any

from sqlalchemy import ColumnElement, func, select

from incidents.db import db

LETTERS = 0x746F6373  # names the locks of PostgreSQL, one a run


def beside(run: Any) -> tuple[ColumnElement[Any], ...]:
    """What to read, so that until the end of this transaction nobody has a run `alone`. `run`: its
    number, or a column of claims that are held: then it is no statement more for each batch."""
    if db.engine.dialect.name != "postgresql":
        return ()
    return (func.pg_advisory_xact_lock_shared(LETTERS, run),)


def alone(run: int) -> None:
    """Wait until nobody marks letters of a run; until this transaction ends, nobody does."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(LETTERS, run)))
