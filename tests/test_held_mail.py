"""After a restored backup nothing is sent until a person releases it, on SQLite and PostgreSQL."""

import shutil
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from sending import PEOPLE
from test_outbox_postgres import app as postgres_app  # noqa: F401 - a fixture
from test_worker import wait_until

from incidents import audit, epoch
from incidents.db import db, now
from incidents.models import Entry, Epoch, User
from incidents.refusal import Refused
from notifications import gate, health, jobs, post, runs
from notifications.models import Mail, Notice
from notifications.sending import outbox


@pytest.fixture
def database(app):
    return app.instance_path + "/tocsin.db"


def copied(database, to):
    """A plain copy of the database file, as people make one."""
    with sqlite3.connect(database) as source, sqlite3.connect(to) as target:
        source.backup(target)
    source.close()
    target.close()


def put_back(copy, database):
    db.session.remove()
    db.engine.dispose()
    for end in ("", "-wal", "-shm"):
        Path(database + end).unlink(missing_ok=True)
    shutil.copy(copy, database)


def begun_then_sent(run_of, database, tmp_path):
    """A run of 12 of which 4 had left when the copy was made; all have left since."""
    notice = run_of(12)
    outbox.deliver(limit=4)
    post.queue_mail("answer", "karim@customer.example", "Our answer", "Hello", now())
    db.session.commit()
    copied(database, tmp_path / "copy.db")
    outbox.deliver()
    post.deliver()
    return notice.uid


def test_an_older_database_put_back_sends_nothing_until_it_is_released(
    run_of, database, tmp_path, smtp_sink, app
):
    uid = begun_then_sent(run_of, database, tmp_path)
    sent = len(smtp_sink.mails)
    assert sent == 13
    put_back(tmp_path / "copy.db", database)
    controller_user = db.session.query(User).filter_by(role="controller").one()

    stop = jobs.start(app)
    try:
        wait_until(lambda: epoch.state() is not None)
        notice = db.session.query(Notice).filter_by(uid=uid).one()
        wait_until(lambda: db.session.query(Notice).one().state == "paused")
        post.queue_mail("test", "karim@customer.example", "A test", "Hello", now())
        db.session.commit()
        for job in ("post.deliver", "outbox.deliver"):
            app.extensions["jobs"].run(job)
    finally:
        db.session.rollback()
        stop()

    assert len(smtp_sink.mails) == sent
    assert epoch.state().held_why == "older" and notice.pause_reason == "restored"
    with pytest.raises(Refused):
        runs.resume(notice, controller_user, now())
    assert any("backup" in one.fact for one in health.problems())
    found = gate.waiting()
    assert [(run.notice.uid, run.waiting) for run in found.runs] == [(uid, 8)]
    assert found.mails["answer"] == 1 and found.mails["test"] == 1

    assert gate.release(controller_user, now(), cancel_mails=True) >= 2
    db.session.commit()
    post.deliver()
    outbox.deliver()
    assert len(smtp_sink.mails) == sent, "a run goes on only by its own page"
    runs.resume(db.session.query(Notice).one(), controller_user, now())
    db.session.commit()
    outbox.deliver(stop=lambda: False)  # that worker was stopped, this one is not
    assert len(smtp_sink.mails) == sent + 8
    verbs = [entry.verb for entry in db.session.query(Entry).order_by(Entry.n)]
    assert verbs.index("mail.held") < verbs.index("mail.released")
    assert audit.verify().broken_at is None


def test_mail_that_is_not_cancelled_leaves_after_the_release(relay, smtp_sink, controller_user):
    epoch.hold("restored", "command", now())
    post.queue_mail("test", "karim@customer.example", "A test", "Hello", now())
    db.session.commit()
    assert post.deliver() == (0, 0) and smtp_sink.mails == []
    assert gate.release(controller_user, now(), cancel_mails=False) == 0
    db.session.commit()
    assert post.deliver() == (1, 0)


def test_a_folder_that_is_copied_as_a_whole_holds_its_mail(relay, app):
    assert gate.may_pass(now()) and gate.may_pass(now())
    file = app.instance_path + "/epoch"
    shutil.copy(file, file + ".copy")
    shutil.move(file + ".copy", file)
    assert not gate.may_pass(now())
    assert epoch.state().held_why == "copied"


def test_a_database_without_the_file_of_its_folder_holds_its_mail(relay, app):
    assert gate.may_pass(now())
    Path(app.instance_path, "epoch").unlink()
    assert not gate.may_pass(now())
    assert epoch.state().held_why == "moved"


def test_after_the_release_the_next_round_does_not_hold_again(relay, app, controller_user):
    for _ in range(3):
        assert gate.may_pass(now())
    db.session.get(Epoch, 1).number = 1
    db.session.commit()
    assert not gate.may_pass(now()) and not gate.may_pass(now())
    gate.release(controller_user, now(), cancel_mails=False)
    db.session.commit()
    assert gate.may_pass(now()) and gate.may_pass(now())


def test_only_the_controller_releases_and_only_once(relay, staff_user, controller_user):
    epoch.hold("restored", "command", now())
    with pytest.raises(Refused):
        gate.release(staff_user, now(), cancel_mails=False)
    gate.release(controller_user, now(), cancel_mails=False)
    with pytest.raises(Refused):
        gate.release(controller_user, now(), cancel_mails=False)


def test_the_banner_stands_on_every_page_and_the_controller_releases(
    run_of, controller, staff, smtp_sink
):
    run_of(3)
    epoch.hold("restored", "command", now())
    post.queue_mail("test", "karim@customer.example", "A test", "Hello", now())
    db.session.commit()
    outbox.deliver()
    for page in ("/", "/incidents", "/reports"):
        assert "no mail leaves until the controller" in staff.get(page).text
    assert staff.get("/mail/held").status_code == 403
    page = controller.get("/mail/held").text
    assert "3 people would get it" in page and "k•••@customer.example" in page
    assert controller.post("/mail/held", data={"mails": "send"}).status_code == 422
    answer = controller.post("/mail/held", data={"mails": "send", "sure": "y"})
    assert answer.status_code == 302
    assert "no mail leaves until" not in controller.get("/").text
    post.deliver()
    outbox.deliver()
    assert [mail.recipients[0] for mail in smtp_sink.mails] == ["karim@customer.example"]


def test_where_no_single_mail_waits_nobody_is_asked_what_becomes_of_them(run_of, controller):
    run_of(2)
    epoch.hold("restored", "command", now())
    db.session.commit()
    assert "What becomes of the single mails" not in controller.get("/mail/held").text
    assert controller.post("/mail/held", data={"sure": "y"}).status_code == 302
    assert "Mail leaves again" in controller.get("/mail/held").text


def test_the_command_shows_first_and_releases_only_when_told(run_of, run):
    run_of(2)
    epoch.hold("restored", "command", now())
    db.session.commit()
    shown = run("mail", "release")
    assert "2 waiting" in shown.output and epoch.state() is not None
    db.session.rollback()
    assert run("mail", "release", "--yes").exit_code == 0
    db.session.rollback()
    assert epoch.state() is None


class TestPostgres:
    """The same where many write at once."""

    @pytest.fixture
    def app(self, postgres_app):  # noqa: F811
        return postgres_app

    def test_a_database_that_fell_back_sends_nothing(self, run_of, smtp_sink, controller_user):
        notice = run_of(5)
        outbox.deliver(limit=2)
        number = db.session.get(Epoch, 1).number
        outbox.deliver(limit=2)
        gate.passed()
        db.session.get(Epoch, 1).number = number  # as a restored dump would have it
        db.session.commit()
        ahead = now() + timedelta(minutes=1)
        assert outbox.deliver().total == 0 and not gate.may_pass(ahead)
        assert len(smtp_sink.mails) == 4
        gate.release(controller_user, now(), cancel_mails=False)
        db.session.commit()
        runs.resume(notice, controller_user, now())
        db.session.commit()
        outbox.deliver()
        assert len(smtp_sink.mails) == 5

    def test_a_single_mail_is_claimed_by_nobody_while_mail_is_held(self, relay, smtp_sink):
        epoch.hold("restored", "command", now())
        post.queue_mail("test", PEOPLE[0], "A test", "Hello", now())
        db.session.commit()
        assert post.deliver() == (0, 0)
        assert db.session.query(Mail).one().state == "queued" and smtp_sink.mails == []
