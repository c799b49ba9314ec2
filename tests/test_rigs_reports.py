"""The rigs that send reports still find their way, and their checker sees what is planted."""

import hashlib
from urllib.parse import urlsplit

import pytest

from benchmarks import forms
from benchmarks.browser import Browser, report
from benchmarks.sweep.reports_checker import Sending, check
from incidents.db import db
from incidents.intake import File
from incidents.models import Attachment, Blob, Entry, Report

STORY = "I saw the invoices of other people."
FILES = [b"first file", b"second file"]


def sha256(content):
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def two(make_report, instance):
    """Two reports, each with a file; judged(...) is the checker's verdict on the house."""
    for content in FILES:
        make_report(story=STORY, files=(File("a.png", "image/png", content),))

    def judged(sendings=FILES, promised=True):
        db.session.commit()
        sent = [Sending(sha256(content), promised) for content in sendings]
        return check(instance, sent, STORY.encode())

    return judged


def test_a_house_in_which_all_went_well_has_no_fault(two):
    verdict = two()
    assert (verdict.bad, verdict.kept, verdict.promised) == (0, 2, 2)


def test_the_checker_finds_a_planted_loss(two):
    assert two([*FILES, b"never came"]).lost == 1
    assert two([*FILES, b"never came"], promised=False).lost == 0


def test_the_checker_finds_a_planted_double(two, make_report):
    make_report(story=STORY, files=(File("a.png", "image/png", FILES[0]),))
    assert two().doubles == 1


def test_the_checker_finds_a_file_that_was_changed_or_taken_away(two):
    blob = db.session.query(Blob).filter_by(sha256=sha256(FILES[0])).one()
    blob.content_sealed = blob.content_sealed[:-1] + b"x"
    verdict = two()
    assert (verdict.lost, verdict.orphans, verdict.cut) == (1, 1, 1)
    db.session.delete(db.session.query(Attachment).first())
    assert two().cut == 1


def test_the_checker_finds_a_report_without_its_entry(two):
    entry = db.session.query(Entry).filter_by(verb="report.received").first()
    entry.verb = "report.other"
    assert two().unlogged == 1


def test_the_checker_finds_words_in_the_clear(two, instance):
    (instance / "left.tmp").write_text(f"... {STORY} ...")
    assert two().open_words == 1


def test_a_reporter_of_the_rigs_walks_the_form_to_its_receipt(app, live, instance):
    browser = Browser(urlsplit(live(app)).port)
    db.session.rollback()
    report(browser, STORY, [("a.png", FILES[0])])
    report(Browser(browser.port), STORY, [("b.png", FILES[1])])
    verdict = check(instance, [Sending(sha256(one), True) for one in FILES], STORY.encode())
    assert (verdict.bad, verdict.kept, db.session.query(Report).count()) == (0, 2, 2)


def test_a_reporter_of_the_rigs_sends_a_file_once_and_fills_no_trap(client):
    page = forms.read(client.get("/report").text)
    filled = forms.filled(page, "/report", STORY, [("a.png", FILES[0])])

    assert filled.multipart and dict(filled.fields)["website"] == ""
    assert [(name, file) for name, file, _ in filled.files] == [("files", "a.png"), ("files", "")]
    kind, body = filled.body()
    check = client.post("/report", data=body, content_type=kind)
    sent = forms.filled(forms.read(check.text), "/report", STORY, [])
    assert not sent.multipart and dict(sent.fields)["step"] == "send"
