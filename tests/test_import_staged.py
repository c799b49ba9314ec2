"""A large list is written in short transactions, and yet comes on whole or not at all."""

import io
import subprocess
import sys
from datetime import timedelta

import pytest
from door import form_of, send
from letters import proof_of

from incidents.db import db, now
from incidents.models import Report
from incidents.refusal import Refused
from notifications import lists, notices
from notifications.models import ListImport, ListKey, Recipient
from notifications.recipients import imports, listing, purge
from notifications.recipients.told import told
from notifications.sifting import child
from tests.conftest import ROOT

MANY = 9_013  # people: lots of 2,000, 4,000 and the rest


def confirmed(notice, by, count=MANY, more=""):
    """An uploaded file that counts as large, confirmed, waiting for the worker."""
    content = "email,name\n" + "".join(f"p{n}@example.org,Name {n}\n" for n in range(count)) + more
    found = imports.Look(io.BytesIO(content.encode()), set(), large=1)
    row = imports.upload(notice, "people.csv", found, by, now())
    row.state = "preview"
    imports.confirm_later(row, by, now())
    db.session.commit()
    return row


def rows_of(notice):
    return db.session.query(Recipient).filter_by(notice_id=notice.id).count()


class Between(child.Child):
    """The child, with something done by others before each lot is written."""

    def __iter__(self):
        for lot in super().__iter__():
            type(self).do()
            yield lot


@pytest.fixture
def between(monkeypatch):
    """Have something done before each lot of a list is written; the results are kept."""
    done = []

    def have(what):
        made = type("Made", (Between,), {"do": staticmethod(lambda: done.append(what()))})
        monkeypatch.setattr(lists, "Child", made)
        return done

    return have


def test_others_write_while_a_large_list_is_written(notice, controller_user, app, between):
    before = db.session.query(Report).count()

    def report():
        reporter = app.test_client()
        story = {"story": f"Somebody read my mail, {before} and more."}
        return send(reporter, form_of(reporter) | story).status_code

    confirmed(notice, controller_user)
    answers = between(report)
    lists.work()
    assert len(answers) == 3 and set(answers) <= {302, 303}
    assert db.session.query(Report).count() == before + 3
    db.session.refresh(notice)
    assert notice.people == rows_of(notice) == MANY


def test_what_is_written_counts_for_nothing_until_all_of_it_is(
    ready, controller_user, staff, between
):
    before = notices.fingerprint(ready)
    notices.approve(ready, before.hash, controller_user, now(), proof_of(controller_user))
    db.session.commit()
    confirmed(ready, controller_user)

    def seen():
        db.session.rollback()
        found = notices.fingerprint(ready)
        page = staff.get(f"/notices/{ready.uid}/people").text
        look = (
            (ready.people, found.people, found.hash == before.hash),
            (len(listing.known(ready)), listing.find(ready, "p1@example.org")),
            (told("p1@example.org"), "p1" in page, ready.state),
            any("being written" in word for word in notices.missing(ready, found)),
        )
        db.session.rollback()
        return look

    looks = between(seen)
    lists.work()
    assert looks == [((2, 2, True), (2, None), ([], False, "draft"), True)] * 3
    db.session.refresh(ready)
    assert (ready.people, notices.fingerprint(ready).people) == (MANY + 2, MANY + 2)
    assert listing.find(ready, "p1@example.org").name == "Name 1"


def test_nobody_changes_a_list_while_a_file_is_written_into_it(ready, controller_user, between):
    confirmed(ready, controller_user)

    def add():
        with pytest.raises(Refused) as refused:
            listing.add(ready, "eve@example.org", None, "en", controller_user, now())
        db.session.rollback()
        return refused.value.message

    refusals = between(add)
    lists.work()
    assert len(refusals) == 3 and "wait until it is" in refusals[0]


KILLED = """
import sys
from app import create_app
from incidents import settings
from pathlib import Path
from notifications import lists
from notifications.recipients import staging, writing

calls = 0
def stop(*words, then=getattr({where})):
    global calls
    calls += 1
    if calls == {call}:
        print("stopped", flush=True)
        sys.stdin.read()
    return then(*words)

setattr({where}, stop)
app = create_app(settings.load(Path.cwd(), {{}}, Path(sys.argv[1])))
with app.app_context():
    lists.work()
"""


@pytest.mark.parametrize(
    ("where", "call", "written"),
    [
        ('writing, "write"', 3, 6_000),
        ('staging, "finish"', 1, MANY),
        ('lists.imports, "came"', 1, MANY),
    ],
)
def test_a_worker_killed_in_mid_import_leaves_nobody_and_the_next_one_everybody(
    notice, controller_user, instance, where, call, written
):
    confirmed(notice, controller_user)
    db.session.rollback()
    worker = subprocess.Popen(
        [sys.executable, "-c", KILLED.format(where=where, call=call), str(instance)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert worker.stdout.readline() == b"stopped\n"
    worker.kill()
    worker.communicate()

    assert rows_of(notice) == written and lists.work() == 0  # the dead one's lease
    assert notice.people == notices.fingerprint(notice).people == 0
    db.session.query(ListImport).update({"lease_until": now()})
    db.session.commit()
    assert lists.work() == 1
    db.session.refresh(notice)
    assert notice.people == notices.fingerprint(notice).people == rows_of(notice) == MANY
    assert db.session.query(ListImport).one().state == "done"


def test_a_worker_that_lost_its_file_stops_and_the_other_one_puts_everybody_on_once(
    notice, controller_user, between
):
    def take_over(until=timedelta(hours=1)):
        db.session.query(ListImport).update({"lease_until": now() + until})
        db.session.commit()

    confirmed(notice, controller_user)
    tries = between(take_over)
    lists.work()
    assert len(tries) == 1 and rows_of(notice) == notice.people == 0
    take_over(timedelta(0))
    between(lambda: None)
    lists.work()
    db.session.refresh(notice)
    assert notice.people == rows_of(notice) == MANY


def test_a_file_that_cannot_be_read_to_its_end_leaves_the_list_as_it_was(ready, controller_user):
    row = confirmed(ready, controller_user, more='"x"y,bob@example.org\n')
    lists.work()
    db.session.refresh(row)
    db.session.refresh(ready)
    assert (row.state, ready.listed_to, ready.people, rows_of(ready)) == ("preview", None, 2, 2)
    assert "quotation mark" in row.problem["text"]
    listing.add(ready, "eve@example.org", None, "en", controller_user, now())


def test_a_list_that_is_purged_while_it_is_written_is_gone(notice, controller_user, between):
    def erase():
        purge.purge(db.session.query(ListKey).one(), "worker", now())
        db.session.commit()

    row = confirmed(notice, controller_user)
    assert len(between(erase)) == 0
    lists.work()
    db.session.refresh(row)
    db.session.refresh(notice)
    assert (row.state, notice.listed_to, rows_of(notice)) == ("dropped", None, 0)


class Dying(child.Child):
    """A child that is killed when it has given some people."""

    lives = 0

    def __iter__(self):
        for lot in super().__iter__():
            yield lot
            Dying.lives -= 1
            if Dying.lives >= 0:
                raise child.Died


@pytest.mark.parametrize(("deaths", "people", "state"), [(2, MANY, "done"), (9, 0, "preview")])
def test_a_child_that_is_killed_is_followed_by_another_one(
    notice, controller_user, monkeypatch, deaths, people, state
):
    monkeypatch.setattr(lists, "Child", Dying)
    monkeypatch.setattr(Dying, "lives", deaths)
    row = confirmed(notice, controller_user)
    lists.work()
    db.session.refresh(row)
    db.session.refresh(notice)
    assert (row.state, notice.people, rows_of(notice)) == (state, people, people)
    assert bool(row.problem) is (state == "preview")
