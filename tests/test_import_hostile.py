"""A list that is cut, damaged or made to do harm puts nobody on the list, and harms nothing."""

import io
import zipfile

import pytest
from letters import uploaded
from test_import_origins import workbook

from incidents.db import db, now
from notifications import lists
from notifications.models import NoticeGroup, Recipient
from notifications.recipients import imports
from notifications.recipients import workbook as books
from notifications.recipients.table import BadTable


def look(content):
    return imports.Look(
        io.BytesIO(content if isinstance(content, bytes) else content.encode()), set()
    )


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("name,email,city\nAda,ada@example.org,Paris\nBob,bob@exam", 3),
        ('name,email\nAda,ada@example.org\n"Bob,bo', 3),
        ("name,email\nÉva,eva@example.org\nZo".encode() + b"\xc3", 3),
        ("name;email\nZoé;zoe@example.org".encode("utf-16")[:-1], 2),
    ],
)
def test_a_file_cut_in_the_middle_of_a_row_is_refused_with_its_line(app, content, line):
    with pytest.raises(BadTable) as refused:
        look(content)
    assert "middle of a row" in refused.value.text and refused.value.line == line


def test_a_title_above_the_names_of_the_columns_is_passed_over(app):
    found = look("Clients of 2026;;\n;;\nNom;Courriel;Langue\nAda;ada@example.org;fr\n")
    assert (found.columns.header, found.findings["new"]) == (1, 1)


@pytest.mark.parametrize("delimiter", ["^", "~", "\x1f", "§"])
def test_an_unusual_delimiter_is_found(app, delimiter):
    found = look(f"name{delimiter}email\nAda{delimiter}ada@example.org\n")
    assert found.findings["new"] == 1 and found.columns.name == 0


def test_formulas_and_control_characters_stay_words_and_get_on_no_header(app):
    found = look(
        'email,name\na@example.org,"=HYPERLINK(""http://evil.example"")"\nb@example.org,B\x07ob\n'
    )
    rows = list(
        imports.sift(found.file, found.shape, imports.sieve_of(found.shape, found.columns, set()))
    )
    assert [row.person.name for row in rows] == [None, "B ob"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (",".join(f"c{n}" for n in range(5_000)), "columns"),
        ("email,note\nada@example.org," + "x" * 200_000, "100,000 characters"),
    ],
)
def test_a_file_of_absurd_size_in_one_way_is_refused_with_what_to_do(app, content, says):
    with pytest.raises(BadTable) as refused:
        look(content)
    assert says in refused.value.text


def changed(content, change):
    """A workbook with its parts changed by `change(name, bytes)`; None leaves a part out."""
    out = io.BytesIO()
    with zipfile.ZipFile(content) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return out


def test_a_workbook_that_unpacks_to_more_than_it_may_is_refused(app, monkeypatch):
    monkeypatch.setattr(books, "UNPACKED", 1 << 20)
    bomb = changed(workbook([["email"]]), lambda name, raw: raw + b" " * (1 << 20))
    with pytest.raises(BadTable, match="too large"):
        imports.Look(bomb, set())


def test_a_workbook_that_names_the_last_cell_of_a_sheet_is_refused(app):
    far = changed(
        workbook([["email"], ["ada@example.org"]]),
        lambda name, raw: raw.replace(b'r="A2"', b'r="XFD1048576"'),
    )
    with pytest.raises(BadTable, match="columns"):
        imports.Look(far, set())


def test_a_workbook_with_macros_is_refused(app):
    content = workbook([["email"]])
    with zipfile.ZipFile(content, "a") as book:
        book.writestr("xl/vbaProject.bin", b"macro")
    with pytest.raises(BadTable, match="macros"):
        imports.Look(content, set())


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04" + b"x" * 99, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99]
)
def test_what_only_looks_like_a_workbook_is_refused(app, content):
    with pytest.raises(BadTable):
        imports.Look(io.BytesIO(content), set())


def test_groups_arise_from_what_is_concerned_and_count_their_people(notice, controller_user):
    content = (
        "email;IBAN;mot de passe;langue\na@example.org;oui;non;fr\nb@example.org;x;;en\n"
        "c@example.org;oui;oui;fr\nd@example.org;;;fr\n"
    )
    imports.confirm(uploaded(notice, content, controller_user), controller_user, now())
    db.session.commit()
    made = db.session.query(NoticeGroup).filter(NoticeGroup.number > 0).order_by(NoticeGroup.number)
    assert [(group.data, group.people) for group in made] == [
        (["financial_account"], 2),
        (["credentials", "financial_account"], 1),
    ]
    groups = {row.address[0]: row.group for row in db.session.query(Recipient)}
    assert groups == {"a": 1, "b": 1, "c": 2, "d": 0}


def test_more_groups_than_anybody_can_write_for_are_refused(app):
    rows = "".join(f"p{n}@example.org,kind{n}\n" for n in range(60))
    with pytest.raises(BadTable, match="different groups"):
        look(f"email,data concerned\n{rows}")


def large(notice, by, count=300):
    """An uploaded file that counts as large, confirmed, waiting for the worker."""
    content = "email\n" + "".join(f"p{n}@example.org\n" for n in range(count))
    found = imports.Look(io.BytesIO(content.encode()), set(), large=1)
    row = imports.upload(notice, "people.csv", found, by, now())
    db.session.commit()
    return row


def test_the_worker_reads_and_imports_a_large_file(notice, controller_user):
    row = large(notice, controller_user)
    assert row.state == "reading" and lists.work() == 1
    db.session.refresh(row)
    assert (row.state, row.counts["new"]) == ("preview", 300)

    imports.confirm_later(row, controller_user, now())
    db.session.commit()
    assert lists.work() == 1
    db.session.refresh(notice)
    assert notice.people == db.session.query(Recipient).count() == 300
