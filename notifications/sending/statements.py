"""The statements by which the books are kept, made once for each kind of database.

What SQLAlchemy makes of a statement costs more than what a database does for a letter. So these
are built once; the rows they are about are one value, however many they are; and what is done to
each letter goes past the mapper.
"""

import json
import secrets
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import repeat
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    String,
    Update,
    any_,
    bindparam,
    cast,
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
NEEDED = (
    *("id", "notice_id", "attempts", "language"),
    *("group_number", "address_key", "person_sealed"),
)


@dataclass(frozen=True)
class Statements:
    """`take` needs notice, after, most, lease, until; `sent` numbers, lease, at; `back` numbers,
    lease. `held` are the conditions for `numbers` under `lease`. `numbers` as of `as_one`."""

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
        _take(dialect),
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


def as_one(numbers: Collection[int]) -> str:
    """The numbers of rows as one value."""
    return json.dumps([*numbers]) if db.engine.dialect.name == "sqlite" else _array(numbers)


def _array(values: Iterable[object]) -> str:
    """Plain words or numbers as PostgreSQL reads an array; its driver would look at each."""
    return f"{{{','.join(map(str, values))}}}"


def _among(dialect: str) -> ColumnElement[bool]:
    if dialect == "sqlite":
        each = func.json_each(bindparam("numbers")).table_valued("value")
        return ROWS.c.id.in_(select(each.c.value))
    numbers = func.unnest(cast(bindparam("numbers", type_=String), ARRAY(Integer)))
    return ROWS.c.id == _any_of(select(numbers))


def _any_of(numbers: Any) -> Any:
    """As an array that is made first: else PostgreSQL may read the whole table for a few rows."""
    return any_(func.array(numbers.scalar_subquery()))


def _take(dialect: str) -> Update:
    # After the last: else PostgreSQL reads past all that were claimed before, each time anew.
    queued = select(ROWS.c.id).where(
        ROWS.c.notice_id == bindparam("notice"),
        ROWS.c.state == "queued",
        ROWS.c.id > bindparam("after", type_=Integer),
    )
    first = queued.order_by(ROWS.c.id).limit(bindparam("most", type_=Integer))
    # Materialized: else PostgreSQL may choose anew for each row, past the limit.
    chosen = first.with_for_update(skip_locked=True).cte("chosen").prefix_with("MATERIALIZED")
    among: Any = select(chosen.c.id)
    each = ROWS.c.id.in_(among) if dialect == "sqlite" else ROWS.c.id == _any_of(among)
    return (
        update(ROWS)
        .where(each)
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
    seal, connection = vault().seal, db.session.connection()
    chance = secrets.token_bytes(20 * len(tried))  # one call for all
    uids, sealed = [], []
    for place, (_, _, answer) in zip(range(0, len(chance), 20), tried, strict=True):
        uid = chance[place : place + 8].hex()
        uids.append(uid)
        nonce = chance[place + 8 : place + 20]
        sealed.append(seal(answer.encode(), f"attempt.answer.{uid}", nonce))
    numbers, outcomes, _ = zip(*tried, strict=True)
    if connection.dialect.name == "sqlite":
        kind = Attempt.__table__.c.at.type.dialect_impl(connection.dialect)
        when = kind.bind_processor(connection.dialect)(at)
        same = repeat(when), repeat(worker)
        rows = [*zip(uids, numbers, outcomes, sealed, *same, strict=False)]
        connection.exec_driver_sql(_ONE_EACH, rows)
    else:
        arrays = (uids, numbers, outcomes, [one.hex() for one in sealed])
        connection.exec_driver_sql(_ALL_AT_ONCE, (at, worker, *map(_array, arrays)))


_ONE_EACH = """
    INSERT INTO attempt (uid, recipient_id, outcome, answer_sealed, at, worker)
    VALUES (?, ?, ?, ?, ?, ?)
"""
# Row by row each would be a message of its own to the server, and back.
_ALL_AT_ONCE = """
    INSERT INTO attempt (at, worker, uid, recipient_id, outcome, answer_sealed)
    SELECT %s, %s, uid, number, outcome, decode(sealed, 'hex')
    FROM unnest(%s::text[], %s::integer[], %s::text[], %s::text[])
    AS tried (uid, number, outcome, sealed)
"""
