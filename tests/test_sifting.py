"""The program beside the app finds in a file what the app itself would, and dies with the app."""

import io
import os
import signal
import time

import pytest

from incidents.db import db, now
from notifications import lists
from notifications.models import ListImport, Recipient
from notifications.recipients import imports, listing, store
from notifications.sifting import child, rows

FILE = (
    "email;name;language;IBAN;city\n"
    "ada@example.org;Ada Byron;en;yes;Paris\n"
    "ADA@example.org;Twin;fr;;\n"
    "bob@example.org;Bob;fr;no;Łódź\n"
    "eve;Eve;;;\n"
    "known@example.org;Known;fr;yes;\n"
    ";;;;\n"
    "zoé@exemple.fr;Zoé;fr;;\n"
    "a.da@example.org;Ada;;yes;\n"
)


def large(notice, content, by):
    found = imports.Look(io.BytesIO(content), set(), large=1)
    row = imports.upload(notice, "people.csv", found, by, now())
    db.session.commit()
    return row


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1250"])
def test_a_large_file_is_seen_and_imported_as_a_small_one(notice, controller_user, encoding):
    listing.add(notice, "known@example.org", None, "fr", controller_user, now())
    content = FILE.encode(encoding, "replace")
    small = imports.Look(io.BytesIO(content), listing.known(notice))
    row = large(notice, content, controller_user)
    lists.work()
    db.session.refresh(row)
    concerned = small.findings.pop("concerned")
    assert {int(n): tuple(data) for n, data in row.counts.pop("concerned").items()} == concerned
    assert row.counts == small.findings
    assert (row.counts["new"], row.counts["duplicate"], row.counts["known"]) == (3, 1, 1)

    imports.confirm_later(row, controller_user, now())
    db.session.commit()
    lists.work()
    found = {one.address: one for one in db.session.query(Recipient)}
    assert set(found) == {
        "known@example.org", "ada@example.org", "bob@example.org", "a.da@example.org"
    }  # fmt: skip
    assert (found["ada@example.org"].name, found["ada@example.org"].group) == ("Ada Byron", 1)
    assert found["a.da@example.org"].language == "en" and found["bob@example.org"].language == "fr"


def test_what_was_kept_and_is_damaged_puts_nobody_on_the_list(notice, controller_user):
    row = large(notice, FILE.encode(), controller_user)
    db.session.query(ListImport).update({"sha256": "0" * 64})
    db.session.commit()
    for state in ("reading", "importing"):
        row.state, row.confirmed_by_id = state, controller_user.id
        db.session.commit()
        lists.work()
        db.session.refresh(row)
        assert row.state == "preview" and "damaged" in row.problem["said"]
    assert db.session.query(Recipient).count() == 0


def test_rows_come_in_lots_that_are_in_the_order_of_their_keys():
    made = [(os.urandom(16), "fr", 0, "queued", b"") for _ in range(10)]
    lots = list(rows.runs(iter(made), 4))
    assert [len(lot) for lot in lots] == [4, 4, 2]
    assert lots == [sorted(made[0:4]), sorted(made[4:8]), sorted(made[8:])]


def question(row):
    return imports.question(row, sealed=True)


def test_a_child_that_is_killed_is_said_to_have_died(notice, controller_user):
    row = large(notice, FILE.encode(), controller_user)
    with child.Child(question(row), [], store.Kept(row.id, row.size)) as running:
        os.kill(running.process.pid, signal.SIGKILL)
        with pytest.raises(child.Died):
            list(running)


def test_a_child_that_is_faster_than_the_database_does_not_fill_the_memory(notice, controller_user):
    content = b"email\n" + b"".join(b"person%d@example.org\n" % n for n in range(40_000))
    row = large(notice, content, controller_user)
    most = 0
    with child.Child(question(row), [], store.Kept(row.id, row.size)) as running:
        for _done, _people in running:
            for _ in range(8):  # long enough for all that is ready to come
                running._turn(0)
                most = max(most, len(running._took))
                time.sleep(0.002)
    assert running.end[0] == "end" and 0 < most <= 2 * child.PIECE


def test_a_file_that_stops_short_makes_no_end(notice, controller_user):
    row = large(notice, FILE.encode(), controller_user)
    with child.Child(question(row), [], [FILE.encode()[:50]]) as running:
        while running._next():
            running._give()
        running.process.stdin.close()  # as when the app is killed
        assert running.process.wait(60) == 1
        assert running.process.stdout.read() == b""
