"""Anyone can report, without account, and one sending is one report."""

import json
import threading
from io import BytesIO

from bs4 import BeautifulSoup
from door import STORY, form_of, receipt, reports, send


def test_a_stranger_reports_and_gets_a_receipt(client):
    answer = send(
        client,
        form_of(client)
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

    assert answer.location == "/report/receipt"
    (report,) = reports()
    assert receipt(client)[0] == report.reference
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
    send(client, form_of(client) | {"story": STORY})

    (report,) = reports()
    assert (report.reporter, report.contact, report.noticed) == ("unknown", None, None)


def test_no_network_address_and_no_personal_word_is_left_in_the_open(client, instance):
    data = form_of(client) | {"story": "CANARY-STORY", "contact": "canary@customer.example"}
    answer = send(client, data, environ_base={"REMOTE_ADDR": "203.0.113.77"})

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
    send(client, data)
    first = receipt(client)
    send(client, data)

    assert len(reports()) == 1
    assert receipt(client) == first
    assert reports()[0].messages == []


def test_the_same_form_sent_by_four_at_the_same_moment_is_one_report(app):
    data = form_of(app.test_client()) | {"story": STORY, "step": "send"}
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
    send(client, data)
    send(client, data | {"story": STORY + " And a second one."})

    (report,) = reports()
    assert report.story == STORY
    assert [m.text for m in report.messages] == [STORY + " And a second one."]
    assert report.messages[0].direction == "in"


def test_a_key_that_we_did_not_make_is_not_used(client):
    for _ in range(2):
        send(client, {"key": "chosen", "story": STORY})

    assert len({report.key for report in reports()}) == 2
    assert not any("chosen" in report.key for report in reports())


def test_enter_in_a_field_sends_the_report(client):
    page = BeautifulSoup(client.get("/report").data, "html.parser")
    buttons = [
        b
        for b in page.select("button[type=submit]")
        if b.get("form") == "report" or b.find_parent("form", id="report")
    ]

    assert buttons[0].get("name") is None  # what Enter presses


def test_the_report_remembers_the_language_of_its_page(client):
    send(client, form_of(client) | {"story": STORY, "choose": "fr"})
    send(client, form_of(client) | {"story": STORY, "kinds": ["login"]})

    assert reports()[0].language == "fr"


def test_a_machine_that_fills_every_field_is_kept_and_marked_and_not_answered(client):
    send(
        client,
        form_of(client)
        | {"story": STORY, "website": "http://spam.example", "contact": "victim@example.org"},
    )

    (report,) = reports()
    assert (report.mark, report.automatic) == ("trap", True)
    assert report.acknowledged_at is not None  # decided: no answer


def test_the_receipt_is_shown_to_its_browser_only(app, client):
    send(client, form_of(client) | {"story": STORY})

    assert app.test_client().get("/report/thanks").location == "/report"


def test_public_pages_are_stored_by_nobody(client):
    for path in ("/report", "/report/receipt", "/report/thanks", "/my-report"):
        assert client.get(path).headers["Cache-Control"] == "no-store"
