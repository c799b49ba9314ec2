"""Anyone can report, once, and nothing typed is lost."""

import json
import re
import threading
from io import BytesIO

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import event, func, select

from incidents import throttle
from incidents.actions import held
from incidents.db import db, now
from incidents.models import Blob, HeldFile, Report

STORY = "I got somebody else's invoice by e-mail."


def form_of(client, path="/report"):
    """The hidden fields of a form, as a browser would send them back."""
    page = BeautifulSoup(client.get(path).data, "html.parser")
    return hidden(page)


def hidden(page):
    form = page.select_one("main form")
    return {i["name"]: i.get("value", "") for i in form.select("input[type=hidden]")}


def typed(answer):
    """What stands in the fields of the page that came back."""
    page = BeautifulSoup(answer.data, "html.parser")
    texts = {t["name"]: re.sub(r"\A\r?\n", "", t.text) for t in page.select("textarea")}
    return texts | {i["name"]: i.get("value", "") for i in page.select("input[type=email]")}


def receipt(client):
    return BeautifulSoup(client.get("/report/thanks").data, "html.parser").select_one("output").text


def reports():
    db.session.rollback()
    return list(db.session.scalars(select(Report).order_by(Report.id)))


def test_a_stranger_reports_and_gets_a_receipt(client):
    answer = client.post(
        "/report",
        data=form_of(client)
        | {
            "story": STORY,
            "noticed": "about two weeks ago",
            "kinds": ["money", "contact"],
            "data": "three customers",
            "reporter": "customer",
            "name": "Karim",
            "contact": "karim@customer.example",
            "files": [(BytesIO(b"pdf bytes"), "invoice.pdf"), (BytesIO(b"png"), "../a\u202eb.png")],
        },
    )

    assert answer.location == "/report/thanks"
    (report,) = reports()
    assert receipt(client) == report.reference
    assert (report.source, report.reporter, report.state) == ("web", "customer", "new")
    assert (report.story, report.noticed) == (STORY, "about two weeks ago")
    assert report.data == "Bank or card details; Names, addresses, e-mail, phone\nthree customers"
    assert [(f.filename, f.blob.content) for f in report.attachments] == [
        ("invoice.pdf", b"pdf bytes"),
        ("a\ufffdb.png", b"png"),
    ]
    raw = json.loads(report.raw.content)
    assert raw["fields"]["story"] == [STORY]
    assert raw["fields"]["kinds"] == ["money", "contact"]
    assert [file["size"] for file in raw["files"]] == [9, 3]
    assert "csrf_token" not in raw["fields"]


def test_only_the_story_is_needed(client):
    client.post("/report", data=form_of(client) | {"story": STORY})

    (report,) = reports()
    assert (report.reporter, report.contact, report.noticed) == ("unknown", None, None)
    assert "only receipt" in client.get("/report/thanks").text


def test_no_network_address_and_no_personal_word_is_left_in_the_open(client, instance):
    data = form_of(client) | {"story": "CANARY-STORY", "contact": "canary@customer.example"}
    answer = client.post("/report", data=data, environ_base={"REMOTE_ADDR": "203.0.113.77"})

    assert "canary" not in answer.location.lower()
    (report,) = reports()
    assert b"203.0.113.77" not in report.raw.content
    for file in instance.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert b"203.0.113.77" not in content
            assert b"CANARY" not in content
            assert b"canary@" not in content


def test_the_same_form_sent_twice_is_one_report(client):
    data = form_of(client) | {"story": STORY}
    client.post("/report", data=data)
    first = receipt(client)
    client.post("/report", data=data)

    assert len(reports()) == 1
    assert receipt(client) == first
    assert reports()[0].messages == []


def test_the_same_form_sent_by_four_at_the_same_moment_is_one_report(app):
    data = form_of(app.test_client()) | {"story": STORY}
    answers = []

    def send():
        with app.app_context():
            answers.append(app.test_client().post("/report", data=data).status_code)

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == [302] * 4
    assert len(reports()) == 1


def test_the_same_form_with_other_words_adds_them_to_the_report(client):
    data = form_of(client) | {"story": STORY}
    client.post("/report", data=data)
    client.post("/report", data=data | {"story": STORY + " And a second one."})

    (report,) = reports()
    assert report.story == STORY
    assert [m.text for m in report.messages] == [STORY + " And a second one."]
    assert report.messages[0].direction == "in"


def test_a_key_that_we_did_not_make_is_not_used(client):
    for _ in range(2):
        client.post("/report", data={"key": "chosen", "story": STORY})

    assert len({report.key for report in reports()}) == 2
    assert not any("chosen" in report.key for report in reports())


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

    client.post("/report", data=data | {"story": STORY, "kept": kept[1:]})

    (report,) = reports()
    assert [(f.filename, f.blob.content) for f in report.attachments] == [("two.txt", b"two")]


def test_another_form_cannot_take_the_files_that_were_kept(client):
    back = client.post(
        "/report", data=form_of(client) | {"story": "", "files": (BytesIO(b"one"), "one.txt")}
    )
    kept = BeautifulSoup(back.data, "html.parser").select_one("input[name=kept]")["value"]

    client.post("/report", data=form_of(client) | {"story": STORY, "kept": kept})

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


def test_enter_in_a_field_sends_the_report(client):
    page = BeautifulSoup(client.get("/report").data, "html.parser")
    buttons = [
        b
        for b in page.select("button[type=submit]")
        if b.get("form") == "report" or b.find_parent("form", id="report")
    ]

    assert buttons[0].get("name") is None  # what Enter presses


def test_the_report_remembers_the_language_of_its_page(client):
    client.post("/report", data=form_of(client) | {"story": STORY, "choose": "fr"})
    client.post("/report", data=form_of(client) | {"story": STORY, "kinds": ["login"]})

    assert reports()[0].language == "fr"


def test_a_form_that_expired_comes_back_with_its_text_and_can_be_sent(app, client):
    app.config["WTF_CSRF_ENABLED"] = True
    old = form_of(client)
    client.delete_cookie("tocsin")
    files = (BytesIO(b"one"), "one.txt")
    back = client.post("/report", data=old | {"story": STORY, "files": files})

    assert back.status_code == 400
    assert typed(back)["story"] == STORY
    page = BeautifulSoup(back.data, "html.parser")
    kept = page.select_one("input[name=kept]")["value"]
    again = hidden(page) | {"story": STORY, "kept": kept}
    assert client.post("/report", data=again).location == "/report/thanks"
    (report,) = reports()
    assert [file.filename for file in report.attachments] == ["one.txt"]


def test_a_machine_that_fills_every_field_is_kept_and_marked_and_not_answered(client):
    client.post(
        "/report",
        data=form_of(client)
        | {"story": STORY, "website": "http://spam.example", "contact": "victim@example.org"},
    )

    (report,) = reports()
    assert (report.mark, report.automatic) == ("trap", True)
    assert report.acknowledged_at is not None  # decided: no answer


def test_five_hundred_people_behind_one_address_are_let_in(app):
    with app.test_request_context(environ_base={"REMOTE_ADDR": "203.0.113.77"}):
        for _ in range(500):
            throttle.admit()


def test_beyond_the_limit_the_text_is_kept_and_another_way_is_named(app, client):
    throttle.init_app(app, per_address="1 per 10 minutes")
    client.post("/report", data=form_of(client) | {"story": STORY})
    answer = client.post("/report", data=form_of(client) | {"story": "the second"})

    assert answer.status_code == 429
    assert "NOT received" in answer.text
    assert "privacy@training.example" in answer.text
    assert typed(answer)["story"] == "the second"
    other = {"REMOTE_ADDR": "203.0.113.78"}
    data = form_of(client) | {"story": "from elsewhere"}
    assert client.post("/report", data=data, environ_base=other).status_code == 302


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
    answer = client.post("/report", data=data | {"story": story})

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
    answer = client.post("/report", data=data | {"story": STORY})

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

    monkeypatch.setattr("incidents.views.public.acts.receive_form", fail)
    answer = client.post("/report", data=data | {"story": canary})

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


def test_the_receipt_is_shown_to_its_browser_only(app, client):
    client.post("/report", data=form_of(client) | {"story": STORY})

    assert app.test_client().get("/report/thanks").location == "/report"


def test_public_pages_are_stored_by_nobody(client):
    for path in ("/report", "/report/thanks"):
        assert client.get(path).headers["Cache-Control"] == "no-store"
