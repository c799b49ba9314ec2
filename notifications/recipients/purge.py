"""A list is a danger itself: some time after everybody was told it goes, and its keyed hashes stay.

GDPR Art. 5(1)(e): no longer than needed. What needs it are the letters under way, those that came
back, and the people not reached yet. With the key of an incident's lists nobody on them can be
read any more; the keyed hash of an address still answers whether it was told (`told`).
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from sqlalchemy import Update, exists, func, or_, select, update

from incidents.audit import record
from incidents.db import db
from incidents.models import User
from notifications import runs, tries
from notifications.models import Attempt, Claim, ListImport, ListKey, Notice, Recipient, Taken
from notifications.recipients import staging, store

# What other rooms keep of the people of a letter: they add a function of the notice here, which
# erases it and commits nothing.
also: list[Callable[[Notice], None]] = []


def due(at: datetime, days: int) -> list[ListKey]:
    """The keys of lists that nobody needs any more since so many days."""
    since = at - timedelta(days=days)
    alive = select(ListKey).where(ListKey.destroyed_at.is_(None), ListKey.made_at <= since)
    return [key for key in db.session.scalars(alive.order_by(ListKey.id)) if _over(key, since)]


def still_due(key: ListKey, at: datetime, days: int) -> bool:
    """Whether it is, asked again once nobody else can send its letters again: somebody may have,
    since `due` was asked. Holds them for this transaction."""
    letters = select(Notice.id).where(Notice.list_key_id == key.id).order_by(Notice.id)
    db.session.execute(letters.with_for_update(key_share=True)).all()
    db.session.expire_all()
    return _over(key, at - timedelta(days=days))


def _over(key: ListKey, since: datetime) -> bool:
    """Whether all letters of a key were over by then, and some were begun."""
    letters = select(Notice).where(Notice.list_key_id == key.id)
    return all(_letter_over(notice, since) for notice in db.session.scalars(letters))


def _letter_over(notice: Notice, since: datetime) -> bool:
    """Whether nobody is to be told by this letter any more, and nothing happened since then."""
    duty = notice.duty
    wanted = duty is not None and duty.is_open
    if notice.state in ("sending", "paused") or (notice.state != "done" and wanted):
        return False
    if notice.state == "done" and wanted and runs.missed(notice):
        return False
    moments = (notice.made_at, notice.list_changed_at, notice.finished_at, duty and duty.met_at)
    if any(moment is not None and moment > since for moment in moments):
        return False
    here = Recipient.notice_id == notice.id
    undecided = exists().where(here, Recipient.state == "in_doubt")
    under_way = exists().where(Claim.notice_id == notice.id)
    later = exists().where(here, Attempt.recipient_id == Recipient.id, Attempt.at > since)
    taken = exists().where(Taken.notice_id == notice.id, Taken.at > since)
    told = exists().where(here, Recipient.told_at > since)
    return not db.session.scalar(select(or_(undecided, under_way, told, taken, later)))


def forget_answers(key: ListKey) -> Iterator[None]:
    """`tries.forget_answers` for all letters of a key."""
    for number in db.session.scalars(select(Notice.id).where(Notice.list_key_id == key.id)).all():
        yield from tries.forget_answers(number)


def purge(key: ListKey, by: User | str, at: datetime) -> None:
    """Destroy a key, and with it all that is kept of the people on its lists but the keyed hashes.
    `forget_answers` comes first: it takes long where a run was slow.

    Texts, counts, times and states stay, and so does the file of the incident. No commit.
    """
    people = 0
    incident = None
    for notice in db.session.scalars(select(Notice).where(Notice.list_key_id == key.id)):
        incident = notice.incident
        people += erase(notice)
    key.key, key.destroyed_at = None, at
    if incident is not None:
        record("list.purged", by=by, at=at, incident=incident, people=people)


def erase(notice: Notice) -> int:
    """Erase what servers and staff wrote about the people of a letter, and its files; returns how
    many people it had. The people themselves go with the key, and what was said of letters that
    were taken over by `tries.forget_answers`. No commit."""
    staging.forget(notice)
    here = Recipient.notice_id == notice.id
    written = or_(Recipient.answer_sealed.isnot(None), Recipient.told_sealed.isnot(None))
    _change(update(Recipient).where(here, written).values(answer_sealed=None, told_sealed=None))
    mine = select(Recipient.id).where(here)
    said = Attempt.recipient_id.in_(mine), Attempt.answer_sealed.isnot(None)
    _change(update(Attempt).where(*said).values(answer_sealed=None))
    for kept in db.session.scalars(select(ListImport).where(ListImport.notice_id == notice.id)):
        store.empty(kept)
        if kept.state not in ("done", "dropped"):
            kept.state = "dropped"
    for room in also:
        room(notice)
    return db.session.scalar(select(func.count()).where(here)) or 0


def blank(notice: Notice) -> None:
    """Take away what is sealed of the people, too; nothing but the keyed hashes is left."""
    _change(update(Recipient).where(Recipient.notice_id == notice.id).values(person_sealed=b""))


def _change(statement: Update) -> None:
    """Change a million rows in the database alone."""
    db.session.flush()
    db.session.execute(statement.execution_options(synchronize_session=False))
    db.session.expire_all()
