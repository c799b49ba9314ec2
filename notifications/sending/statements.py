"""The statements by which the books are kept, made once for each kind of database.

What SQLAlchemy makes of a statement costs more than what a database does for a letter. So these
are built once; the rows they are about are one value, however many they are; and what is done to
each letter goes past the mapper.
"""

import json
import secrets
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Dialect,
    Integer,
    Update,
    any_,
    bindparam,
    func,
    select,
    update,
)

from incidents.db import db
from incidents.seal import vault
from notifications.models import Attempt, Notice, Recipient

UNDER_WAY = ("sending", "in_doubt")
ROWS = Recipient.__table__
# What is needed to write a letter, in the order of `claims.Claimed`.
NEEDED = ("id", "notice_id", "language", "group_number", "address_key", "person_sealed")
_ATTEMPT = ("uid", "recipient_id", "at", "worker", "outcome", "answer_sealed")


@dataclass(frozen=True)
class Statements:
    """`take` needs notice, most, lease, until; `sent` numbers, lease, at; `back` numbers, lease.
    `held` are the conditions for `numbers` under `lease`. `numbers` as `as_one` gives them."""

    take: Update
    sent: Update
    back: tuple[Update, Update]
    held: tuple[ColumnElement[bool], ...]


@cache
def statements(dialect: str) -> Statements:
    """Those for "sqlite" or "postgresql"."""
    held = (_among(dialect), ROWS.c.state.in_(UNDER_WAY), ROWS.c.lease_by == bindparam("lease"))
    free = {"lease_by": None, "lease_until": None}
    cancelled = select(Notice.id).where(Notice.state == "cancelled")
    back = update(ROWS).where(*held).values(attempts=ROWS.c.attempts - 1, **free)
    return Statements(
        _take(),
        update(ROWS)
        .where(*held)
        .values(state="sent", sent_at=bindparam("at"), **free)
        .returning(ROWS.c.id),
        (
            back.where(ROWS.c.notice_id.in_(cancelled)).values(state="cancelled"),
            back.where(ROWS.c.notice_id.not_in(cancelled)).values(state="queued"),
        ),
        held,
    )


def for_now() -> Statements:
    """Those for the database in use."""
    return statements(db.engine.dialect.name)


def as_one(numbers: Collection[int]) -> str | list[int]:
    """The numbers of rows as one value."""
    return json.dumps([*numbers]) if db.engine.dialect.name == "sqlite" else [*numbers]


def _among(dialect: str) -> ColumnElement[bool]:
    if dialect == "sqlite":
        each = func.json_each(bindparam("numbers")).table_valued("value")
        return ROWS.c.id.in_(select(each.c.value))
    return ROWS.c.id == any_(bindparam("numbers", type_=ARRAY(Integer)))


def _take() -> Update:
    queued = select(ROWS.c.id).where(
        ROWS.c.notice_id == bindparam("notice"), ROWS.c.state == "queued"
    )
    first = queued.order_by(ROWS.c.id).limit(bindparam("most", type_=Integer))
    # Materialized: else PostgreSQL may choose anew for each row, past the limit.
    chosen = first.with_for_update(skip_locked=True).cte("chosen").prefix_with("MATERIALIZED")
    return (
        update(ROWS)
        .where(ROWS.c.id.in_(select(chosen.c.id)))
        .values(
            state="sending",
            lease_by=bindparam("lease"),
            lease_until=bindparam("until"),
            attempts=ROWS.c.attempts + 1,
        )
        .returning(*(ROWS.c[name] for name in NEEDED))
    )


def attempted(tried: Sequence[tuple[int, str, str]], worker: str, at: datetime) -> None:
    """One Attempt for each (row, what became of it, the server's words), by the driver itself:
    SQLAlchemy would look at each value of each row."""
    keys, connection = vault(), db.session.connection()
    statement, moment = _insertion(connection.dialect)
    when = moment(at)
    chance = secrets.token_bytes(20 * len(tried))  # one call for all
    rows = []
    for place, (number, outcome, answer) in zip(range(0, len(chance), 20), tried, strict=True):
        uid, nonce = chance[place : place + 8].hex(), chance[place + 8 : place + 20]
        sealed = keys.seal(answer.encode(), f"attempt.answer.{uid}", nonce)
        rows.append((uid, number, when, worker, outcome, sealed))
    connection.exec_driver_sql(statement, rows)


@cache
def _insertion(dialect: Dialect) -> tuple[str, Callable[[datetime], Any]]:
    """The statement with places in the order of `_ATTEMPT`, and how a moment is handed over."""
    kind = Attempt.__table__.c.at.type.dialect_impl(dialect)
    place = "?" if dialect.paramstyle == "qmark" else "%s"
    places = ", ".join([place] * len(_ATTEMPT))
    statement = f"INSERT INTO attempt ({', '.join(_ATTEMPT)}) VALUES ({places})"  # noqa: S608
    return statement, kind.bind_processor(dialect) or (lambda at: at)
