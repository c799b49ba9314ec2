"""What the worker does about large files of people: it reads them, and puts people on the list.

A worker that dies leaves everybody or nobody on the list, since they come on in one transaction;
the next one begins anew when the lease of the dead one has ended.
"""

from collections.abc import Callable
from datetime import timedelta
from time import monotonic
from typing import Any

from sqlalchemy import or_, select, update

from incidents.db import db, now
from incidents.models import User
from incidents.refusal import Refused
from notifications.jobs import periodic
from notifications.models import ListImport
from notifications.recipients import grouping, imports, listing, store
from notifications.recipients.columns import Columns
from notifications.recipients.spool import Spool
from notifications.recipients.table import BadTable

LEASE = timedelta(seconds=60)
BEAT = 0.7  # seconds between two notes of how far it is
AGAIN = 3  # times that people are matched anew when the list is changed meanwhile


@periodic(5)
def work() -> int:
    """Read and import the large files that wait. Returns how many; commits."""
    done = 0
    while (number := _claim()) is not None:
        row = db.session.get_one(ListImport, number, populate_existing=True)
        if row.state == "reading":
            _read(row)
        else:
            _import(row)
        done += 1
    return done


def _claim() -> int | None:
    """Take one file for this worker alone. Commits."""
    at = now()
    free = or_(ListImport.lease_until.is_(None), ListImport.lease_until < at)
    waiting = select(ListImport.id).where(ListImport.state.in_(("reading", "importing")), free)
    chosen = waiting.order_by(ListImport.id).limit(1).with_for_update(skip_locked=True)
    number = db.session.scalar(
        update(ListImport)
        .where(ListImport.id == chosen.scalar_subquery())
        .values(lease_until=at + LEASE, progress=0)
        .returning(ListImport.id)
        .execution_options(synchronize_session=False)
    )
    db.session.commit()
    return number


def _beat(number: int) -> Callable[[int], None]:
    """What notes how far a file is, and that its worker lives; at most every so often."""
    last = monotonic()

    def beat(rows: int) -> None:
        nonlocal last
        if monotonic() - last < BEAT:
            return
        last = monotonic()
        with db.engine.begin() as connection:
            note = update(ListImport).where(ListImport.id == number)
            connection.execute(note.values(progress=rows, lease_until=now() + LEASE))

    return beat


def _read(row: ListImport) -> None:
    """Say what is in a file: its preview."""
    number, size, sha256 = row.id, row.size, row.sha256
    shape, columns = imports.shape_of(row), Columns.from_json(row.columns)
    known, groups = listing.known(row.notice), grouping.known(row.notice)
    file = store.read(row, apart=True)
    db.session.rollback()  # nobody waits for the database while the file is read
    problem, findings = None, None
    try:
        if store.digest(file) != (size, sha256):
            raise BadTable(imports.DAMAGED)
        findings = imports.examine(file, shape, columns, known, groups, _beat(number))
    except BadTable as error:
        problem = {"text": error.text, "params": error.params}
    row = db.session.get_one(ListImport, number, with_for_update=True, populate_existing=True)
    if row.state == "reading":  # not dropped meanwhile
        row.state, row.problem, row.counts = "preview", problem, findings or {}
        row.lease_until = None
    db.session.commit()


def _import(row: ListImport) -> None:
    """Put everybody in a file on the list, or nobody."""
    number = row.id
    problem: dict[str, Any] | None = None
    for _again in range(AGAIN):
        try:
            with Spool() as spool:
                file = store.read(row, apart=True)
                counts = imports.prepare(row, spool, file, _beat(number))
                row = db.session.get_one(ListImport, number, populate_existing=True)
                if row.state == "importing":
                    by = db.session.get_one(User, row.confirmed_by_id)
                    imports.take(row, spool, counts, by, now())
                    row.lease_until = None
                db.session.commit()
                return
        except imports.Changed as refusal:
            problem = {"said": refusal.message}
        except BadTable as error:
            problem = {"text": error.text, "params": error.params}
            break
        except Refused as refusal:
            problem = {"said": refusal.message}
            break
        finally:
            db.session.rollback()
        row = db.session.get_one(ListImport, number, populate_existing=True)
    row = db.session.get_one(ListImport, number, with_for_update=True, populate_existing=True)
    row.state, row.problem, row.lease_until = "preview", problem, None
    db.session.commit()
