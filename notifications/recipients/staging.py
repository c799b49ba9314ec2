"""A large list on its way into the database: in short transactions, and yet all or nobody.

SQLite has one writer, and a million rows take longer than others can wait for it. So they are
written some thousand at a time, each lot with its own commit, behind the last row of the list that
counts (Notice.listed_to), where nobody looks. One short transaction at the end makes all of them
count. A worker that dies before leaves rows that count for nothing; the next one takes them away.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, select, update

from incidents.db import db, now
from incidents.models import User
from notifications import notices
from notifications.models import ListImport, Notice, Recipient
from notifications.recipients import writing
from notifications.recipients.listing import locked
from notifications.sifting.rows import Line

LEASE = timedelta(seconds=60)
PIECE = 4_000  # rows taken away in one transaction
SETTLED = 16  # lots after which what was written is moved to its place: some 70 MB at most


class Lost(Exception):
    """Another worker has taken the file over, or it was dropped: stop, and change nothing."""


class Lease:
    """The right of one worker to one file, for as long as it renews it."""

    def __init__(self, number: int, until: datetime) -> None:
        self.number, self.until = number, until

    def renew(self, connection: Connection, rows: int) -> None:
        """Hold the file for longer, and note how many rows are done; in the transaction of the
        connection. Raises Lost."""
        later = now() + LEASE
        mine = update(ListImport).where(*self._mine()).values(progress=rows, lease_until=later)
        if connection.execute(mine).rowcount != 1:
            raise Lost
        self.until = later

    def row(self) -> ListImport:
        """The file, held until the commit. Raises Lost."""
        fresh = select(ListImport).where(*self._mine()).with_for_update()
        row = db.session.scalar(fresh.execution_options(populate_existing=True))
        if row is None:
            raise Lost
        return row

    def _mine(self) -> tuple:
        alive = ListImport.state.in_(("reading", "importing", "writing"))
        return ListImport.id == self.number, ListImport.lease_until == self.until, alive


def begin(lease: Lease, by: User, at: datetime) -> None:
    """Nobody but this file changes the list from now on, and an approval is void. Commits.

    Raises Refused when the letter is on its way, and Lost.
    """
    row = lease.row()
    notice = locked(row.notice)
    notices.changing(notice, by, at)
    here = Recipient.notice_id == notice.id
    notice.listed_to = db.session.scalar(
        select(func.coalesce(func.max(Recipient.id), 0)).where(here)
    )
    row.state = "writing"
    db.session.commit()


def write(lease: Lease, notice_id: int, lots: Iterable[tuple[int, list[Line]]]) -> None:
    """Write the people of a file behind the list, each lot in a transaction of its own.

    `lots`: how many rows of the file are done with it, and the people. Raises Lost.
    """
    with db.engine.connect() as connection, writing.tuned(connection, writing.STAGED):
        for number, (done, lines) in enumerate(lots, 1):
            with connection.begin():
                writing.soon(connection)
                writing.write(connection, notice_id, lines)
                lease.renew(connection, done)
            if not number % SETTLED:
                writing.settle(connection)
        writing.settle(connection)


def finish(lease: Lease) -> ListImport:
    """Make the rows that were written count. No commit: it belongs to what is noted of it.
    Raises Lost."""
    row = lease.row()
    locked(row.notice).listed_to = None
    return row


def undo(lease: Lease) -> None:
    """Take away what a file has written so far; the list is as before it. Commits. Raises Lost."""
    row = lease.row()
    notice_id, last = row.notice_id, row.notice.listed_to
    db.session.rollback()
    while last is not None:
        behind = select(Recipient.id).where(Recipient.notice_id == notice_id, Recipient.id > last)
        some = delete(Recipient).where(Recipient.id.in_(behind.limit(PIECE)))
        with db.engine.begin() as connection:
            gone = connection.execute(some).rowcount
            lease.renew(connection, 0)
        if gone < PIECE:
            break
    row = lease.row()
    locked(row.notice).listed_to = None
    row.state = "importing"
    db.session.commit()


def forget(notice: Notice) -> None:
    """Take away what a file is writing into the list of a letter that is being erased. The worker
    finds that it has lost the file. No commit."""
    if notice.listed_to is None:
        return
    behind = Recipient.notice_id == notice.id, Recipient.id > notice.listed_to
    db.session.execute(
        delete(Recipient).where(*behind).execution_options(synchronize_session=False)
    )
    notice.listed_to = None
