"""Files of forms that are not sent yet wait here, and nobody fills the disk with them."""

from io import BytesIO

import pytest
from bs4 import BeautifulSoup
from door import STORY, form_of, reports, send, typed
from sqlalchemy import func, select

from incidents import throttle
from incidents.actions import held
from incidents.db import db, now
from incidents.models import Blob, HeldFile
from notifications import housekeeping


def look(client, count=1, path="/report", **more):
    """Post a form with files, and do not send it yet."""
    files = [(BytesIO(b"one %d" % n), f"{n}.txt") for n in range(count)]
    return client.post(path, data=form_of(client) | {"story": STORY, "files": files}, **more)


def waiting():
    return db.session.scalar(select(func.count(HeldFile.id)))


def test_a_network_that_leaves_too_much_is_told_to_wait_with_its_text(client, monkeypatch):
    monkeypatch.setattr(throttle, "HELD", "2 per 1 day")
    assert look(client, 2).status_code == 200

    refused = look(client)

    assert refused.status_code == 429 and refused.headers["Retry-After"]
    assert typed(refused)["story"] == STORY
    assert "without the files" in refused.text
    assert waiting() == 2
    other = look(client, environ_base={"REMOTE_ADDR": "203.0.113.9"})
    assert other.status_code == 200


def test_a_large_file_counts_as_many(client, monkeypatch):
    monkeypatch.setattr(throttle, "HELD", "2 per 1 day")
    monkeypatch.setattr(throttle, "HELD_UNIT", 2)
    assert look(client).status_code == 429  # five bytes are three units
    assert waiting() == 0


@pytest.mark.parametrize(("limit", "most"), [("MOST_BYTES", 5), ("MOST_FILES", 1)])
def test_when_all_together_left_too_much_a_report_still_comes_in(client, monkeypatch, limit, most):
    monkeypatch.setattr(held, limit, most)
    assert look(client).status_code == 200
    refused = look(client)
    assert refused.status_code == 429 and typed(refused)["story"] == STORY
    assert waiting() == 1

    data = form_of(client) | {"story": STORY, "files": (BytesIO(b"mine"), "mine.txt")}
    send(client, data)

    (report,) = reports()
    assert [file.blob.content for file in report.attachments] == [b"mine"]


def test_the_door_of_the_receipt_holds_no_more_either(client, monkeypatch):
    monkeypatch.setattr(throttle, "HELD", "1 per 1 day")
    for status in (422, 429):
        answer = client.post(
            "/my-report",
            data={"code": "no", "text": "My words", "files": (BytesIO(b"x"), "x.txt")},
        )
        assert answer.status_code == status and "My words" in answer.text
    assert waiting() == 1


def test_a_page_that_had_expired_and_finds_no_room_comes_back_all_the_same(
    app, client, monkeypatch
):
    app.config["WTF_CSRF_ENABLED"] = True
    monkeypatch.setattr(throttle, "HELD", "0 per 1 day")
    data = {"code": "no", "text": "My words", "files": (BytesIO(b"x"), "x.txt")}
    answer = client.post("/my-report", data=data)
    assert answer.status_code == 429 and "My words" in answer.text


def test_all_that_is_too_old_goes_at_once(client, monkeypatch):
    look(client, 120)
    later = now() + held.KEPT_FOR * 2
    monkeypatch.setattr(housekeeping, "now", lambda: later)
    assert housekeeping.sweep_held_files() == 120
    assert (waiting(), db.session.scalar(select(func.count(Blob.id)))) == (0, 0)


def test_a_file_that_waited_is_the_report_s_without_being_kept_again(client):
    data = form_of(client)
    seen = client.post(
        "/report", data=data | {"story": STORY, "files": (BytesIO(b"one"), "one.txt")}
    )
    kept = BeautifulSoup(seen.data, "html.parser").select_one("input[name=kept]")["value"]
    was = db.session.scalars(select(HeldFile)).one().blob
    number, sealed = was.id, bytes(was.content_sealed)

    send(client, data | {"story": STORY, "kept": kept})

    (report,) = reports()
    (file,) = report.attachments
    assert (file.blob_id, file.blob.content) == (number, b"one")
    assert bytes(file.blob.content_sealed) == sealed  # not sealed anew
    assert db.session.scalar(select(func.count(Blob.id))) == 2  # with the form itself
