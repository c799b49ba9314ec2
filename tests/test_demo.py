"""The demonstration: what it shows, that it is true to the rules, and that nothing leaves it."""

import contextlib
import fcntl
import itertools
import json
import re
import shutil
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from conftest import ROOT
from sqlalchemy import select

from app import create_app
from incidents import audit, clockface, workflow
from incidents.db import db, now
from incidents.models import Decision, Duty, Entry, Incident, Report, User
from incidents.settings import BadSetting
from notifications import acknowledge, demo, post, reminders
from notifications.demo import building
from notifications.demo.catcher import names
from notifications.models import Notice, Recipient, Reminder, Server

# What a careless operator has in the environment: none of it may reach the demonstration.
REAL = {
    "TOCSIN_HOST": "0.0.0.0",
    "TOCSIN_DATABASE_URL": "postgresql://nobody@database.invalid/real",
    "TOCSIN_SECRET_KEY": "short",
}
SLICE = ("paper",)


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """An instance folder with the whole demonstration, built once for all test processes."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if base.name.startswith("popen-") else base) / "demonstration"
    shared.mkdir(exist_ok=True)
    with (shared / "building.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "demo" / "playbill.json").exists():
            with _stage(shared):
                db.engine.dispose()
    return shared


@contextlib.contextmanager
def _stage(folder, **options):
    env = {**REAL, "TOCSIN_INSTANCE": str(folder)}
    with demo.stage(ROOT, create_app, env, **options) as (app, greeting):
        app.config.update(WTF_CSRF_ENABLED=False)
        with app.app_context():
            app.greeting = greeting
            yield app
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def show(built, tmp_path):
    """The app of the demonstration, on a copy of its own."""
    folder = shutil.copytree(built, tmp_path / "instance")
    with _stage(folder) as app:
        yield app


def _login(app, name="claire"):
    client = app.test_client()
    password = re.search(r"password (\S+)", app.greeting)[1]
    answer = client.post(
        "/login", data={"email": f"{name}@atelier-boreal.example", "password": password}
    )
    assert answer.status_code == 302
    return client


def test_the_chain_of_the_demonstration_verifies_and_runs_forward_in_time(show):
    moments = db.session.scalars(select(Entry.at).order_by(Entry.n)).all()
    assert len(moments) > 700
    built_at = moments[-1]
    assert all(before <= after for before, after in itertools.pairwise(moments))
    assert built_at <= now()
    assert audit.verify().broken_at is None


def test_every_stage_clock_letter_and_door_is_to_be_seen(show):
    cases = db.session.scalars(select(Incident)).all()
    assert 38 <= len(cases) <= 45
    assert {case.stage for case in cases} == set(workflow.STAGES)
    clocks = Counter(clockface.face(case, now(), "small").state for case in cases)
    assert set(clocks) == {"none", "calm", "amber", "red", "late", "met", "not_due"}
    told = Counter(case.reports[0].language for case in cases)
    assert min(told["en"], told["fr"]) >= 18

    duties = db.session.scalars(select(Duty)).all()
    assert {"open", "met", "late", "withdrawn"} == {
        "withdrawn"
        if duty.withdrawn_at
        else "open"
        if not duty.met_at
        else "late"
        if duty.is_late(now())
        else "met"
        for duty in duties
    }
    assert {one.departs for one in db.session.scalars(select(Decision))} == {True, False}

    reports = db.session.scalars(select(Report)).all()
    assert {(report.source, report.state) for report in reports} >= {
        (source, state) for source in ("web", "mail") for state in ("new", "joined", "set_aside")
    } | {("staff", "new"), ("staff", "joined")}
    waiting = [report for report in reports if report.state == "new"]
    assert any(report.messages for report in waiting)
    assert any(report.attachments for report in waiting)

    states = Counter(db.session.scalars(select(Notice.state)))
    assert set(states) == {"draft", "approved", "paused", "sending", "done"}
    people = set(db.session.scalars(select(Recipient.state)))
    assert people == {"queued", "sent", "deferred", "failed", "in_doubt"}


def test_the_law_answers_each_story_as_it_is_told(show):
    expected = {words["title"]: words.get("risk") for _language, words in building.stories()}
    for case in db.session.scalars(select(Incident)):
        if case.assessments:
            result = case.assessments[-1].result
            assert (case.title, result["risk"]) == (case.title, expected[case.title])
            assert result["authority"]["certain"], case.title
    for decision in db.session.scalars(select(Decision)):
        assert decision.reason or not decision.departs


def test_nothing_of_the_demonstration_leaves_this_machine(show):
    server = db.session.scalars(select(Server)).one()
    assert (server.direction, server.host) == ("out", "127.0.0.1")
    config = show.config["SETTINGS"]
    assert config.host == "127.0.0.1"
    assert config.database_url.startswith("sqlite:///")
    addresses = [
        *db.session.scalars(select(User.email)),
        *(report.contact for report in db.session.scalars(select(Report)) if report.contact),
        *(person.address for person in db.session.scalars(select(Recipient))),
    ]
    assert len(addresses) > 500
    assert [one for one in addresses if not one.endswith(".example")] == []


def test_a_mail_that_the_worker_sends_is_caught_and_shown_without_its_markup(show, make_report_in):
    report = make_report_in("visitor@post.example")
    acknowledge.pending(now())
    assert post.deliver() == (1, 0)

    client = _login(show, "lea")
    page = client.get("/demo/mails").text
    name = names(show.extensions["demo_mails"], None, 1)[0]
    assert f"/demo/mails/{name}" in page
    assert report.reference in page
    assert "visitor@post.example" in client.get(f"/demo/mails/{name}").text

    letter = next(
        file.stem
        for file in show.extensions["demo_mails"].glob("*.eml")
        if b"text/html" in file.read_bytes()
    )
    source = client.get(f"/demo/mails/{letter}").text
    assert "&lt;!doctype html" in source.lower()


@pytest.fixture
def make_report_in(show):
    """A report that comes in by the form of the demonstration."""

    def make(contact):
        data = {"story": "I got somebody else's invoice.", "contact": contact, "step": "send"}
        assert show.test_client().post("/report", data=data).status_code in (302, 303)
        return db.session.scalars(select(Report).order_by(Report.id.desc())).first()

    return make


def test_caught_mails_are_for_accounts_only_and_no_name_leads_elsewhere(show):
    stranger = show.test_client()
    assert stranger.get("/demo/mails").status_code == 302
    client = _login(show, "tom")
    for name in ("20260101T000000000000-00000000", "playbill", "..%2fplaybill", "%2e%2e"):
        assert client.get(f"/demo/mails/{name}").status_code == 404


def test_the_caught_mails_come_page_by_page_and_each_once(show):
    folder = show.extensions["demo_mails"]
    client, url, seen = _login(show), "/demo/mails", []
    while url:
        page = client.get(url).text
        seen += re.findall(r"/demo/mails/([0-9T]+-[0-9a-f]+)", page)
        older = re.search(r'href="(/demo/mails\?before=[^"]+)"', page)
        url = older and older[1]
    assert seen == names(folder, None, 10_000)


def test_an_empty_page_of_caught_mails_says_what_to_do(show):
    for file in show.extensions["demo_mails"].glob("*.eml"):
        file.unlink()
    assert 'href="/report"' in _login(show).get("/demo/mails").text


def test_every_page_of_the_demonstration_says_that_it_is_one(show):
    for page in ("/", "/report", "/login"):
        assert "/demo/mails" in show.test_client().get(page).text


def test_the_house_itself_has_no_page_of_caught_mails(client):
    assert "/demo/mails" not in client.get("/").text
    assert client.get("/demo/mails").status_code == 404


def test_every_incident_of_the_demonstration_can_be_opened_by_the_login_it_prints(show):
    client = _login(show)
    references = db.session.scalars(select(Incident.reference)).all()
    pages = ["/", "/reports", "/incidents", "/register"]
    for page in [*pages, *(f"/incidents/{one}" for one in references)]:
        assert (page, client.get(page).status_code) == (page, 200)


@pytest.mark.parametrize(
    "changed",
    [
        {"built_at": (datetime.now(UTC) - timedelta(hours=25)).isoformat()},
        {"built_of": "the stories of an earlier version"},
    ],
    ids=["a day old", "of another version"],
)
def test_a_second_start_shows_the_same_and_an_old_one_is_told_anew(tmp_path, changed):
    with _stage(tmp_path, subjects=SLICE) as app:
        first = app.greeting
        count = len(db.session.scalars(select(Entry.n)).all())
    with _stage(tmp_path, subjects=SLICE) as app:
        assert app.greeting == first
        assert len(db.session.scalars(select(Entry.n)).all()) == count
    bill = tmp_path / "demo" / "playbill.json"
    assert bill.stat().st_mode & 0o077 == 0
    bill.write_text(json.dumps(json.loads(bill.read_text()) | changed))
    with _stage(tmp_path, subjects=SLICE) as app:
        assert app.greeting != first
        assert db.session.scalars(select(Entry.at).order_by(Entry.n.desc())).first() <= now()


def test_a_building_that_was_broken_off_is_begun_again(tmp_path):
    folder = tmp_path / "demo"
    folder.mkdir()
    (folder / "tocsin.db").write_bytes(b"half a database")
    with _stage(tmp_path, subjects=SLICE):
        assert db.session.scalars(select(Incident)).first() is not None


def test_a_second_demonstration_beside_a_running_one_is_refused(show):
    base = Path(show.instance_path).parent
    with pytest.raises(BadSetting, match="running already"), _stage(base):
        pass


def test_the_worker_of_the_demonstration_does_not_begin_by_making_up_for_old_reminders(show):
    reminders.remind()  # what falls due just now goes out; nothing of yesterday does

    assert db.session.scalar(select(Reminder).where(Reminder.late)) is None
    assert db.session.scalar(select(Reminder).limit(1)) is not None
