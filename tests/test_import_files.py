"""A list is read however a spreadsheet wrote it, and what is wrong in it is told by line."""

import io

import pytest
from letters import uploaded

from incidents.db import db
from notifications.models import ListImport, ListPart, Recipient
from notifications.recipients import addresses, imports, store
from notifications.recipients.columns import Columns, recognise
from notifications.recipients.table import BadTable

LIST = (
    "Nom;Prénom;Courriel;Langue\n"
    "Éluard;Paul;paul@exemple.fr;Français\n"
    "Byron;Ada;ada@example.org;en\n"
)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_list_is_read_in_every_usual_make(app, encoding, delimiter, end):
    content = LIST.replace(";", delimiter).replace("\n", end).encode(encoding)
    look = imports.Look(io.BytesIO(content), set())
    assert look.columns == Columns(address=2, first=1, last=0, language=3)
    assert look.findings["new"] == 2
    assert look.findings["languages"] == {"fr": 1, "en": 1}


@pytest.mark.parametrize(
    ("header", "address", "name"),
    [
        ("E-mail,Name", 0, {"name": 1}),
        ("First Name,Last Name,Email Address", 2, {"first": 0, "last": 1}),
        ("Adresse électronique;Nom de famille;PRÉNOM", 0, {"last": 1, "first": 2}),
        ("Adresse courriel;Nom", 0, {"name": 1}),
        ("id,Customer Email,Customer Name", 1, {"name": 2}),
    ],
)
def test_columns_are_found_by_their_english_and_french_names(header, address, name):
    found = recognise(header.replace(";", ",").split(","))
    assert found == Columns(address=address, **name)


def test_a_list_without_a_row_of_names_loses_nobody(app):
    look = imports.Look(io.BytesIO(b"ada@example.org,Ada\nbob@example.org,Bob\n"), set())
    assert look.findings["new"] == 2


def test_every_row_is_counted_as_exactly_one_thing(notice, controller_user):
    row = uploaded(
        notice,
        "name,email,note\nAda,ada@example.org,\nTwin,ADA@EXAMPLE.ORG,\nEve,,\n,,x\n"
        "X,no address,\nY,<y@b.org>,\n",
        controller_user,
    )
    counts = row.counts
    assert (counts["rows"], counts["new"], counts["duplicate"]) == (6, 1, 1)
    assert (counts["missing"], counts["invalid"], counts["known"]) == (1, 2, 0)
    assert counts["paper"] == 1
    assert [line for line, _ in counts["problems"]] == [5, 6, 7]


def test_lines_are_those_that_an_editor_shows(notice, controller_user):
    row = uploaded(
        notice, 'name,email\n\n"two\nlines",ada@example.org\n\nEve,bad\n', controller_user
    )
    assert [line for line, _ in row.counts["problems"]] == [6]


@pytest.mark.parametrize(
    ("content", "says", "line"),
    [
        (b"", "empty", 0),
        (b"\xef\xbb\xbf\r\n", "empty", 0),
        (b"PK\x03\x04rest of a spreadsheet", "spreadsheet", 0),
        (bytes(range(256)) * 9, "not a text file", 0),
        (b"%PDF-1.7\n1 0 obj\n<</Type/Catalog>>\n", "PDF", 0),
        (b"\xef\xbb\xbf\n<html><table><tr><td>email", "web page", 0),
        (b'a,email\n"open,ada@example.org\nb,bob@example.org\n', "quotation mark", 2),
        (b'email\nada@example.org\n"x"y,bob@example.org\n', "quotation mark", 3),
    ],
)
def test_a_file_that_is_no_list_is_refused_with_what_to_do(app, content, says, line):
    with pytest.raises(BadTable) as refused:
        imports.Look(io.BytesIO(content), set())
    assert says in refused.value.text
    assert refused.value.line == line


def test_a_large_file_is_kept_in_pieces_and_read_back_whole(notice, controller_user):
    content = b"email\n" + b"".join(b"person%d@example.org\n" % n for n in range(30_000))
    row = uploaded(notice, content, controller_user)
    assert db.session.query(ListPart).count() == len(content) // store.PIECE + 1 > 2
    assert store.read(row).read() == content
    assert row.counts["new"] == 30_000


def test_nothing_of_a_list_lies_open_in_the_database(notice, controller_user, instance):
    row = uploaded(notice, "name,email\nZebedee,zebedee@secret.example\n", controller_user)
    imports.confirm(row, controller_user, row.at)
    db.session.commit()
    stored = b"".join(file.read_bytes() for file in instance.glob("tocsin.db*"))
    assert db.session.query(Recipient).one().name == "Zebedee"
    assert b"ebedee" not in stored and b"secret.example" not in stored


GOOD = [
    "a@b.fr",
    "A.B+c_d-e@sub.example.org",
    "o'brien@example.ie",
    "1@2.example",
    "a!#$%&'*/=?^`{|}~@b.org",
    "x@example.xn--p1ai",
    "x@пример.рф",
    " ada@example.org\u00a0",
    "\ufeffada@example.org",
]
BAD = [
    "",
    " ",
    "ada",
    "@example.org",
    "ada@",
    "ada@@example.org",
    "a@b@c.org",
    "ada@example",
    "ada@.org",
    "ada@-x.org",
    "ada@x-.org",
    "ada@exa mple.org",
    "ada @example.org",
    ".ada@example.org",
    "ada.@example.org",
    "a..b@example.org",
    "Ada <ada@example.org>",
    "<ada@example.org>",
    '"ada"@example.org',
    "ada@example.org,bob@example.org",
    "ada@example.org;bob@example.org",
    "ada@example.org\r\nBcc: eve@evil.example",
    "ada\n@example.org",
    "ada\0@example.org",
    "ada\x7f@example.org",
    "ada\u200b@example.org",
    "ada\u202e@example.org",
    "ada(comment)@example.org",
    "ada@[192.0.2.1]",
    "ada@192.0.2.1",
    "ada@example.c0m",
    "ada@example.org.",
    "zoé@example.org",
    "a" * 65 + "@example.org",
    "a@" + "b" * 64 + ".org",
    "a@" + ".".join(["b" * 60] * 5) + ".org",
    "mailto:ada@example.org",
    "ada@exa_mple.org",
]


@pytest.mark.parametrize("text", GOOD)
def test_an_address_that_mail_can_carry_is_taken(text):
    assert addresses.check(text).isascii()


@pytest.mark.parametrize("text", ["ada@example,org", "a@b.org;c@d.org", "a@b.org, c@d.org"])
def test_a_comma_in_an_address_is_named(text):
    with pytest.raises(addresses.BadAddress, match="comma"):
        addresses.check(text)


@pytest.mark.parametrize("text", BAD)
def test_an_address_that_mail_cannot_carry_is_refused_with_a_reason(text):
    with pytest.raises(addresses.BadAddress) as refused:
        addresses.check(text)
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize(
    "name",
    ["http://evil.example", "Win at www.evil.example", "x@evil.example", "", " \t", "\ufffd"],
)
def test_a_name_that_is_no_name_is_left_out(name):
    assert addresses.name(name) is None


def test_refused_files_leave_nothing_behind(notice, staff):
    answer = staff.post(
        f"/notices/{notice.uid}/people/upload",
        data={"file": (io.BytesIO(b'email\n"open'), "x.csv")},
    )
    assert answer.status_code == 422
    assert "in the middle of a row (line 2)" in answer.text
    assert db.session.query(ListImport).count() == 0
