"""The register of Art. 33(5): complete, readable, and no cell of it runs."""

import csv
import io

import openpyxl
import pypdf
import pytest

from incidents import exports, register
from incidents.db import db, now
from incidents.models import Entry, Incident


@pytest.fixture
def told(incident):
    incident.title = "=HYPERLINK(evil)"
    incident.summary = "Line one\nline two, with “quotes” and #let x = 1 $a$ *b*"
    incident.aware_at = now()
    incident.facts = {"breach_types": ["confidentiality"], "subject_count": 213}
    db.session.commit()
    return incident


def test_the_csv_holds_every_incident_and_runs_nothing(app, told):
    text = b"".join(exports.as_csv(None)).decode("utf-8-sig")
    heading, row = list(csv.reader(io.StringIO(text)))

    assert len(heading) == len(row) == len(register.COLUMNS)
    assert row[0] == told.reference
    assert row[1] == "'=HYPERLINK(evil)"
    assert "213" in row


def test_the_workbook_holds_texts_only(app, told):
    with exports.as_xlsx(None) as file:
        sheet = openpyxl.load_workbook(file).active

    cell = sheet["B2"]
    assert (cell.value, cell.data_type) == ("=HYPERLINK(evil)", "s")


def test_the_pdf_shows_what_was_written_as_it_was_written(app, told):
    pdf = pypdf.PdfReader(io.BytesIO(exports.as_pdf(None, now())))

    text = " ".join(page.extract_text() for page in pdf.pages)
    assert told.reference in text
    assert "#let x = 1 $a$ *b*" in text


def test_the_years_are_kept_apart(app, told):
    assert list(register.every(1999)) == []
    assert [row.id for row in register.every(now().year)] == [told.id]


@pytest.mark.parametrize("form", ["csv", "xlsx", "pdf"])
def test_taking_the_register_is_itself_written_down(staff, told, form):
    with staff.get(f"/register.{form}") as answer:
        assert answer.status_code == 200
        assert "attachment" in answer.headers["Content-Disposition"]
    last = db.session.scalars(db.select(Entry).order_by(Entry.n.desc())).first()
    assert (last.verb, last.detail["format"]) == ("register.exported", form)


def test_the_page_asks_the_database_no_more_for_more_incidents(staff, app, told, count_queries):
    def page():
        with count_queries() as few:
            assert staff.get("/register").status_code == 200
        return few.n

    one = page()
    for n in range(30):
        db.session.add(
            Incident(
                uid=f"u{n}",
                reference=f"BR-2020-{n:03d}",
                title="t",
                opened_at=now(),
                changed_at=now(),
                facts={},
                processor_ids=[],
            )
        )
    db.session.commit()
    assert page() == one


@pytest.mark.parametrize("letters", ["王小明", "\U0001f1eb\U0001f1f7", "สวัสดี", "\uffff\ufdd0"])
def test_letters_that_no_font_has_do_not_cost_the_register(app, told, letters):
    told.title = f"A list sent to {letters}"
    db.session.commit()

    with app.test_request_context():
        assert exports.as_pdf(None, now()).startswith(b"%PDF")
        with exports.as_xlsx(None) as file:
            assert openpyxl.load_workbook(file).active.max_row == 2
