"""Every answer carries the same strict headers; no page needs inline script or style; nothing is
changed by looking, or by a form that was forged.

The addresses come from the URL map over a furnished house (see tour.py).
"""

import re

import pytest
from bs4 import BeautifulSoup
from flask import url_for
from furnishing import furnish
from sqlalchemy import select
from tour import DOWNLOADS

from incidents.accounts import permission_of
from incidents.db import db
from incidents.models import Entry
from incidents.pages import HEADERS

# What a look may write: that it was made. Nothing else in the house changes by a GET.
READINGS = {
    "report.raw_read",
    "report.file_read",
    "register.exported",
    "notification.exported",
    "memo.read",
    "list.person_read",
    "list.problems_read",
    "made.fetched",
}
# The tables in which a reading is written: the entry, the end of the chain, and who has which
# report open just now, for others to see.
NOTED = {"entry", "chain", "looking"}
# Files of strangers are handed over under a policy that lets them do nothing at all.
HANDED_OVER = {
    "incidents.download",
    "incidents.raw",
    "incidents.picture",
    "notifications.exact_letter",
    "notifications.made_file",
    "notifications.paper_list",
}
SANDBOX = "sandbox; default-src 'none'"


@pytest.fixture
def tour(app, staff_user, controller_user):
    return furnish(app, staff_user, controller_user)


@pytest.fixture
def browsers(client, staff, controller):
    return {"stranger": client, "staff": staff, "controller": controller}


@pytest.fixture
def forged(app):
    """Forged requests are refused, as in earnest."""
    app.config["WTF_CSRF_ENABLED"] = True


def tables():
    """All rows of all tables, as the database holds them."""
    db.session.rollback()
    found = {}
    for table in db.metadata.sorted_tables:
        found[table.name] = [tuple(row) for row in db.session.execute(select(table))]
    db.session.rollback()
    return found


def differing(before):
    after = tables()
    return {name for name in before if before[name] != after[name]}


def every_answer(app, tour, browsers):
    """(who, endpoint, answer) of every GET address; the first of each endpoint is opened by those
    with fewer rights, too, who may be refused."""
    stops = tour.stops(app, "controller")
    for who, browser in browsers.items():
        first = dict(reversed(stops)).items()
        for endpoint, path in stops if who == "controller" else first:
            with browser.get(path) as answer:
                yield who, endpoint, answer


def headers_of(answer):
    return {name: answer.headers.get(name) for name in HEADERS}


def test_every_answer_carries_the_strict_headers(app, tour, browsers):
    wrong, seen = [], set()
    for who, endpoint, answer in every_answer(app, tour, browsers):
        seen.add(answer.status_code)
        wanted = dict(HEADERS)
        if endpoint in HANDED_OVER and answer.status_code == 200:
            wanted["Content-Security-Policy"] = SANDBOX
        if headers_of(answer) != wanted or answer.headers["Cache-Control"] != "no-store":
            wrong.append((who, answer.request.path, dict(answer.headers)))
    assert wrong == []
    assert seen == {200, 204, 302, 403}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/setup/used", 410),
        ("PUT", "/report", 405),
        ("GET", "/incidents/%00", 302),
        ("GET", "/static/nothing.css", 404),
        ("GET", "/static/css/base.css", 200),
        ("POST", "/incidents/BR-2026-001/note", 401),
        ("OPTIONS", "/report", 200),
        ("HEAD", "/report", 200),
    ],
)
def test_answers_that_are_no_pages_carry_them_too(client, method, path, status):
    with client.open(path, method=method) as answer:
        assert (answer.status_code, headers_of(answer)) == (status, HEADERS)


def test_a_failure_of_ours_carries_them_too(app, client, monkeypatch):
    app.config["PROPAGATE_EXCEPTIONS"] = False

    def fails():
        raise RuntimeError

    monkeypatch.setitem(app.view_functions, "incidents.home", fails)
    fails.permission = "public"
    answer = client.get("/")

    assert (answer.status_code, headers_of(answer)) == (500, HEADERS)


def test_downloads_are_kept_and_never_shown(app, tour, controller):
    for endpoint, path in tour.stops(app, "controller"):
        if endpoint in DOWNLOADS:
            with controller.get(path) as answer:
                assert answer.headers["Content-Disposition"].startswith("attachment"), path


INLINE = re.compile(r"<style|<script(?![^>]*\ssrc=)|javascript:", re.IGNORECASE)


def test_no_page_holds_script_or_style_or_anything_from_elsewhere(app, tour, browsers):
    wrong = []
    for who, _endpoint, answer in every_answer(app, tour, browsers):
        if answer.mimetype != "text/html" or answer.location:
            continue
        for tag in BeautifulSoup(answer.text, "html.parser").find_all(True):
            named = [name for name in tag.attrs if name == "style" or name.startswith("on")]
            fetched = tag.get("src") or (tag.get("href") if tag.name == "link" else "") or ""
            if named or re.match(r"(?!data:image/)\w+:|//", fetched):
                wrong.append((who, answer.request.path, str(tag)[:200]))
        if INLINE.search(answer.text):
            wrong.append((who, answer.request.path, INLINE.search(answer.text).group()))
    assert wrong == []


def test_looking_changes_nothing_but_what_it_says(app, tour, browsers):
    before = tables()
    for _answer in every_answer(app, tour, browsers):
        pass

    assert differing(before) == NOTED
    verbs = set(db.session.scalars(select(Entry.verb).where(Entry.n > len(before["entry"]))))
    assert verbs == READINGS


def test_every_public_page_works_for_a_stranger(app, tour, client):
    wrong = {}
    for _endpoint, path in tour.stops(app, "stranger"):
        with client.get(path, headers={"Accept-Language": "fr"}) as answer:
            page = BeautifulSoup(answer.text, "html.parser")
            is_page = page.h1 or answer.mimetype == "text/calendar"
            if answer.location not in ("/report", "/my-report") and (
                answer.status_code != 200 or not is_page
            ):
                wrong[path] = answer.status_code
    assert wrong == {}


def test_a_forged_form_is_refused_and_changes_nothing(app, tour, forged, controller):
    before = tables()
    wrong, tried = [], 0
    for endpoint, path in _unsafe(app, tour):
        tried += 1
        answer = controller.post(path, data={"story": "x", "title": "x", "email": "x@y.example"})
        if answer.status_code != 400:
            wrong.append((endpoint, path, answer.status_code))
    assert wrong == []
    assert tried > 50
    assert differing(before) == set()


def _unsafe(app, tour):
    """(endpoint, path) of every route that takes a POST, filled with things that exist."""
    known = {}
    for filled in tour.filled.values():
        for values in filled:
            known |= {k: v for k, v in values.items() if k not in ("state", "show", "form")}
    # A report and an incident are both named by "ref", a letter and a measure by "uid".
    incident = tour.filled["incidents.decision"][0]["ref"]
    report = tour.filled["incidents.report_page"][0]["ref"]
    notice = tour.filled["notifications.notice"][0]["uid"]
    known |= {"user_id": 1, "token": "nothing", "filename": "nothing", "number": 1}
    known["what"] = "drop"
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if "POST" not in rule.methods or permission_of(app, rule.endpoint) is None:
                continue
            own = {name: known[name] for name in rule.arguments}
            if "ref" in own:
                own["ref"] = incident if rule.rule.startswith("/incidents") else report
            if rule.rule.startswith("/notices"):
                own["uid"] = notice
            if rule.endpoint == "incidents.provider":  # to a stranger no link is like a wrong one
                own = tour.filled[rule.endpoint][0]
            yield rule.endpoint, url_for(rule.endpoint, **own)
