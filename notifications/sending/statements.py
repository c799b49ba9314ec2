"""The statements by which the books are kept, made once for each kind of database.

What SQLAlchemy makes of a statement costs more than what a database does for a letter. So these
are built once; the rows they are about are one value, however many they are; and what is done to
each letter goes past the mapper.
"""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    String,
    Update,
    and_,
    any_,
    bindparam,
    cast,
    func,
    or_,
    select,
    update,
)

from incidents.db import db
from notifications.models import WAITING, Notice, Recipient

ROWS = Recipient.__table__


@dataclass(frozen=True)
class Statements:
    """`runs` are those of `numbers`, held; `take` needs notice, after, before, most, and gives what
    `claims.Claimed` holds; `held` and `lost` are conditions for `numbers` that a claim of `lease`
    holds, or no longer; `sent` and `sent_late` need `at`, too, and are about these. `numbers` as of
    `as_one`."""

    runs: Select[Any]
    take: Select[Any]
    held: ColumnElement[bool]
    lost: ColumnElement[bool]
    sent: Update
    sent_late: Update


@cache
def statements(dialect: str) -> Statements:
    """Those for "sqlite" or "postgresql"."""
    # A claim that ran out left its letters in doubt, under its lease.
    doubted = and_(ROWS.c.state == "in_doubt", ROWS.c.lease_by == bindparam("lease"))
    held = and_(_among(dialect), or_(ROWS.c.state.in_(WAITING), doubted))
    lost = and_(_among(dialect), doubted)
    sent = update(ROWS).values(state="sent", sent_at=bindparam("at"), lease_by=None)
    sent = sent.returning(ROWS.c.id, ROWS.c.notice_id)
    counted = sent.values(attempts=ROWS.c.attempts + 1)
    of_these = select(ROWS.c.notice_id).where(_among(dialect))
    theirs = select(Notice).where(Notice.id.in_(of_these)).order_by(Notice.id)
    runs = theirs.with_for_update(key_share=True).execution_options(populate_existing=True)
    return Statements(runs, _take(), held, lost, counted.where(held), sent.where(lost))


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


def _take() -> Select[Any]:
    needed = (
        *(ROWS.c.id, ROWS.c.notice_id, ROWS.c.attempts + 1, ROWS.c.language),
        *(ROWS.c.group_number, ROWS.c.address_key, ROWS.c.person_sealed),
    )
    queued = select(*needed).where(
        ROWS.c.notice_id == bindparam("notice"),
        ROWS.c.state == "queued",
        ROWS.c.id > bindparam("after", type_=BigInteger),
        ROWS.c.id < bindparam("before", type_=BigInteger),
    )
    return queued.order_by(ROWS.c.id).limit(bindparam("most", type_=Integer))
