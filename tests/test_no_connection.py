"""Nothing that comes in makes this machine call anybody (trust C-40, C-28, C-37)."""

import io
import socket
import sys
import zipfile

import pytest
from door import form_of, receipt, reports, send

from incidents.db import db
from incidents.models import Attachment
from notifications.reading import letter
from notifications.recipients import imports
from notifications.recipients.table import BadTable

_calls = []
_watching = [False]
HOST = "http://198.51.100.7"  # RFC 5737: nobody is there
SVG = f"""<?xml version="1.0"?>
<!DOCTYPE svg [<!ENTITY % x SYSTEM "{HOST}/x.dtd"> %x; <!ENTITY y SYSTEM "{HOST}/y">]>
<svg xmlns="http://www.w3.org/2000/svg" xmlns:l="http://www.w3.org/1999/xlink">
<image l:href="{HOST}/z.png"/><style>@import url({HOST}/s.css)</style>&y;</svg>"""
HTML = f"""<html><head><link rel=stylesheet href="{HOST}/s.css"><base href="{HOST}/">
<meta http-equiv=refresh content="0;url={HOST}/m"></head><body background="{HOST}/b.png">
<img src="{HOST}/i.png"><iframe src="{HOST}/f"></iframe><object data="{HOST}/o"></object>
<a href="{HOST}/a">Look</a></body></html>"""


def _heard(event, args):
    if _watching[0] and event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        _calls.append((event, args[1:] if event == "socket.connect" else args[:2]))


@pytest.fixture
def calls(app):
    """What this process tries to reach while the test runs, by Python's own audit events."""
    if not getattr(_heard, "added", False):
        sys.addaudithook(_heard)  # for ever: it listens only when told to
        _heard.added = True
    _calls.clear()
    _watching[0] = True
    yield _calls
    _watching[0] = False


def office(name):
    """A document whose parts and relations point elsewhere."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", SVG)
        target = f'<Relationship Id="a" Target="{HOST}/t.dotm" TargetMode="External"/>'
        archive.writestr(
            f"{name}/_rels/document.xml.rels", f"<Relationships>{target}</Relationships>"
        )
        archive.writestr(f"{name}/document.xml", SVG)
        archive.writestr("xl/workbook.xml", SVG)
    return out.getvalue()


FILES = {
    "a.svg": SVG.encode(),
    "a.html": HTML.encode(),
    "a.docx": office("word"),
    "a.xlsx": office("xl"),
    "a.url": f"[InternetShortcut]\nURL={HOST}/u\n".encode(),
    "a.pdf": f"%PDF-1.4\n1 0 obj<</S/URI/URI({HOST}/p)>>endobj\n".encode(),
}


def test_the_watch_hears_what_is_called(calls):
    with socket.socket() as line, pytest.raises(OSError):
        line.connect(("127.0.0.1", 1))
    assert calls == [("socket.connect", (("127.0.0.1", 1),))]


def test_a_mail_that_points_elsewhere_is_read_without_going_there(calls):
    parts = [f"Content-Type: text/html\n\n{HTML}", f"Content-Type: image/svg+xml\n\n{SVG}"]
    parts.append(
        'Content-Type: message/external-body; access-type=URL; URL="'
        f'{HOST}/e"\n\nContent-Type: text/plain\n\n'
    )
    body = "".join(f"--x\n{part}\n" for part in parts)
    head = (
        "From: a@b.example\nMessage-ID: <1@b.example>\nDisposition-Notification-To: a@b.example\n"
    )
    head += f"List-Unsubscribe: <{HOST}/l>\nContent-Type: multipart/mixed; boundary=x\n\n"
    raw = f"{head}{body}--x--"
    facts, _files = letter.read(raw.encode(), 1_000_000)

    assert "Look" in facts["text"]
    assert calls == []


def test_files_that_point_elsewhere_are_kept_looked_at_and_given_out_without_going_there(
    client, staff, calls, app
):
    sent = [(io.BytesIO(content), name) for name, content in FILES.items()]
    words = form_of(client) | {"story": f"Look at {HOST}/story {HTML}", "files": sent}
    words["contact"] = "karim@customer.example"
    assert send(client, words, content_type="multipart/form-data").status_code == 302
    receipt(client)
    report = reports()[0]
    pages = [f"/reports/{report.reference}", "/reports", "/"]
    for file in db.session.query(Attachment).all():
        pages += [f"/files/{file.uid}", f"/files/{file.uid}/look"]
    for page in pages:
        assert staff.get(page).status_code in (200, 302, 404), page

    assert len(pages) == 3 + 2 * len(FILES)
    assert calls == []


def test_a_list_of_people_that_points_elsewhere_is_refused_without_going_there(calls):
    with pytest.raises(BadTable):
        imports.Look(io.BytesIO(office("xl")), frozenset())
    assert calls == []
