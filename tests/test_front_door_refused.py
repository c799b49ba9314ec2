"""A report that cannot be taken says so plainly, and nothing typed is lost."""

import re
from io import BytesIO

import pytest
from bs4 import BeautifulSoup
from door import STORY, form_of, hidden, reports, send, typed
from sqlalchemy import event, func, select

from incidents import throttle
from incidents.actions import held
from incidents.db import db, now
from incidents.models import Blob, HeldFile


@pytest.mark.parametrize(
    "wrong",
    [
        {"story": "  \n "},
        {"contact": "nobody"},
        {"contact": "alice@example.org)bob@evil.example"},
        {"name": "x" * 201},
        {"story": "x" * 100_001},
    ],
)
def test_a_refused_form_keeps_what_was_typed(client, wrong):
    right = {"story": STORY, "contact": "karim@customer.example", "name": "K"}
    answer = client.post("/report", data=form_of(client) | right | wrong)

    assert answer.status_code == 422
    assert reports() == []
    assert typed(answer)["story"] == (right | wrong)["story"]
    assert typed(answer)["contact"] == (right | wrong)["contact"]
    assert BeautifulSoup(answer.data, "html.parser").title.text.startswith("Problem:")


def test_markup_that_was_typed_comes_back_as_text(client):
    answer = client.post(
        "/report", data=form_of(client) | {"story": "<script>1</script>", "contact": "no"}
    )

    assert typed(answer)["story"] == "<script>1</script>"
    assert b"<script>1" not in answer.data


def test_the_files_of_a_refused_form_need_not_be_chosen_again(client):
    data = form_of(client)
    files = [(BytesIO(b"one"), "one.txt"), (BytesIO(b"two"), "two.txt")]
    back = client.post("/report", data=data | {"story": "", "files": files})
    page = BeautifulSoup(back.data, "html.parser")
    kept = [box["value"] for box in page.select("input[name=kept]")]
    assert [label.text.split(" (")[0] for label in page.select("#kept label")] == [
        "one.txt",
        "two.txt",
    ]

    send(client, data | {"story": STORY, "kept": kept[1:]})

    (report,) = reports()
    assert [(f.filename, f.blob.content) for f in report.attachments] == [("two.txt", b"two")]


def test_another_form_cannot_take_the_files_that_were_kept(client):
    back = client.post(
        "/report", data=form_of(client) | {"story": "", "files": (BytesIO(b"one"), "one.txt")}
    )
    kept = BeautifulSoup(back.data, "html.parser").select_one("input[name=kept]")["value"]

    send(client, form_of(client) | {"story": STORY, "kept": kept})

    assert reports()[0].attachments == []


def test_kept_files_are_erased_after_a_day(client):
    client.post(
        "/report", data=form_of(client) | {"story": "", "files": (BytesIO(b"one"), "one.txt")}
    )
    assert held.sweep(now()) == 0
    assert held.sweep(now() + held.KEPT_FOR * 2) == 1
    db.session.commit()

    assert db.session.scalar(select(func.count(HeldFile.id))) == 0
    assert db.session.scalar(select(func.count(Blob.id))) == 0


@pytest.mark.parametrize(("choice", "word"), [("fr", 'lang="fr"'), ("dark", 'data-theme="dark"')])
def test_changing_language_or_colours_in_mid_form_keeps_the_text(client, choice, word):
    answer = client.post("/report", data=form_of(client) | {"story": STORY, "choose": choice})

    assert answer.status_code == 200
    assert word in answer.text
    assert typed(answer)["story"] == STORY
    assert reports() == []


def test_a_form_that_expired_comes_back_with_its_text_and_can_be_sent(app, client):
    app.config["WTF_CSRF_ENABLED"] = True
    old = form_of(client)
    client.delete_cookie("tocsin")
    files = (BytesIO(b"one"), "one.txt")
    back = send(client, old | {"story": STORY, "files": files})

    assert back.status_code == 400
    assert reports() == []
    again = hidden(BeautifulSoup(back.data, "html.parser"))
    assert again["story"] == STORY
    assert send(client, again).location == "/report/receipt"
    (report,) = reports()
    assert [file.filename for file in report.attachments] == ["one.txt"]


def test_five_hundred_people_behind_one_address_are_let_in(app):
    with app.test_request_context(environ_base={"REMOTE_ADDR": "203.0.113.77"}):
        for _ in range(500):
            throttle.admit()


def test_beyond_the_limit_the_text_is_kept_and_another_way_is_named(app, client):
    throttle.init_app(app, per_address="1 per 10 minutes")
    send(client, form_of(client) | {"story": STORY})
    answer = send(client, form_of(client) | {"story": "the second"})

    assert answer.status_code == 429
    assert "NOT received" in answer.text
    assert "privacy@training.example" in answer.text
    assert typed(answer)["story"] == "the second"
    other = {"REMOTE_ADDR": "203.0.113.78"}
    data = form_of(client) | {"story": "from elsewhere"}
    assert send(client, data, environ_base=other).status_code == 302


@pytest.fixture
def full_disk(app):
    """The database cannot grow any more: SQLite's own answer to a full disk."""

    def limit(connection, _record):
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages}")

    def fill():
        db.session.remove()
        db.engine.dispose()
        event.listen(db.engine, "connect", limit)

    yield fill
    event.remove(db.engine, "connect", limit)
    db.engine.dispose()


def test_a_full_disk_gives_no_receipt_and_keeps_the_text(client, full_disk):
    data = form_of(client)
    full_disk()
    story = STORY * 1000
    answer = send(client, data | {"story": story})

    assert answer.status_code == 503
    assert "We have NOT received your report" in answer.text
    assert typed(answer)["story"] == story
    assert client.get("/report/thanks").location == "/report"
    assert reports() == []


def test_a_disk_that_fills_up_at_the_last_moment_keeps_the_text(client, monkeypatch):
    data = form_of(client)

    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(db.session, "commit", full)
    answer = send(client, data | {"story": STORY})

    assert answer.status_code == 503
    assert typed(answer)["story"] == STORY
    assert answer.headers["Retry-After"]


def test_a_failure_gives_a_reference_and_tells_nobody_the_text(
    app, client, monkeypatch, caplog, request
):
    app.testing = False
    request.addfinalizer(lambda: setattr(app, "testing", True))
    data = form_of(client)
    canary = "CANARY-7"

    def fail(draft, at, by=None):
        raise RuntimeError(f"while storing {draft.story}")

    monkeypatch.setattr("incidents.actions.reports.receive_form", fail)
    answer = send(client, data | {"story": canary})

    assert answer.status_code == 500
    reference = re.search(r'<code class="code">([0-9a-f]{8})</code>', answer.text)[1]
    assert reference in caplog.text
    assert "receive_form" in caplog.text or "public.py" in caplog.text
    assert canary not in caplog.text
    assert canary in answer.text  # given back to the one who typed it


def test_an_error_page_needs_nothing_of_the_database(app, client, monkeypatch):
    def gone(*args, **kwargs):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(db.session, "get", gone)
    answer = client.get("/report")

    assert answer.status_code == 503
    assert "Reference to quote" in answer.text
