"""What the worker does about large files of people: it reads them, and puts people on the list.

A worker that dies leaves nobody of a file on the list (`recipients.staging`); the next one begins
anew when the lease of the dead one has ended.
"""

import hashlib
from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import exists, or_, select, update
from sqlalchemy.orm import aliased

from incidents.db import db, now
from incidents.models import User
from incidents.refusal import Refused
from notifications.jobs import periodic
from notifications.models import ListImport
from notifications.recipients import imports, listing, staging, store
from notifications.recipients.staging import LEASE, Lease, Lost
from notifications.recipients.table import BadTable
from notifications.sifting.child import Child, Died, Lot


def N_(text: str) -> str:  # noqa: N802 - the name that translators' tools look for
    """Mark a text for translation without translating it here."""
    return text


ENDED = N_(
    "The program that reads this file was ended by the machine. Nothing was imported: try again."
)
BEAT = 40_000  # rows looked at between two notes of how far it is
AGAIN = 3  # times that a file is begun anew when the program that reads it dies


@periodic(5)
def work() -> int:
    """Read and import the large files that wait. Returns how many; commits."""
    done = 0
    while (lease := _claim()) is not None:
        try:
            _done(lease)
        except Lost:
            pass  # another worker does it, or nobody any more
        finally:
            db.session.rollback()
        done += 1
    return done


def _claim() -> Lease | None:
    """Take one file for this worker alone. Commits."""
    at = now()
    until = at + LEASE
    free = or_(ListImport.lease_until.is_(None), ListImport.lease_until < at)
    other = aliased(ListImport)
    # One file of a letter after the other: who is on the list already must be known.
    turn = ~exists().where(other.notice_id == ListImport.notice_id, other.state == "writing")
    ready = or_(
        ListImport.state.in_(("reading", "writing")), (ListImport.state == "importing") & turn
    )
    waiting = select(ListImport.id).where(free, ready)
    chosen = waiting.order_by(ListImport.id).limit(1).with_for_update(skip_locked=True)
    number = db.session.scalar(
        update(ListImport)
        .where(ListImport.id == chosen.scalar_subquery())
        .values(lease_until=until, progress=0)
        .returning(ListImport.id)
        .execution_options(synchronize_session=False)
    )
    db.session.commit()
    return Lease(number, until) if number is not None else None


def _done(lease: Lease) -> None:
    """Read or import one file; what keeps it from that is said with its preview. Raises Lost."""
    problem: dict[str, Any] | None = None
    findings: dict[str, Any] = {}
    state = lease.row().state
    db.session.rollback()
    for again in range(AGAIN):
        try:
            if state != "reading":
                _import(lease)
                return
            findings = _read(lease)
        except Died:
            problem = {"said": _(ENDED)}
            if again + 1 < AGAIN:
                continue
        except BadTable as error:
            problem = {"text": error.text, "params": error.params}
        except Refused as refusal:
            problem = {"said": refusal.message}
        break
    db.session.rollback()
    if state != "reading":
        staging.undo(lease)
    row = lease.row()
    row.state, row.problem, row.lease_until = "preview", problem, None
    row.counts = findings if state == "reading" else row.counts
    db.session.commit()


def _read(lease: Lease) -> dict[str, Any]:
    """What is in a file, for its preview. Raises Refused, BadTable, Died and Lost."""
    sifted = _Sifted(lease, sealed=False)
    noted = 0
    for done, _nobody in sifted:
        if done - noted >= BEAT:
            noted = done
            with db.engine.begin() as connection:
                lease.renew(connection, done)
    return sifted.findings | {"concerned": sifted.concerned}


def _import(lease: Lease) -> None:
    """Put everybody in a file on the list, or nobody. Raises as `_read`."""
    row = lease.row()
    by = db.session.get_one(User, row.confirmed_by_id)
    if row.state == "writing":
        staging.undo(lease)  # of the try before, or of a worker that died
    staging.begin(lease, by, now())
    sifted = _Sifted(lease, sealed=True)
    staging.write(lease, sifted.notice_id, sifted)
    row = staging.finish(lease)
    imports.came(row, sifted.findings, sifted.concerned, by, now())
    row.lease_until = None
    db.session.commit()


class _Sifted:
    """The people of a file as the child makes them. After the last: `findings`, and `concerned`,
    the data of each group's number."""

    def __init__(self, lease: Lease, sealed: bool) -> None:
        row = lease.row()
        self.question = imports.question(row, sealed)
        self.known = listing.known_joined(row.notice)
        self.notice_id, self.sha256 = row.notice_id, row.sha256
        self.parts = store.Kept(row.id, row.size)
        self.findings: dict[str, Any] = {}
        self.concerned: dict[int, Any] = {}
        db.session.rollback()  # nobody waits for the database while the file is worked on

    def __iter__(self) -> Iterator[Lot]:
        """Raises Refused for a file that is not what was uploaded, BadTable and Died."""
        read = hashlib.sha256()
        with Child(self.question, self.known, self._file(read)) as child:
            yield from child
        kind, *rest = child.end
        if kind == "bad":
            raise BadTable(*rest)
        if read.hexdigest() != self.sha256:
            raise Refused(_(imports.DAMAGED))
        self.findings, concerned = rest
        self.concerned = dict(concerned)

    def _file(self, read: Any) -> Iterator[bytes]:
        for piece in self.parts:
            read.update(piece)
            yield piece
