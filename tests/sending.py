"""A run of letters for tests: an outgoing server that is the test's sink, people, an approval."""

from datetime import timedelta

import pytest
from letters import proof_of
from sqlalchemy import select

from incidents.db import db, now
from incidents.models import Entry
from notifications import notices, runs, tries
from notifications.models import Recipient, Server, in_state
from notifications.recipients import listing
from notifications.sending import claims, outbox

LEASE = claims.new_lease()


def claim_one(at, lease=LEASE):
    """The next letter, claimed as by a worker that has no journal; None when there is none."""
    found = claims.claim(at, lease, 1, claims.running())
    return found[0].id if found else None


def mark_one(number, outcome, at, lease=LEASE):
    """What became of a letter that was claimed so."""
    claims.mark([(number, outcome)], lease, at)
    others = db.session.scalars(select(Recipient.id).where(in_state("sending"))).all()
    claims.let_go([], lease, [other for other in others if other != number])


PEOPLE = [f"person{number:02}@people.example" for number in range(60)]


@pytest.fixture
def relay(app, smtp_sink, monkeypatch):
    """The outgoing server of the organisation, pointing at the sink."""
    monkeypatch.setattr(outbox, "_deaths", [])  # of other tests
    server = Server(direction="out", host="127.0.0.1", port=smtp_sink.port, security="none")
    server.sender = "privacy@training.example"
    db.session.add(server)
    db.session.commit()
    return server


@pytest.fixture
def run_of(relay, english, notice, controller_user):
    """An approved letter to the first so many of PEOPLE, started: run_of(3)."""

    def start(count, begin=True, notice=notice):
        for address in PEOPLE[:count]:
            listing.add(notice, address, None, "en", controller_user, now())
        seen = notices.fingerprint(notice).hash
        notices.approve(notice, seen, controller_user, now(), proof_of(controller_user))
        if begin:
            runs.start(notice, controller_user, now())
        db.session.commit()
        return notice

    return start


@pytest.fixture
def later(monkeypatch):
    """Let the worker's clock be ahead: later(minutes=2)."""

    def move(**span):
        moment = now() + timedelta(**span)
        monkeypatch.setattr(outbox, "now", lambda: moment)

    return move


def deliver(limit=None):
    """One round of the worker."""
    db.session.rollback()
    return outbox.deliver(limit)


def states(notice):
    """Those of the letters of a run, in the order of the list."""
    db.session.expire_all()
    rows = db.session.query(Recipient).filter_by(notice_id=notice.id).order_by(Recipient.id)
    return [row.shown_state for row in rows]


def row(number):
    """The letter that came on a list as the number-th, from 0."""
    return db.session.query(Recipient).order_by(Recipient.id).all()[number]


def tried(number):
    """Every try of the letter that came on a list as the number-th, the first first."""
    letter = row(number)
    return tries.of(letter.notice_id, [letter.id]).get(letter.id, [])


def entries(verb):
    """The details of the entries with this verb, the oldest first."""
    return [e.detail for e in db.session.query(Entry).filter_by(verb=verb).order_by(Entry.n)]
