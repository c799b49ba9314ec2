"""The letters to data subjects on their way: one row a person, one state a row, nobody lost.

A row is claimed, and the claim committed, before a byte is sent; what came of it is committed
before the next row is claimed. So when a worker dies, at most the one letter it held is in doubt.
A letter in doubt is held and shown, and sent again only by a person's choice: the server may well
have it. `runs` has the verbs of people; this is what workers do.
"""

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic, sleep

from flask_mail import Message
from sqlalchemy import exists, literal_column, or_, select, update

from incidents.db import db, now
from notifications import backoff, compose, gate, jobs, runs, servers, standing
from notifications.delivery import Outcome, Post, Relay, Unreachable, connect
from notifications.models import Attempt, Notice, Recipient, Worker
from notifications.wording import N_

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=10)
SILENT = timedelta(seconds=90)  # a worker that gave no sign of life for so long is dead
REFUSALS = 10  # people refused in a row: then it is not about the people
# Our own words where a server has said nothing; pages translate them.
NOT_WRITTEN = N_("This letter could not be written.")
STOPPED = N_("The worker stopped while sending.")
ROUND = 500  # rows changed in one transaction by sweeps


@dataclass
class Tally:
    """What one round of deliveries did, in letters."""

    sent: int = 0
    failed: int = 0
    deferred: int = 0
    in_doubt: int = 0

    @property
    def total(self) -> int:
        return self.sent + self.failed + self.deferred + self.in_doubt


@dataclass(frozen=True)
class Claim:
    """A claimed letter as plain values: nothing is asked of the database while it is sent."""

    recipient: int
    notice: int
    message: Message
    envelope_sender: str


@jobs.periodic(5)
def deliver(limit: int | None = None, stop: Callable[[], bool] = jobs.stopping) -> Tally:
    """Send what is due of all runs, over one connection, until nothing is due. Commits around
    each letter; nothing is held open in the database while the network is waited for."""
    at = now()
    sweep(at)
    tally = Tally()
    relay = servers.relay_when_ready(at) if _waiting() else None
    db.session.commit()
    if relay is not None:
        _Round(relay, tally).run(limit, stop)
        gate.passed()
    runs.finish_what_is_over(now())
    return tally


class _Round:
    """One worker's way through the letters that are due."""

    def __init__(self, relay: Relay, tally: Tally) -> None:
        self.relay = relay
        self.tally = tally
        self.post: Post | None = None
        self.writers: dict[int, compose.Writer] = {}
        self.last_run: int | None = None

    def run(self, limit: int | None, stop: Callable[[], bool]) -> None:
        try:
            while (limit is None or self.tally.total < limit) and not stop():
                begun = monotonic()
                if not self._one():
                    break
                self._keep_pace(begun, stop)
        except Unreachable as error:
            db.session.rollback()
            servers.answered("out", False, error.answer, now())
            db.session.commit()
        finally:
            if self.post is not None:
                self.post.close()

    def _open(self) -> Post:
        if self.post is None or self.post.host is None:
            self.post = connect(self.relay).__enter__()
        return self.post

    def _one(self) -> bool:
        """Claim one letter and hand it over. False when nothing is due, or nothing goes now."""
        self._open()  # before the claim: a server that is away costs nobody a try
        number = claim(now(), self.last_run)
        if number is None:
            db.session.commit()
            return False
        if not self._still_approved(number):
            db.session.commit()
            return True
        try:
            letter = self._written(number)
        except Exception as error:
            log.error("A letter could not be written: %s", type(error).__name__)
            outcome = Outcome("failed", NOT_WRITTEN)
            return self._marked(number, outcome)
        db.session.commit()
        return self._marked(number, self._handed_over(letter))

    def _still_approved(self, number: int) -> bool:
        """Whether the claimed letter would be what was approved; if not, it waits. No commit."""
        letter = db.session.get_one(Recipient, number)
        if standing.known(letter.notice):
            return True
        self.writers.pop(letter.notice_id, None)  # it may have been made with words of before
        if standing.confirmed(letter.notice):
            return True
        standing.put_back(letter, now())
        return False

    def _handed_over(self, letter: Claim) -> Outcome:
        """The outcome of one letter. A server may end a connection after so many letters: then
        the letter was not touched, and a fresh connection takes it."""
        used = self.post is not None and self.post.num_emails > 0
        try:
            outcome = self._open().hand_over(letter.message, letter.envelope_sender)
            if outcome.state == "lost" and used:
                outcome = self._open().hand_over(letter.message, letter.envelope_sender)
        except Unreachable as error:
            return Outcome("lost", error.answer, alive=False)
        except ValueError as error:
            log.error("A letter could not be written: %s", type(error).__name__)
            return Outcome("failed", NOT_WRITTEN)
        return outcome

    def _marked(self, number: int, outcome: Outcome) -> bool:
        at = now()
        mark(number, outcome, at)
        if outcome.state == "sent":
            servers.answered("out", True, outcome.answer, at)
        elif outcome.state in ("lost", "refused"):
            servers.answered("out", False, outcome.answer, at)
        db.session.commit()
        name = {"lost": "deferred", "refused": "deferred"}.get(outcome.state, outcome.state)
        setattr(self.tally, name, getattr(self.tally, name) + 1)
        return outcome.state not in ("lost", "refused")

    def _written(self, number: int) -> Claim:
        recipient = db.session.get_one(Recipient, number)
        self.last_run = recipient.notice_id
        if recipient.notice_id not in self.writers:
            self.writers[recipient.notice_id] = compose.Writer(recipient.notice, servers.outgoing())
        message = self.writers[recipient.notice_id].letter(recipient)
        sender = servers.return_address("letter", recipient.uid, self.relay.sender)
        return Claim(number, recipient.notice_id, message, sender)

    def _keep_pace(self, begun: float, stop: Callable[[], bool]) -> None:
        if self.relay.per_minute:
            end = begun + 60 / self.relay.per_minute
            while monotonic() < end and not stop():
                sleep(min(0.2, max(0.0, end - monotonic())))


def _running() -> list[int]:
    """The runs that send now, the older first."""
    sending = select(Notice.id).where(Notice.state == "sending")
    return list(db.session.scalars(sending.order_by(Notice.started_at, Notice.id)))


def _waiting() -> bool:
    queued = exists().where(Recipient.notice_id == Notice.id, Recipient.state == "queued")
    return db.session.scalar(select(Notice.id).where(Notice.state == "sending", queued)) is not None


def claim(at: datetime, after: int | None = None) -> int | None:
    """Take the next queued letter for this worker alone; None when there is none.

    The runs take turns, beginning with the one that follows the run `after`: a letter to twelve
    people does not wait for one to a million. No commit: the caller commits before it sends a
    byte.
    """
    turns = _running()
    if after in turns:
        start = turns.index(after) + 1
        turns = turns[start:] + turns[:start]
    for notice in turns:
        queued = select(Recipient.id).where(
            Recipient.notice_id == notice, Recipient.state == "queued"
        )
        chosen = queued.order_by(Recipient.id).limit(1).with_for_update(skip_locked=True)
        taken = (
            update(Recipient)
            .where(Recipient.id == chosen.scalar_subquery(), Recipient.state == "queued")
            .values(
                state="sending",
                lease_by=jobs.name(),
                lease_until=at + LEASE,
                attempts=Recipient.attempts + 1,
            )
            .execution_options(synchronize_session=False)
        )
        number = db.session.scalar(taken.returning(Recipient.id))
        if number is not None:
            return number
    return None


def mark(number: int, outcome: Outcome, at: datetime) -> None:
    """Write down what became of the letter this worker holds, with one Attempt. No commit.

    A lease that ran out meanwhile (a very slow server) left the row in doubt; this worker knows
    better, and its word holds. A row that is not this worker's any more is left alone.
    """
    row = db.session.get_one(Recipient, number, populate_existing=True)
    if row.state not in ("sending", "in_doubt") or row.lease_by != jobs.name():
        return
    state: str = outcome.state
    if state == "refused":
        runs.stop_for(row.notice, "sender", at)
        state, row.attempts = "queued", row.attempts - 1
    elif state in ("lost", "deferred"):
        state = "failed" if backoff.gives_up(row.attempts) else "deferred"
        row.next_try_at = at + backoff.wait(row.attempts, random.random())  # noqa: S311
    row.state, row.answer = state, outcome.answer
    row.lease_until = None
    if state != "in_doubt":
        row.lease_by = None
    if state == "sent":
        row.sent_at = at
    _attempt(row, "deferred" if state == "queued" else state, outcome.answer, at)
    _count_refusals(row.notice, state, at)


def _attempt(row: Recipient, outcome: str, answer: str, at: datetime) -> None:
    attempt = Attempt(recipient_id=row.id, at=at, worker=row.lease_by or jobs.name())
    attempt.outcome, attempt.answer = outcome, answer
    db.session.add(attempt)


def _count_refusals(notice: Notice, state: str, at: datetime) -> None:
    """Ten people refused one after the other: the server means us, not them."""
    if state == "failed":
        raised = update(Notice).where(Notice.id == notice.id).values(refusals=Notice.refusals + 1)
        count = db.session.scalar(raised.returning(Notice.refusals)) or 0
        if count >= REFUSALS:
            runs.stop_for(notice, "refusals", at)
    elif state == "sent" and notice.refusals:
        db.session.execute(update(Notice).where(Notice.id == notice.id).values(refusals=0))


def sweep(at: datetime) -> None:
    """Queue the deferred letters that are due, and hold in doubt what dead workers had. Commits."""
    due = (
        update(Recipient)
        .where(
            Recipient.notice_id.in_(_running()),
            Recipient.state == "deferred",
            Recipient.next_try_at <= at,
        )
        .values(state="queued", next_try_at=None)
        .execution_options(synchronize_session=False)
    )
    db.session.execute(due)
    db.session.commit()
    while expire(at):
        db.session.commit()
    db.session.commit()


def expire(at: datetime) -> int:
    """Hold in doubt what was under way when its worker died; returns how many. No commit."""
    dead = select(Worker.name).where(Worker.seen_at < at - SILENT)
    # A literal, since SQLite uses a partial index only for the very words of its condition.
    under_way = select(Recipient).where(Recipient.state == literal_column("'sending'"))
    lapsed = or_(Recipient.lease_until < at, Recipient.lease_by.in_(dead))
    rows = db.session.scalars(
        under_way.where(lapsed).limit(ROUND).with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        row.state, row.lease_until = "in_doubt", None
        row.answer = None
        _attempt(row, "in_doubt", STOPPED, at)
    return len(rows)
