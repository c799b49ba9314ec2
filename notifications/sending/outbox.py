"""The letters to data subjects on their way: one row a person, one state a row, nobody lost.

One worker's round: this thread keeps the books, a process of its own has the wire. In one
transaction the outcomes of some letters are marked and the next ones claimed, one batch ahead of
the wire; what is under way in between stands in the journal. So when a worker dies, or its wire, at
most the one letter on each connection is in doubt. A letter in doubt is held and shown, and sent
again only by a person's choice: the server may well have it. `runs` has the verbs of people.
"""

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic

from sqlalchemy import func, select

from incidents.db import db, now
from notifications import gate, jobs, runs, servers, standing
from notifications.models import Recipient, Server, Worker, in_state
from notifications.relay import Outcome, Relay, Unreachable
from notifications.sending import claims, faults, recovery
from notifications.sending.carrier import Carrier
from notifications.sending.claims import Claimed
from notifications.sending.journal import books
from notifications.sending.unhurried import unhurried
from notifications.sending.writing import Writings
from notifications.wording import N_

log = logging.getLogger(__name__)

BATCH = 2000  # letters claimed in one transaction, at most
HANDFUL = 100  # letters written before the wire gets them
HEAVY = 8_000_000  # bytes that wait over there, at most about; 450 a letter are usual
OFTEN = 0.25  # seconds after which outcomes are stored, however few
LOOK = 0.5  # seconds after which is asked whether the runs still go, though nothing happened
TELL = 20.0  # seconds between two notes that the server works
TIDY = 20.0  # seconds after which is seen to what does not wait until a long round is over
ENDS = N_("The part of this program that talks to the server ended before any letter had left.")
_deaths: list[str] = []  # the leases of the last rounds of this process, if their wires all died


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
        if not _Round(relay, tally, limit, stop).run():
            recovery.sweep(now())
        gate.passed()
    runs.finish_what_is_over(now())
    return tally


def _waiting() -> bool:
    # Run by run: of all together PostgreSQL would look at each letter of a long list.
    queued = select(Recipient.id).where(in_state("queued")).order_by(Recipient.id).limit(1)
    return any(
        db.session.scalar(queued.where(Recipient.notice_id == number)) is not None
        for number in claims.running()
    )


@dataclass
class _Round:
    """One worker's way through the letters that are due."""

    relay: Relay
    tally: Tally
    limit: int | None
    stop: Callable[[], bool]
    lease: str = field(default_factory=claims.new_lease)
    out: dict[int, int] = field(default_factory=dict)  # claimed, not marked yet: each one's run
    last: dict[int, int] = field(default_factory=dict)  # of each run, as `claims.claim` has it
    unwritten: list[tuple[int, Outcome]] = field(default_factory=list)
    unhanded: dict[int, int] = field(default_factory=dict)  # claimed, and does not go for now
    size: int = 0  # of the next batch
    looked: float = 0.0
    told: float = 0.0
    tidied: float = field(default_factory=monotonic)
    turn: int = 0

    def run(self) -> bool:
        """Send until nothing is due, the server is away, or we are told to stop; False when the
        wire died meanwhile, so that its journal is to be read."""
        self.writings = Writings(servers.return_base(), self.relay.sender)
        self.size = self._usual()
        self.terms = self._terms()
        db.session.commit()  # before the network
        folder = recovery.journals()
        self.carrier = carrier = Carrier(self.relay, self.terms[1], folder, self.lease)
        try:
            with books(folder, self.lease), carrier, unhurried():
                self._confirm(standing.signs())  # meanwhile it connects
                db.session.commit()
                carrier.ready()  # before any claim: a server that is away costs nobody a try
                self._send()
        except Unreachable as error:
            servers.answered("out", False, error.answer, now())
            db.session.commit()
        if carrier.died:
            log.error("The sending process died; its journal tells how far it came.")
            self._count_death()
        elif carrier.over:
            _deaths.clear()
        return not carrier.died

    def _count_death(self) -> None:
        """One may be an accident; when each round ends so, each costs letters in doubt."""
        _deaths.append(self.lease)
        if len(_deaths) > 1 and not self.tally.total:
            servers.answered("out", False, ENDS, now())
            db.session.commit()

    def _send(self) -> None:
        carrier, whole = self.carrier, False
        try:
            self._books([])
            while self.out and not carrier.over:
                if self.stop():
                    carrier.close()
                done = carrier.collect(min(self.size, len(self.out)), OFTEN)
                if done or self.unwritten or monotonic() - self.looked > LOOK:
                    self._books(done)
                if monotonic() - self.tidied > TIDY:
                    self._tidy()
            whole = True
        finally:
            carrier.close()
            self._books(carrier.rest())
            if whole and not self.out:  # else a claim may be stored of which we do not know
                carrier.end()
            if carrier.failure is not None:
                servers.answered("out", False, carrier.failure, now())
                db.session.commit()

    def _books(self, done: list[tuple[int, Outcome]]) -> None:
        """One transaction: mark what is done, take back what was not begun, claim what may go
        next; then hand it to the wire."""
        at = now()
        marked = [one for one in done if one[1].state != "held"] + self.unwritten
        back = [number for number, outcome in done if outcome.state == "held"]
        if marked:
            claims.mark(marked, self.lease, at, self.out)
        signs = standing.signs()
        going = {number for number, sign in signs.items() if standing.known(number, sign)}
        known = [*back, *(number for number, _ in marked)]
        if known or self.unhanded:
            runs_of = self.out | self.unhanded
            back += self.unhanded
            claims.let_go(back, self.lease, self.out.keys() - set(known), runs_of)
            if back:
                self.last.clear()  # they may stand before what was claimed last
        self._tell(marked, at)
        if marked:
            faults.at("marking")
        if any(outcome.state != "sent" for _, outcome in marked):
            db.session.commit()  # it may hold what another worker waits for that claims: `_alone`
        closed = self.carrier.closed
        claimed = [] if closed else self._claim(list(going), len(known))
        db.session.commit()
        if marked:
            faults.at("marked")
        self.looked = monotonic()
        for number in known:
            self.out.pop(number, None)
        self.carrier.settled(known)
        self.tally.count([outcome.state for _, outcome in marked])
        self.unwritten, self.unhanded = [], {}
        self.carrier.go(going, self.carrier.held & going)
        if claimed:
            faults.at("claimed")
            self._hand_out(claimed, signs)
        if not closed and self._confirm(signs):
            self._books([])

    def _tidy(self) -> None:
        """What is due though this round may take hours: what it has in hand stays its own, letters
        put off are tried again, other runs end, dead workers are seen to; and when the Settings
        or this worker's share of the limit are others now, the next round goes by them."""
        self.tidied = monotonic()
        claims.renew(self.lease, now())
        db.session.commit()
        if recovery.sweep(now()):
            self.last.clear()
        for number in [number for number, last in self.last.items() if last == claims.END]:
            del self.last[number]  # somebody may have queued letters again
        runs.finish_what_is_over(now())
        if self._terms() != self.terms:
            self.carrier.close()
        db.session.commit()

    def _confirm(self, signs: dict[int, standing.Signs]) -> bool:
        """Look into the approvals that are not known to stand; whether there were any."""
        unknown = [number for number, sign in signs.items() if not standing.known(number, sign)]
        for number in sorted(unknown):
            standing.confirm(number, now())  # which may take seconds, and holds nobody up
        return bool(unknown)

    def _claim(self, going: list[int], known: int) -> list[Claimed]:
        """The next batch, so that two are in hand, beside the `known`; the runs take turns."""
        room = 2 * self.size - len(self.out) + known
        if self.limit is not None:
            room = min(room, self.limit - self.tally.total - len(self.out))
        if (room < min(self.size, 2) and self.limit is None) or room < 1 or not going:
            return []
        self.turn += 1
        start = self.turn % len(going)
        turns = going[start:] + going[:start]
        return claims.claim(now(), self.lease, room, turns, self.last)

    def _hand_out(self, claimed: list[Claimed], signs: dict[int, standing.Signs]) -> None:
        while claimed and len(self.out) < 2 * self.size:
            known = len(self.out) or 1  # letters by whose weight that of so many more is guessed
            few = min(HANDFUL, known, 2 * self.size - len(self.out))
            part = claimed[:few]
            texts, written, unwritten = self.writings.write(part, signs)
            if texts and standing.signs() != signs:  # Settings may be others than those approved
                self.carrier.hand(texts, [])
                break
            claimed = claimed[few:]
            self.out.update([(row.id, row.notice) for row in part])
            self.unwritten += unwritten
            weight = self.carrier.hand(texts, written) // len(part)
            self.size = max(1, min(self._usual(), HEAVY // (2 * weight + 1)))
        self.unhanded = {row.id: row.notice for row in claimed}
        db.session.commit()  # what was read to write them

    def _usual(self) -> int:
        """Letters a batch: what goes in a second where there is a limit."""
        if self.relay.per_minute:
            return max(1, min(BATCH, self.relay.per_minute // 60))
        return BATCH

    def _terms(self) -> tuple[int | None, float | None]:
        """The version of the server's settings, and this worker's share of the limit."""
        version = select(Server.version).where(Server.direction == "out")
        return db.session.scalar(version), self._per_minute()

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
                self.carrier.close()
                return
        sent = next((outcome for _, outcome in marked if outcome.state == "sent"), None)
        if sent and monotonic() - self.told > TELL:
            self.told = monotonic()
            servers.answered("out", True, sent.answer, now())
