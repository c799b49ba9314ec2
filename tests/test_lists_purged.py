"""A list is kept no longer than somebody needs it; then its keyed hashes still answer."""

from datetime import timedelta

import pytest
from conftest import PASSWORD
from letters import proof_of
from sqlalchemy import event, select

from incidents import audit
from incidents.actions import duties
from incidents.db import db, now
from incidents.models import Entry, Organisation
from incidents.refusal import Refused
from notifications import housekeeping, notices, runs, tries
from notifications.models import ListKey, Recipient
from notifications.recipients import listing, purge, told

LONG_AGO = timedelta(days=40)


@pytest.fixture
def done(ready, controller_user):
    """A letter that reached both its people, forty days ago."""
    notices.approve(
        ready, notices.fingerprint(ready).hash, controller_user, now(), proof_of(controller_user)
    )
    then = now() - LONG_AGO
    ready.state, ready.started_at, ready.finished_at = "done", then, then
    ready.made_at = ready.list_changed_at = ready.list_key.made_at = then
    for row in db.session.scalars(select(Recipient)):
        row.state, row.sent_at, row.answer = "sent", then, "250 ok ada@example.org"
    duties.meet(ready.duty, then, "All were told", controller_user, then)
    ready.duty.met_at = then
    db.session.commit()
    return ready


def key():
    return db.session.scalar(select(ListKey))


def test_a_list_of_a_slow_run_is_purged_while_others_write(done, monkeypatch):
    """67,000 notes of what servers said took 11 s, in which nobody else could write."""
    monkeypatch.setattr(tries, "PART", 10)
    for row in range(45):
        tries.note_taken([(done.id, row, f"250 queued as {row}")], "a", now() - LONG_AGO)
    db.session.commit()
    written = [0]  # rows of notes, by transaction

    def wrote(_connection, _cursor, statement, values, _context, many):
        if statement.startswith("UPDATE taken"):
            written[-1] += len(values) if many else 1

    event.listen(db.engine, "before_cursor_execute", wrote)
    event.listen(db.engine, "commit", lambda _connection: written.append(0))
    assert housekeeping.purge_lists() == 1
    assert sum(written) == 45 and max(written) == 10
    found = tries.of(done.id, range(45))
    assert {one.answer for ones in found.values() for one in ones} == {None}


def test_a_list_whose_letters_are_sent_again_while_it_is_purged_is_kept(
    done, controller_user, monkeypatch
):
    db.session.scalars(select(Recipient)).first().state = "failed"
    db.session.commit()
    forget = purge.forget_answers

    def meanwhile(key):
        yield from forget(key)
        runs.resend_failed(done, controller_user, now())
        yield

    monkeypatch.setattr(purge, "forget_answers", meanwhile)
    assert housekeeping.purge_lists() == 0
    assert key().key is not None and done.state == "sending"


def test_of_a_list_that_was_purged_nothing_is_sent_again(done, controller_user):
    db.session.scalars(select(Recipient)).first().state = "failed"
    db.session.commit()
    assert housekeeping.purge_lists() == 1
    with pytest.raises(Refused):
        runs.resend_failed(done, controller_user, now())


def test_a_list_that_nobody_needs_any_more_cannot_be_read_by_anybody(done):
    assert housekeeping.purge_lists() == 1

    assert key().key is None and key().destroyed_at
    rows = db.session.scalars(select(Recipient)).all()
    assert {(row.address, row.name, row.answer) for row in rows} == {("-", None, None)}
    assert {row.state for row in rows} == {"sent"} and done.people == 2
    assert audit.verify().broken_at is None
    entry = db.session.scalar(select(Entry).where(Entry.verb == "list.purged"))
    assert entry.detail["people"] == 2
    assert housekeeping.purge_lists() == 0


def test_the_purged_list_still_answers_for_one_address(done, controller):
    housekeeping.purge_lists()

    [answer] = told.told("ADA@example.org")
    assert (answer.notice.id, answer.state, answer.language) == (done.id, "sent", "en")
    assert answer.at == done.finished_at and notices.is_approved(done)
    page = controller.post("/told", data={"address": "ada@example.org"}).text
    assert "Yes, by mail" in page and done.incident.reference in page
    none = controller.post("/told", data={"address": "eve@example.org"}).text
    assert "on no list of a letter" in none
    asked = db.session.scalars(select(Entry).where(Entry.verb == "list.asked")).all()
    assert len(asked) == 2 and "example.org" not in str([entry.detail for entry in asked])


def test_the_page_of_a_purged_list_says_so_and_shows_no_empty_rows(done, controller):
    before = controller.get(f"/notices/{done.uid}/people").text
    assert "30 days after the last letter and the last return it is erased" in before

    refused = db.session.scalars(select(Recipient)).first()
    refused.state, refused.told_at = "failed", done.finished_at
    db.session.commit()
    assert "Letters to look at" in controller.get(f"/notices/{done.uid}/progress").text

    housekeeping.purge_lists()
    assert "Letters to look at" not in controller.get(f"/notices/{done.uid}/progress").text
    page = controller.get(f"/notices/{done.uid}/people").text
    assert "The list of 2 people was erased" in page and "Ask about one address" in page
    assert "•••" not in page and "it is erased by itself" not in page


def test_only_the_controller_asks_whether_an_address_was_told(staff, staff_user, done):
    assert staff.get("/told").status_code == 403
    with pytest.raises(Refused):
        told.ask("ada@example.org", staff_user, now())


def later_return(notice):
    row = db.session.scalars(select(Recipient)).first()
    row.state, row.told_at = "failed", now() - timedelta(days=3)


KEPT = {
    "the days are not over": lambda _: setattr(db.session.get(Organisation, 1), "list_days", 60),
    "a person was told lately": later_return,
    "the letters are under way": lambda notice: setattr(notice, "state", "paused"),
    "one is in doubt": lambda _: setattr(
        db.session.scalars(select(Recipient)).first(), "state", "in_doubt"
    ),
}


@pytest.mark.parametrize("why", KEPT)
def test_a_list_that_is_still_needed_is_kept(done, why):
    KEPT[why](done)
    db.session.commit()

    assert housekeeping.purge_lists() == 0 and key().key


def test_people_not_reached_keep_their_list_while_the_duty_to_them_is_open(done, controller_user):
    db.session.scalars(select(Recipient)).first().state = "failed"
    duties.reopen(done.duty, "One came back", controller_user, now() - LONG_AGO)
    db.session.commit()

    assert housekeeping.purge_lists() == 0


def test_after_a_purge_another_letter_gets_a_list_of_its_own(done, told_again, controller_user):
    with pytest.raises(Refused):
        listing.sealing(done)
    person = listing.add(told_again, "kim@example.org", "Kim", "en", controller_user, now())
    assert person.address == "kim@example.org" and told_again.list_key_id != done.list_key_id


@pytest.fixture
def told_again(done, controller_user):
    """Another letter of the same incident, drafted after the purge."""
    housekeeping.purge_lists()
    duty = duties.open_duty(done.incident, "subjects", controller_user, now())
    return notices.draft(done.incident, duty, controller_user, now())


def test_a_list_leaves_only_with_the_controllers_password_and_the_file_says_so(
    ready, controller, staff
):
    url = f"/notices/{ready.uid}/people/export"
    assert staff.get(url).status_code == 403
    wrong = controller.post(url, data={"answer": "not it"})
    assert wrong.status_code == 422 and "example.org" not in wrong.text
    refused = db.session.scalars(select(Entry).where(Entry.verb == "list.not_exported")).all()
    assert [entry.detail["asked"] for entry in refused] == ["password"]

    with controller.post(url, data={"answer": PASSWORD}) as answer:
        assert answer.mimetype == "text/csv"
        assert '"ada@example.org","Ada Byron","en"' in answer.text
    entries = db.session.scalars(select(Entry).where(Entry.verb == "list.exported")).all()
    assert [entry.detail["people"] for entry in entries] == [2]


def test_nobody_is_asked_for_a_password_for_a_list_that_was_erased(done, controller):
    housekeeping.purge_lists()
    answer = controller.get(f"/notices/{done.uid}/people/export", follow_redirects=True)
    assert answer.request.path == f"/notices/{done.uid}/people"
    assert "was erased</h1>" in answer.text and 'name="answer"' not in answer.text
