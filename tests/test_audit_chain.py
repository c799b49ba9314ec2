"""One entry a change; whoever changes one is found."""

import random

import pytest
from sqlalchemy import delete, insert, select, update

from incidents import audit
from incidents.actions import erasure
from incidents.db import db, now
from incidents.models import Chain, Entry


@pytest.fixture
def chain(app):
    for n in range(20):
        audit.record("test.done", by="command", at=now(), n=n)
    db.session.commit()
    return 20


def tamper(kind, n):
    if kind == "change a word":
        db.session.execute(update(Entry).where(Entry.n == n).values(verb="test.undone"))
    elif kind == "change a time":
        db.session.execute(update(Entry).where(Entry.n == n).values(at=now()))
    elif kind == "change who":
        db.session.execute(update(Entry).where(Entry.n == n).values(actor="user:9"))
    elif kind == "swap a detail":
        other = db.session.get(Entry, n % 20 + 1)
        db.session.execute(
            update(Entry).where(Entry.n == n).values(detail_sealed=other.detail_sealed)
        )
    elif kind == "remove":
        db.session.execute(delete(Entry).where(Entry.n == n))
    elif kind == "cut the tail":
        db.session.execute(delete(Entry).where(Entry.n >= n))
    elif kind == "wipe a detail":
        db.session.execute(update(Entry).where(Entry.n == n).values(detail_sealed=None))
    elif kind == "insert before all":
        row = db.session.execute(select(Entry.__table__).where(Entry.n == n)).mappings().one()
        db.session.execute(insert(Entry.__table__).values(**{**row, "n": 1 - n}))
    elif kind == "insert":
        row = db.session.execute(select(Entry.__table__).where(Entry.n == n)).mappings().one()
        db.session.execute(insert(Entry.__table__).values(**{**row, "n": 21}))
    db.session.commit()


KINDS = (
    "change a word",
    "change a time",
    "change who",
    "swap a detail",
    "remove",
    "cut the tail",
    "insert",
    "insert before all",
    "wipe a detail",
)


@pytest.mark.parametrize("kind", KINDS)
def test_tampering_is_found_at_the_first_bad_row(chain, run, kind):
    n = random.Random(kind).randint(2, 19)
    tamper(kind, n)

    verdict = audit.verify()
    answer = run("audit", "verify")

    assert verdict.broken_at == {"insert": 21, "insert before all": 1 - n}.get(kind, n)
    assert answer.exit_code == 1
    assert f"entry {verdict.broken_at}" in answer.output


def test_a_whole_chain_verifies(chain, run):
    answer = run("audit", "verify")

    assert (answer.exit_code, answer.output) == (0, "20 entries, whole.\n")


def test_erased_words_leave_the_chain_whole(incident, make_report):
    other = make_report()
    incident.stage, incident.closed_at = "closed", now()
    erasure.erase(incident, "worker", now())
    erasure.erase_report(other, "worker", now())
    db.session.commit()

    wordless = select(Entry.n).where(Entry.detail_sealed.is_(None))
    assert len(db.session.scalars(wordless).all()) >= 4
    assert audit.verify().broken_at is None


def test_what_is_wiped_after_the_erasure_is_found(incident, staff_user):
    erasure.erase(incident, "worker", now())
    entry = audit.record("incident.noted", by=staff_user, at=now(), incident=incident, text="late")
    entry.detail_sealed = None
    db.session.commit()

    assert audit.verify().broken_at == entry.n


def test_a_change_that_is_rolled_back_leaves_no_entry(chain):
    audit.record("test.done", by="command", at=now())
    db.session.rollback()

    assert db.session.get(Chain, 1).n == chain
    assert audit.verify().broken_at is None
