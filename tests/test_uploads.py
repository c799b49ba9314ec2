"""A file over the limit costs nobody the text; files leave as downloads and nothing else."""

from dataclasses import replace
from io import BytesIO

import pytest
from bs4 import BeautifulSoup
from door import STORY, form_of, reports, typed
from sqlalchemy import select

from incidents import uploads
from incidents.actions import reports as acts
from incidents.db import db, now
from incidents.intake import Draft, File
from incidents.models import Entry

KILO = 1024


@pytest.fixture
def limits(app):
    """10 kB a file, 20 kB a request."""
    small = replace(app.config["SETTINGS"], file_limit=10 * KILO, request_limit=20 * KILO)
    app.config.update(SETTINGS=small, MAX_CONTENT_LENGTH=small.request_limit)


def send(client, *files, **words):
    data = form_of(client) | {"story": STORY, "files": [(BytesIO(b), name) for name, b in files]}
    return client.post("/report", data=data | {"step": "send"} | words)


@pytest.mark.parametrize("size", [10 * KILO + 1, 19 * KILO, 150 * KILO])
def test_a_file_over_the_limit_is_answered_413_with_the_text_kept(client, limits, size):
    answer = send(client, ("holiday.mov", b"x" * size), name="Karim")

    assert answer.status_code == 413
    assert typed(answer)["story"] == STORY
    assert 'value="Karim"' in answer.text
    assert "“holiday.mov” is larger than" in answer.text
    assert reports() == []


def test_files_that_are_together_over_the_limit_are_answered_413(client, limits):
    answer = send(client, *((f"{n}.png", b"x" * 9 * KILO) for n in range(3)))

    assert answer.status_code == 413
    assert "With “2.png”" in answer.text
    kept = BeautifulSoup(answer.data, "html.parser").select("#kept label")
    assert [label.text.split(" (")[0] for label in kept] == ["0.png", "1.png"]


def test_a_file_at_the_limit_is_taken(client, limits):
    send(client, ("a.png", b"x" * 10 * KILO), ("b.png", b"y" * 10 * KILO))

    assert [file.blob.size for file in reports()[0].attachments] == [10 * KILO] * 2


def test_a_large_file_leaves_room_for_those_after_it(client, limits):
    answer = send(client, ("large.mov", b"x" * 60 * KILO), ("small.png", b"y" * 9 * KILO))

    kept = BeautifulSoup(answer.data, "html.parser").select("#kept label")
    assert [label.text.split(" (")[0] for label in kept] == ["small.png"]


def test_the_form_of_a_413_can_be_sent_at_once(client, limits):
    answer = send(client, ("large.mov", b"x" * 60 * KILO), ("small.png", b"y"))
    page = BeautifulSoup(answer.data, "html.parser")
    again = {i["name"]: i["value"] for i in page.select("main form input[type=hidden]")}
    again["kept"] = page.select_one("input[name=kept]")["value"]
    client.post("/report", data=again | {"story": typed(answer)["story"], "step": "send"})

    assert [file.filename for file in reports()[0].attachments] == ["small.png"]


def test_more_text_than_can_be_kept_comes_back_as_far_as_it_was_kept(app, client):
    app.config["MAX_FORM_MEMORY_SIZE"] = 5000
    answer = send(client, ("one.txt", b"1"), story="s" * 6000)

    assert answer.status_code == 413
    assert 4000 < len(typed(answer)["story"]) < 5000
    assert "its end was cut off" in answer.text


def test_a_flood_of_parts_is_not_read_to_its_end(app, client):
    app.config["MAX_FORM_PARTS"] = 50
    answer = send(client, *((f"{n}.txt", b"1") for n in range(100)))

    assert answer.status_code == 413
    assert typed(answer)["story"] == STORY


def test_a_flood_of_plain_fields_is_not_read_to_its_end(app, client):
    flood = "&".join(f"a{number}=1" for number in range(100_000))
    kind = "application/x-www-form-urlencoded"
    answer = client.post("/report", data=f"story=my+own+words&{flood}", content_type=kind)

    assert answer.status_code == 413
    assert typed(answer)["story"] == "my own words"


def test_a_body_beyond_the_ceiling_is_not_read_at_all(client, limits):
    answer = send(client, ("film.mov", b"x" * uploads.ceiling(20 * KILO)))

    assert answer.status_code == 413
    assert reports() == []


def test_no_room_for_a_file_is_said_and_the_text_kept(app, client, monkeypatch):
    class Full(BytesIO):
        def write(self, data):
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(uploads.Request, "_get_file_stream", lambda *a, **k: Full())
    answer = send(client, ("one.txt", b"1"))

    assert answer.status_code == 413
    assert "no room" in answer.text
    assert typed(answer)["story"] == STORY


@pytest.mark.parametrize(
    "body",
    [b"", b"--x", b"--x\r\n\r\n", b"--x\r\nContent-Disposition: form-data\r\n\r\na\r\n--x--"],
)
def test_a_damaged_form_is_refused_and_nothing_fails(client, body):
    answer = client.post("/report", data=body, content_type="multipart/form-data; boundary=x")

    assert answer.status_code == 422


def test_a_page_that_cannot_show_its_form_again_gives_the_text_back(staff, report, limits):
    answer = staff.post(
        f"/reports/{report.reference}/aside",
        data={"reason": "this is a test", "version": "1", "file": (BytesIO(b"x" * 90000), "a")},
    )

    assert answer.status_code == 413
    assert typed(answer)["reason"] == "this is a test"
    assert "“a” is larger" in answer.text


def with_file(name, content=b"content"):
    draft = Draft("web", f"web:{name}", b"{}", STORY, files=(File(name, "text/html", content),))
    report, _ = acts.receive(draft, now())
    db.session.commit()
    return report


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("invoice.pdf", "attachment; filename=invoice.pdf"),
        ('a"b.html', 'attachment; filename="a\\"b.html"'),
        ("été.png", "attachment; filename=ete.png; filename*=UTF-8''%C3%A9t%C3%A9.png"),
        ("a\r\nX-Evil: 1.txt", 'attachment; filename="a X-Evil: 1.txt"'),
        ("../../etc/passwd", "attachment; filename=../../etc/passwd"),
        ("", "attachment; filename=unnamed"),
    ],
)
def test_a_file_leaves_under_its_name_as_a_download_that_runs_nowhere(app, staff, name, header):
    content = b"<script>alert(1)</script>"
    file = with_file(name, content).attachments[0]
    answer = staff.get(f"/files/{file.uid}")

    assert answer.data == content
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "\n" not in answer.headers["Content-Disposition"]
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert "X-Evil" not in answer.headers


def test_each_reading_of_a_file_or_an_original_is_recorded(staff, staff_user):
    report = with_file("invoice.pdf")
    file = report.attachments[0]
    ref, uid, digest = report.reference, file.uid, file.blob.sha256
    for _ in range(2):
        staff.get(f"/files/{uid}")
    assert staff.get(f"/reports/{ref}/raw").data == b"{}"

    db.session.rollback()
    entries = db.session.scalars(select(Entry).where(Entry.verb.like("%_read")).order_by(Entry.n))
    assert [(e.verb, e.actor) for e in entries] == [
        ("report.file_read", f"user:{staff_user.id}"),
        ("report.file_read", f"user:{staff_user.id}"),
        ("report.raw_read", f"user:{staff_user.id}"),
    ]
    first = db.session.scalar(select(Entry).where(Entry.verb == "report.file_read"))
    assert first.detail == {"file": uid, "sha256": digest}
    assert first.report_id is not None


def test_a_file_that_is_not_there_is_no_file_of_ours(staff):
    assert staff.get("/files/0123456789abcdef").status_code == 404
    assert staff.get("/reports/RP-2026-9999/raw").status_code == 404
