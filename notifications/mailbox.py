"""The mailbox as a door: every mail in it is stored once, whoever else reads, moves or renumbers.

A mail's key is (mailbox, UIDVALIDITY, UID). Its flags say nothing to us: what somebody read
already is fetched all the same. A folder that its server renumbered is looked at again from the
beginning, and what is known already is found by its bytes (see placing).
"""

import logging
import threading
import time
from datetime import datetime, timedelta
from threading import Event

from flask import Flask
from sqlalchemy import func, select, update

from incidents.db import db, now
from notifications import acknowledge, imap, incoming
from notifications.jobs import periodic
from notifications.models import Incoming, Mailbox, Server

log = logging.getLogger(__name__)
# Mail older than this when the mailbox was first looked into is not ours to answer.
BEFORE = timedelta(days=30)
ALERT_AFTER = 3  # a mail without a byte so many times is told to people
_STEP = 2  # seconds in which a wish to stop is heard
_STEPS = 9 * 60 // _STEP  # servers hang up after 30 minutes, some routers after 10
_one_at_a_time = threading.Lock()


@periodic(60)
def poll() -> int:
    """Look into the mailbox once, beneath IDLE; back off while it fails. Returns new mails."""
    account = imap.account()
    if account is None or not _due(now()):
        return 0
    try:
        with imap.opened(account) as box:
            new = collect(box)
    except imap.TROUBLE as error:
        db.session.rollback()
        failed(error, now())
        return 0
    succeeded(now())
    return new


@periodic(15)
def tidy() -> int:
    """Finish what was left behind, and send the receipts that wait. Returns receipts queued."""
    incoming.finish(now())
    return acknowledge.pending(now())


def collect(box: imap.Box) -> int:
    """Store and process each mail of the open folder that is not stored yet; returns how many.

    One that cannot be fetched does not hold up the others: it is tried again next time.
    """
    with _one_at_a_time:
        prefix = f"imap:{box.account.name}:{box.uidvalidity:010d}:"
        after, since, empty = _position(prefix, now())
        found = box.arrived(after, since.date())
        known = _known(prefix, found)
        new, missing = 0, []
        for uid in found:
            if uid in known:
                continue
            stored = _fetch(box, uid, f"{prefix}{uid:010d}")
            new += stored is True
            if stored is None:
                missing.append(uid)
        tries = {str(uid): empty.get(str(uid), 0) + 1 for uid in missing}
        settled = min(missing) - 1 if missing else max(found, default=after)
        if settled != after or tries != empty:
            values = {"settled": settled, "empty": tries}
            db.session.execute(update(Mailbox).where(Mailbox.key == prefix).values(values))
        db.session.commit()
    if new:
        acknowledge.pending(now())
    return new


def _fetch(box: imap.Box, uid: int, key: str) -> bool | None:
    """Store one mail, then mark it, then process it. True: it is new. False: it is gone, or
    somebody else stored it. None: it came without a byte."""
    size = box.size(uid)
    if size is None:
        return False
    too_large = size > incoming.LARGEST
    raw = box.raw(uid, incoming.BEGINNING if too_large else None)
    if not raw:
        return None
    incoming.take(raw, key, now(), size if too_large else None)
    if not too_large:  # of a mail that stays there in part, people should look at the whole
        box.mark_seen(uid)
    return True


def watch(app: Flask, stop: Event) -> None:
    """Hear of new mail at once (IDLE), until `stop` is set. Runs in a thread of its own; whatever
    goes wrong here, `poll` still looks each minute."""
    while not stop.is_set():
        wait = 30.0
        with app.app_context():
            try:
                account = imap.account()
                if account is not None and _due(now()):
                    _listen(account, stop)
                    wait = 1.0
            except imap.TROUBLE as error:
                db.session.rollback()
                failed(error, now())
            except Exception as error:  # the database, most likely: it may be back in a while
                log.error("Listening to the mailbox failed: %s", type(error).__name__)
                db.session.rollback()
        stop.wait(wait)


def _listen(account: imap.Account, stop: Event) -> None:
    """One connection: collect, wait to be told, collect; until settings change or it breaks."""
    with imap.opened(account) as box:
        collect(box)
        succeeded(now())
        if not box.can_idle():
            stop.wait(60)
            return
        while not stop.is_set():
            box.idle.start()
            _wait(box, account, stop)
            box.idle.stop()
            if imap.account() != account:
                return
            collect(box)
            succeeded(now())


def _wait(box: imap.Box, account: imap.Account, stop: Event) -> None:
    """Until the server tells something, hangs up, or the waiting was long enough."""
    if box.told():
        return
    for step in range(_STEPS):
        begun = time.monotonic()
        told = box.idle.poll(timeout=_STEP)
        # Nothing said and yet something to read: the server hung up, as the next command shows.
        hung_up = time.monotonic() - begun < _STEP / 2
        if told or hung_up or stop.is_set():
            return
        if step % 15 == 14 and imap.account() != account:
            return


def troubles() -> int:
    """How many mails were announced again and again and never came: for people to look at."""
    rows = db.session.scalars(select(Mailbox)).all()
    return sum(tries >= ALERT_AFTER for row in rows for tries in row.empty.values())


def succeeded(at: datetime) -> None:
    """Write down that the mailbox answered. Commits."""
    _note(ok_at=at, failing_since=None, next_try_at=None, failures=0, answer=None)


def failed(error: BaseException, at: datetime) -> None:
    """Write down that the mailbox cannot be read, and when to try again. Commits."""
    server = db.session.scalar(select(Server).where(Server.direction == "in"))
    failures = (server.failures if server else 0) + 1
    minutes = (1, 2, 5, 15)[min(failures, 4) - 1]
    _note(
        failing_since=server.failing_since or at if server else at,
        next_try_at=at + timedelta(minutes=minutes),
        failures=failures,
        answer=imap.words(error),
    )
    log.warning("The mailbox cannot be read: %s", type(error).__name__)


def _note(**values: object) -> None:
    # Not through the row: its version is for people, whose settings form may be open.
    db.session.execute(update(Server).where(Server.direction == "in").values(values))
    db.session.commit()


def _due(at: datetime) -> bool:
    next_try = db.session.scalar(select(Server.next_try_at).where(Server.direction == "in"))
    db.session.commit()
    return next_try is None or next_try <= at


def _position(prefix: str, at: datetime) -> tuple[int, datetime, dict[str, int]]:
    """How far a folder was read, since when its mail concerns us, and what came empty. Commits.

    The day is counted from the first look into any mailbox, so that a mailbox that is moved or
    renumbered years later is looked at again as far back.
    """
    row = db.session.get(Mailbox, prefix)
    if row is None:
        row = Mailbox(key=prefix, first_at=at, settled=0, empty={})
        db.session.add(row)
        db.session.flush()
    first = db.session.scalar(select(func.min(Mailbox.first_at))) or at
    position = row.settled, first - BEFORE, dict(row.empty)
    db.session.commit()
    return position


def _known(prefix: str, uids: list[int]) -> set[int]:
    """Which of the mails are stored already. Ends the transaction."""
    if not uids:
        return set()
    low, high = f"{prefix}{uids[0]:010d}", f"{prefix}{uids[-1]:010d}"
    keys = select(Incoming.key).where(Incoming.key >= low, Incoming.key <= high)
    known = {int(key.removeprefix(prefix)) for key in db.session.scalars(keys)}
    db.session.commit()
    return known
