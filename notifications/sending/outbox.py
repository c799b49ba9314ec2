"""The letters to data subjects on their way: one row a person, one state a row, nobody lost.

One worker's round: this thread keeps the books, another one the wire. In one transaction the
outcomes of some letters are marked and the next ones claimed, one batch ahead of the wire; what
is under way in between stands in the journal. So when a worker dies, at most the one letter on
each connection is in doubt. A letter in doubt is held and shown, and sent again only by a
person's choice: the server may well have it. `runs` has the verbs of people.
"""

import gc
import smtplib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Thread
from time import monotonic

from sqlalchemy import exists, func, select

from incidents.db import db, now
from notifications import gate, jobs, runs, servers, standing
from notifications.delivery import Outcome, Relay, Unreachable, connect
from notifications.models import Notice, Recipient, Worker
from notifications.sending import claims, faults, recovery
from notifications.sending.claims import Claimed
from notifications.sending.journal import Journal
from notifications.sending.tray import HELD, Ready, Tray
from notifications.sending.wire import Wire
from notifications.sending.writing import Writings

BATCH = 300  # letters claimed in one transaction, at most
OFTEN = 0.25  # seconds after which outcomes are stored, however few
LOOK = 0.5  # seconds after which is asked whether the runs still go, though nothing happened
TELL = 20.0  # seconds between two notes that the server works


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

    def count(self, states: list[str]) -> None:
        """So many letters more, by what became of them."""
        for state, count in Counter(states).items():
            name = {"lost": "deferred", "refused": "deferred"}.get(state, state)
            setattr(self, name, getattr(self, name) + count)


@jobs.periodic(5)
def deliver(limit: int | None = None, stop: Callable[[], bool] = jobs.stopping) -> Tally:
    """Send what is due of all runs until nothing is due. Commits; nothing is held open in the
    database while the network is waited for."""
    at = now()
    recovery.sweep(at)
    tally = Tally()
    relay = servers.relay_when_ready(at) if _waiting() else None
    db.session.commit()
    if relay is not None:
        _Round(relay, tally, limit, stop).run()
        gate.passed()
    runs.finish_what_is_over(now())
    return tally


def _waiting() -> bool:
    queued = exists().where(Recipient.notice_id == Notice.id, Recipient.state == "queued")
    return db.session.scalar(select(Notice.id).where(Notice.state == "sending", queued)) is not None


@dataclass
class _Round:
    """One worker's way through the letters that are due."""

    relay: Relay
    tally: Tally
    limit: int | None
    stop: Callable[[], bool]
    lease: str = field(default_factory=claims.new_lease)
    out: set[int] = field(default_factory=set)  # claimed, and not marked yet
    last: dict[int, int] = field(default_factory=dict)  # of each run, the letter claimed last
    unwritten: list[tuple[int, Outcome]] = field(default_factory=list)
    size: int = 0  # of the next batch
    looked: float = 0.0
    told: float = 0.0
    turn: int = 0

    def run(self) -> None:
        """Send until nothing is due, the server is away, or we are told to stop."""
        try:  # before any claim: a server that is away costs nobody a try
            first = connect(self.relay).configure_host()
        except Unreachable as error:
            db.session.rollback()
            servers.answered("out", False, error.answer, now())
            db.session.commit()
            return
        self.writings = Writings(servers.return_base(), self.relay.sender)
        self.tray = Tray(self._per_minute())
        db.session.commit()
        self.size = self._usual()
        self.journal = Journal(recovery.journals(), self.lease)
        gc.freeze()  # else every few hundred letters the whole program is looked through
        try:
            self._send(first)
        finally:
            gc.unfreeze()
            self.journal.close()

    def _send(self, first: smtplib.SMTP) -> None:
        wire = Wire(self.relay, self.tray, self.journal)
        thread = Thread(target=wire.run, args=(first,), name="wire", daemon=True)
        self._books([])
        thread.start()
        try:
            while self.out and thread.is_alive():
                if self.stop():
                    self.tray.close()
                done = self.tray.collect(min(self.size, len(self.out)), OFTEN)
                if done or self.unwritten or monotonic() - self.looked > LOOK:
                    self._books(done)
        finally:
            self.tray.close()
            thread.join()
            self._books(self.tray.collect(0, 0))
            self._note(wire)

    def _books(self, done: list[tuple[Ready, Outcome]]) -> None:
        """One transaction: mark what is done, take back what may not go any more, claim what may
        go next; then hand it to the wire."""
        at = now()
        marked = [(letter.id, outcome) for letter, outcome in done if outcome is not HELD]
        marked += self.unwritten
        if marked:
            claims.mark(marked, self.lease, at)
        signs = standing.signs()
        going = {number for number, sign in signs.items() if standing.known(number, sign)}
        closed = self.tray.closed
        back = self.tray.withdraw(None if closed else going)
        back += [letter for letter, outcome in done if outcome is HELD]
        back_ids = [letter.id for letter in back]
        if back:
            claims.give_back(back_ids, self.lease)
        claimed = [] if closed else self._claim(list(going))
        self._tell(marked, at)
        if marked:
            faults.at("marking")
        db.session.commit()
        if marked:
            faults.at("marked")
        self.looked = monotonic()
        self._settle([number for number, _ in marked] + back_ids)
        self.tally.count([outcome.state for _, outcome in marked])
        self.unwritten = []
        self.tray.free(going)
        if claimed:
            faults.at("claimed")
            self._hand_out(claimed, signs)
        if unknown := [] if closed else sorted(signs.keys() - going):
            for number in unknown:
                standing.confirm(number, now())  # which may take seconds, and holds nobody up
            self._books([])

    def _claim(self, going: list[int]) -> list[Claimed]:
        """The next batch, so that two are in hand; the runs take turns."""
        room = 2 * self.size - len(self.tray)
        if self.limit is not None:
            room = min(room, self.limit - self.tally.total - len(self.out))
        if (room < min(self.size, 2) and self.limit is None) or room < 1 or not going:
            return []
        self.turn += 1
        start = self.turn % len(going)
        turns = going[start:] + going[:start]
        claimed = claims.claim(now(), self.lease, room, turns, self.last)
        if claimed:
            self.journal.claimed([letter.id for letter in claimed])
        return claimed

    def _settle(self, numbers: list[int]) -> None:
        self.journal.settled(numbers)
        self.out.difference_update(numbers)

    def _hand_out(self, claimed: list[Claimed], signs: dict[int, standing.Signs]) -> None:
        self.out.update([row.id for row in claimed])
        ready, self.unwritten = self.writings.write(claimed, signs)
        db.session.commit()  # what was read to write them
        self.tray.add(ready)

    def _usual(self) -> int:
        """Letters a batch: what goes in a second where there is a limit."""
        if self.relay.per_minute:
            return max(1, min(BATCH, self.relay.per_minute // 60))
        return BATCH

    def _per_minute(self) -> float | None:
        """This worker's share of the limit."""
        if not self.relay.per_minute:
            return None
        alive = Worker.seen_at > now() - timedelta(minutes=1)
        others = select(func.count()).where(alive, Worker.name != jobs.name())
        return self.relay.per_minute / (1 + (db.session.scalar(others) or 0))

    def _tell(self, marked: list[tuple[int, Outcome]], at: object) -> None:
        """Say how the server behaves; if it refuses us, that is the end of the round."""
        for _, outcome in marked:
            if outcome.state == "refused":
                servers.answered("out", False, outcome.answer, now())
                self.tray.close()
                return
        sent = next((outcome for _, outcome in marked if outcome.state == "sent"), None)
        if sent and monotonic() - self.told > TELL:
            self.told = monotonic()
            servers.answered("out", True, sent.answer, now())

    def _note(self, wire: Wire) -> None:
        if wire.failure is not None:
            servers.answered("out", False, wire.failure, now())
            db.session.commit()
