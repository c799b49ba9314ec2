"""A file is looked at without being opened; a scanner that objects, or is silent, keeps it shut."""

import io
import socketserver
import struct
import threading
from dataclasses import replace

import pytest
from PIL import Image, PngImagePlugin

from incidents.actions import reports
from incidents.db import db
from incidents.files import kinds, pictures
from incidents.files.scanner import Scanner
from incidents.intake import File
from incidents.models import Entry
from incidents.settings import BadSetting

BAD = b"something that the scanner knows"


@pytest.fixture
def kept(report):
    """Attach files to the report: kept(name, content) -> the row."""

    def keep(name, content, declared="application/octet-stream"):
        reports.attach(report, (File(name, declared, content),))
        db.session.commit()
        return report.attachments[-1]

    return keep


def picture(size=(40, 30), kind="PNG", **more):
    out = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(out, kind, **more)
    return out.getvalue()


class Clamd(socketserver.ThreadingTCPServer):
    """A scanner that speaks INSTREAM and objects to BAD."""

    allow_reuse_address = True
    daemon_threads = True
    says = None

    class Line(socketserver.StreamRequestHandler):
        def handle(self):
            assert self.rfile.read(10) == b"zINSTREAM\0"
            content = b""
            while size := struct.unpack("!I", self.rfile.read(4))[0]:
                content += self.rfile.read(size)
            found = "stream: Test.File FOUND" if BAD in content else "stream: OK"
            self.wfile.write((self.server.says or found).encode() + b"\0")


@pytest.fixture
def clamd(app):
    """A scanner, named in the settings."""
    server = Clamd(("127.0.0.1", 0), Clamd.Line)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    before = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(before, clamd=f"127.0.0.1:{server.server_address[1]}")
    yield server
    server.shutdown()
    server.server_close()
    app.config["SETTINGS"] = before


@pytest.mark.parametrize(
    ("name", "content", "declared", "found"),
    [
        ("a.pdf", b"MZ\x90\0", "application/pdf", "application/vnd.microsoft.portable-executable"),
        ("a.png", b"<svg xmlns='x'><script>1</script></svg>", "image/png", "image/svg+xml"),
        ("a.txt", b"\xef\xbb\xbf <!DOCTYPE html><p>", "text/plain", "text/html"),
        ("a.csv", b"PK\x03\x04" + b"\0" * 26 + b"xl/workbook.xml", "text/csv", None),
        ("a", b"%PDF-1.7", "", "application/pdf"),
        ("a.csv", b"a;b\n1;2\n", "text/csv", "text/csv"),
        ("a.html", b"a;b", "text/html", "text/plain"),
        ("a", b"\0\1\2", "text/plain", "application/octet-stream"),
        ("a", b"", "text/plain", "application/octet-stream"),
    ],
)
def test_a_file_is_what_its_bytes_say(kept, name, content, declared, found):
    file = kept(name, content, declared)

    assert file.media_type == found or (found is None and "spreadsheetml" in file.media_type)


def test_a_picture_is_drawn_anew_without_what_it_carries(kept, staff):
    facts = PngImagePlugin.PngInfo()
    facts.add_text("Where", "48.8566, 2.3522")
    file = kept("a.png", picture(pnginfo=facts))
    assert b"48.8566" in file.blob.content

    assert f"/files/{file.uid}/picture" in staff.get(f"/files/{file.uid}/look").text
    shown = staff.get(f"/files/{file.uid}/picture")

    assert shown.headers["Content-Type"] == "image/png"
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert b"48.8566" not in shown.data
    assert Image.open(io.BytesIO(shown.data)).size == (40, 30)


def test_a_picture_of_too_many_pixels_or_none_is_not_drawn(kept, staff):
    out = io.BytesIO()
    Image.new("1", (60_000, 1_000)).save(out, "PNG")  # a few kilobytes, 60 million pixels
    wide = out.getvalue()
    assert pictures.safe(wide) is None
    file = kept("b.jpg", b"\xff\xd8\xff broken")

    assert staff.get(f"/files/{file.uid}/look").status_code == 200
    assert staff.get(f"/files/{file.uid}/picture").status_code == 404


@pytest.mark.parametrize("name", ["x.html", "x.svg", "x.txt"])
def test_a_text_is_shown_as_characters_that_do_nothing(kept, staff, name):
    file = kept(name, b"<script>alert(1)</script> \xe2\x80\xaefdp.exe")
    page = staff.get(f"/files/{file.uid}/look").text

    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page
    assert "\u202e" not in page


@pytest.mark.parametrize(
    ("content", "words"),
    [("Öl".encode("utf-16"), "Öl"), ("Öl".encode("cp1252"), "Öl"), (b"\xef\xbb\xbfa", "a")],
)
def test_a_text_is_read_in_its_charset(kept, staff, content, words):
    file = kept("a.txt", content)

    assert f'<div class="quote">{words}</div>' in staff.get(f"/files/{file.uid}/look").text


def test_other_files_are_not_shown_and_each_look_is_in_the_file(kept, staff):
    file = kept("a.pdf", b"%PDF-1.7")
    page = staff.get(f"/files/{file.uid}/look").text

    assert "This kind of file is not shown here" in page
    assert "No virus scanner is set up here" in page
    assert db.session.query(Entry).filter_by(verb="report.file_read").count() == 1


def test_a_stranger_sees_no_file(kept, client):
    file = kept("a.txt", b"secret")

    for path in ("", "/look", "/picture"):
        assert b"secret" not in client.get(f"/files/{file.uid}{path}").data


def test_a_clean_file_says_so(kept, staff, clamd):
    file = kept("a.txt", b"fine")

    assert staff.get(f"/files/{file.uid}").data == b"fine"
    assert "No virus found" in staff.get(f"/files/{file.uid}/look").text


@pytest.mark.parametrize("path", ["", "/look"])
def test_what_the_scanner_objects_to_stays_shut_and_is_kept(kept, staff, clamd, path):
    file = kept("a.txt", BAD)
    answer = staff.get(f"/files/{file.uid}{path}")

    assert answer.status_code == 403
    assert "Test.File" in answer.text
    assert BAD.decode() not in answer.text
    db.session.refresh(file)
    assert (file.scan, file.blob.content) == ("Test.File", BAD)


@pytest.mark.parametrize("fault", ["silent", "ERROR"])
def test_while_the_scanner_does_not_answer_no_file_is_opened(kept, staff, clamd, fault):
    file = kept("a.txt", b"fine")
    if fault == "silent":
        clamd.shutdown()
        clamd.server_close()
    else:
        clamd.says = "INSTREAM size limit exceeded. ERROR"

    for path, status in (("", 503), ("/look", 503), ("/picture", 404)):
        assert staff.get(f"/files/{file.uid}{path}").status_code == status
    db.session.refresh(file)
    assert file.scan is None


def test_the_original_of_a_report_is_scanned_too(report, staff, clamd):
    path = f"/reports/{report.reference}/raw"
    assert staff.get(path).status_code == 200
    clamd.says = "stream: Test.File FOUND"
    assert staff.get(path).status_code == 403
    clamd.says = "no ERROR"
    assert staff.get(path).status_code == 503


@pytest.mark.parametrize(
    "setting", ["clamd", "unix:clamd", "host:", ":3310", "tcp://localhost:3310"]
)
def test_a_setting_that_names_no_scanner_stops_the_start(setting):
    with pytest.raises(BadSetting, match="TOCSIN_CLAMD"):
        Scanner(setting)


def test_every_kind_of_file_has_words():
    assert kinds.words("image/png") == "picture"
    assert kinds.words("application/x-new") == "file"
