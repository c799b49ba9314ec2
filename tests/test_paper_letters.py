"""Whom no mail reached gets a letter on paper; posted, exactly these people count as told."""

import csv
import io
import re
import shutil
import subprocess
import zipfile
from datetime import timedelta

import pytest
from sending import PEOPLE

from incidents import audit, pages, typeset
from incidents.db import db, now
from incidents.models import Entry, Organisation
from incidents.refusal import Refused
from notifications import runs
from notifications.channels import made, paper, sheets
from notifications.models import MadeFile, MadePart, PaperBatch, Recipient
from notifications.recipients import purge
from notifications.recipients.person import Person
from notifications.sending import outbox

FORMULA = "=cmd|' /C calc'!A0"


@pytest.fixture(autouse=True)
def here(monkeypatch, request):
    """Set in this process, which is faster; one test has it done as the worker does."""
    if "say_what_the_mails" not in request.node.name:
        monkeypatch.setattr(sheets, "pdf_apart", typeset.pdf)


def today():
    """The day where the organisation is: at night it is not that of UTC."""
    return now().astimezone(pages.zone()).date()


def rows():
    return db.session.query(Recipient).order_by(Recipient.id).all()


@pytest.fixture
def missed(run_of, smtp_sink):
    """A run of five that is over: the second and the fourth were refused for good."""
    for address in (PEOPLE[1], PEOPLE[3]):
        smtp_sink.answers[address] = "550 5.1.1 No such user"
    notice = run_of(5)
    outbox.deliver()
    for row, name, postal in (
        (rows()[1], FORMULA, "12 St James’s Square\nLondon SW1Y 4JH"),
        (rows()[3], "Bob Nowhere", None),
    ):
        row.person = Person(row.address, name, "en", postal=postal)
    db.session.commit()
    assert runs.counts(notice) == {"sent": 3, "failed": 2}
    return notice


@pytest.fixture
def batch(missed, controller_user, monkeypatch):
    row = prepared(missed, controller_user, monkeypatch)
    made.make()
    db.session.refresh(row)
    return row


def prepared(notice, by, monkeypatch):
    # The names came after the approval here, which they would void; other tests hold that.
    monkeypatch.setattr("notifications.notices.is_approved", lambda _notice: True)
    row = paper.prepare(notice, "DIN", by, now())
    db.session.commit()
    return row


def text_of(pdf, tmp_path):
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not on this machine")
    (tmp_path / "x.pdf").write_bytes(pdf)
    command = ["pdftotext", "-layout", str(tmp_path / "x.pdf"), "-"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def content_of(batch, part=0):
    return b"".join(made.read(paper.files(batch)[part]))


def test_a_batch_holds_those_not_reached_in_a_stable_order(batch):
    assert batch.state == "ready" and batch.people == 2
    sheets_of = [(number, row.address) for number, row in paper.people(batch)]
    assert sheets_of == [(1, PEOPLE[1]), (2, PEOPLE[3])]
    pdf = content_of(batch)
    assert pdf.startswith(b"%PDF-") and b"StructTreeRoot" in pdf and b"/Lang" in pdf


def test_the_letters_say_what_the_mails_say(batch, tmp_path, smtp_sink):
    words = text_of(content_of(batch), tmp_path)
    assert "What happened" in words and "London SW1Y 4JH" in words
    assert "Postal address missing" in words and "Bob Nowhere" in words
    mail = smtp_sink.to(PEOPLE[0])[0].message.get_body(("plain",)).get_content()
    said = next(line for line in mail.splitlines() if line.startswith("A file went"))
    assert said[:40] in words


def test_a_town_without_a_street_is_no_address_for_a_letter(missed, controller):
    rows()[3].person = Person(rows()[3].address, "Bob", "en", postal="13002 Marseille")
    db.session.commit()
    page = controller.get(f"/notices/{missed.uid}/otherwise").text
    assert page.count("needs a postal address") == 1
    assert "incomplete" in sheets._remark("13002 Marseille")
    assert sheets._remark("1 Lane\nTown") == ""


def test_nothing_of_it_is_stored_unsealed(batch):
    parts = db.session.query(MadePart).all()
    assert parts and all(b"%PDF" not in part.content_sealed for part in parts)


def test_posted_exactly_these_people_count_as_told_and_the_duty_is_met(
    batch, controller_user, run_of
):
    notice = batch.notice
    assert notice.state == "done" and notice.duty.is_open
    told = paper.posted(batch, today(), "by our office, ordinary mail", controller_user, now())
    db.session.commit()
    assert told == 2 and runs.missed(notice) == 0
    assert [bool(row.told_at) for row in rows()] == [False, True, False, True, False]
    assert "our office" in rows()[1].told
    assert notice.duty.met_at is not None and batch.state == "posted"
    entry = db.session.query(Entry).filter_by(verb="paper.posted").one()
    assert entry.detail["people"] == 2 and audit.verify().broken_at is None
    assert db.session.query(MadePart).count() == 0, "printed letters are not kept"


def test_who_was_told_meanwhile_is_not_told_twice(batch, controller_user):
    by_phone = Recipient.id == rows()[1].id
    runs.tell_otherwise(
        batch.notice, "Called at ten.", controller_user, now(), among=by_phone, way="phone"
    )
    assert paper.posted(batch, today(), "office", controller_user, now()) == 1
    assert rows()[1].told == "Called at ten."


def test_a_day_that_cannot_be_is_refused(batch, controller_user):
    for day in (None, today() + timedelta(days=2), today() - timedelta(days=9)):
        with pytest.raises(Refused):
            paper.posted(batch, day, "office", controller_user, now())
    with pytest.raises(Refused):
        paper.posted(batch, today(), " ", controller_user, now())


def test_people_of_a_batch_in_hand_are_in_no_other_and_free_when_it_is_dropped(
    batch, controller_user, monkeypatch
):
    with pytest.raises(Refused, match="Nobody is left"):
        prepared(batch.notice, controller_user, monkeypatch)
    db.session.rollback()
    paper.drop(batch, controller_user, now())
    assert paper.count(batch.notice) == 2
    with pytest.raises(Refused):
        paper.posted(batch, today(), "office", controller_user, now())


def test_only_the_controller_handles_paper(missed, staff_user, staff, monkeypatch):
    with pytest.raises(Refused):
        prepared(missed, staff_user, monkeypatch)
    assert staff.post(f"/notices/{missed.uid}/paper", data={"layout": "DIN"}).status_code == 403
    assert staff.get(f"/notices/{missed.uid}/otherwise").status_code == 200


def test_paper_needs_the_approval_to_stand(missed, controller_user):
    with pytest.raises(Refused):
        paper.prepare(missed, "DIN", controller_user, now())


def test_many_letters_come_in_parts(missed, controller_user, monkeypatch):
    monkeypatch.setattr(paper, "PART", 1)
    row = prepared(missed, controller_user, monkeypatch)
    assert made.make() == 2
    db.session.refresh(row)
    assert row.state == "ready" and [file.part for file in paper.files(row)] == [1, 2]
    assert len({file.filename for file in paper.files(row)}) == 2


def test_the_list_has_one_row_a_sheet_and_runs_no_formula(batch):
    table = list(csv.reader(io.StringIO(b"".join(sheets.as_csv(batch)).decode("utf-8-sig"))))
    assert [line[0] for line in table] == ["Sheet", "1", "2"]
    assert table[1][1] == f"'{FORMULA}" and table[1][3] == PEOPLE[1]
    assert table[2][5] == "Postal address missing: look it up"
    with sheets.as_xlsx(batch) as file, zipfile.ZipFile(file) as book:
        cells = book.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in cells and cells.count("<row") == 3


def test_every_download_is_in_the_file_and_the_way_works_on_the_pages(
    batch, controller, controller_user
):
    notice = batch.notice
    page = controller.get(f"/notices/{notice.uid}/otherwise").text
    link = re.search(r"/made/[0-9a-f]{16}", page)[0]
    answer = controller.get(link)
    db.session.rollback()
    assert answer.data.startswith(b"%PDF-") and "attachment" in str(answer.headers)
    assert controller.get(f"/notices/{notice.uid}/paper/1/list.csv").status_code == 200
    assert (
        controller.get(f"/notices/{notice.uid}/paper/1/list.xlsx", buffered=True).status_code == 200
    )
    read = db.session.query(Entry).filter_by(verb="made.fetched").all()
    assert len(read) == 3 and read[0].actor == f"user:{controller_user.id}"
    data = {"batch1-on": today().isoformat(), "batch1-how": "by our office"}
    answer = controller.post(f"/notices/{notice.uid}/paper/1/posted", data={"batch1-how": "x"})
    assert answer.status_code == 422
    assert controller.post(f"/notices/{notice.uid}/paper/1/posted", data=data).status_code == 302
    assert "Nobody is left to tell" in controller.get(f"/notices/{notice.uid}/otherwise").text


def test_some_people_are_noted_as_told_by_phone(missed, controller):
    first, second = rows()[1].uid, rows()[3].uid
    where = f"/notices/{missed.uid}/told-some"
    form = {"way": "phone", "how": "Called on Monday."}
    assert controller.post(where, data=form).status_code == 422, "nobody was ticked"
    assert controller.post(where, data=form | {"person": [first]}).status_code == 302
    assert [bool(row.told_at) for row in rows()] == [False, True, False, False, False]
    assert missed.duty.is_open
    assert controller.post(where, data=form | {"person": [second]}).status_code == 302
    db.session.refresh(missed.duty)
    assert missed.duty.met_at is not None


def test_files_are_forgotten_after_a_week_and_can_be_set_again(batch, controller_user, monkeypatch):
    later = now() + timedelta(days=8)
    monkeypatch.setattr(made, "now", lambda: later)
    assert made.forget() == 1
    assert paper.files(batch)[0].state == "gone" and db.session.query(MadePart).count() == 0
    monkeypatch.undo()
    paper.again(batch, controller_user, now())
    db.session.commit()
    assert made.make() == 1 and db.session.get(PaperBatch, batch.id).state == "ready"
    assert len(content_of(batch)) > 1000


def test_a_file_that_a_dead_worker_had_begun_is_made_anew(missed, controller_user, monkeypatch):
    row = prepared(missed, controller_user, monkeypatch)
    file = made._claim(now())
    made.Sink(file)._store(b"half")
    assert made.make() == 0, "somebody works on it"
    later = now() + timedelta(minutes=11)
    monkeypatch.setattr(made, "now", lambda: later)
    assert made.make() == 1
    assert content_of(row).startswith(b"%PDF-") and b"half" not in content_of(row)[:10]


def test_a_file_that_cannot_be_made_says_so(missed, controller_user, monkeypatch, app):
    row = prepared(missed, controller_user, monkeypatch)

    def broken(_file, _sink):
        raise ValueError("no")

    monkeypatch.setitem(made.makers, "paper", broken)
    app.extensions["jobs"].run("made.make")
    assert db.session.query(MadeFile).filter_by(batch_id=row.id).one().state == "failed"


def test_the_window_is_where_the_envelopes_of_the_country_have_it(app):
    served = db.session.get(Organisation, 1)
    assert (served.authority, paper.likely_layout()) == ("FR", "NF")
    served.authority = "DE-BE"
    db.session.flush()
    assert paper.likely_layout() == "DIN"


def test_an_address_field_has_six_lines_at_most():
    many = "\n".join(f"line {n}" for n in range(9))
    assert len(sheets.address_lines("Ada", many)) == 6
    assert sheets.address_lines("Ada", many, "ITALY")[-1] == "ITALY"
    assert len(sheets.address_lines("Ada", many, "ITALY")) == 6
    assert sheets.address_lines("Ada", None, "ITALY") == ["Ada"]
    assert sheets.address_lines(None, None) == []


def test_with_a_purged_list_go_the_files_made_of_it(batch):
    for erase in purge.also:
        erase(batch.notice)
    db.session.flush()
    assert db.session.query(MadePart).count() == 0


def test_a_letter_abroad_names_the_country_and_one_at_home_does_not(
    missed, controller_user, tmp_path, monkeypatch
):
    for row, country in ((rows()[1], "United Kingdom"), (rows()[3], "France")):
        row.person = Person(row.address, "Ada", "en", postal="1 Lane\nTown", country=country)
    batch = prepared(missed, controller_user, monkeypatch)
    listed = [cells[2] for cells in sheets.rows(batch)]
    assert listed[1:] == ["1 Lane, Town, UNITED KINGDOM", "1 Lane, Town"]
    made.make()
    words = text_of(content_of(batch), tmp_path)
    assert "UNITED KINGDOM" in words and "FRANCE" not in words
