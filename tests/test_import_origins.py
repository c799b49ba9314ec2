"""Exports of the five services are known by their columns, and understood without a question.

Which header rows were seen, and where, is said in notifications/recipients/origins.py; more of them
are in test_import_exports.py.
"""

import io

import pytest
import xlsxwriter

from notifications.recipients import imports
from notifications.recipients.origins import origin
from notifications.recipients.sift import sift

EXPORTS = {
    "Stripe": (
        "id,Description,Email,Name,Created (UTC),Delinquent,Card ID,Card Last4,Card Brand,"
        "Card Address Line1,Card Address Zip,Card Address City,Card Address Country,Total Spend",
        "cus_1,,ada@example.org,Ada Byron,2026-01-02 10:00,false,card_1,4242,Visa,"
        "1 rue du Port,13002,Marseille,FR,19.00",
    ),
    "Kajabi": (
        "ID,Name,First Name,Last Name,Email,Products,Tags,Member ID,Phone Number (phone_number),"
        "Address (address_line_1),Zip Code (address_zip),City (address_city),"
        "Country (address_country)",
        '7,Ada Byron,Ada,Byron,ada@example.org,"Course, Second course",vip,99,,'
        "1 rue du Port,13002,Marseille,FR",
    ),
    "ClickFunnels": (
        "id,public_id,workspace_id,email_address,first_name,last_name,phone_number,time_zone,"
        "fb_url,unsubscribed_at,tags,created_at",
        "1,aB3,12,ada@example.org,Ada,Byron,,Europe/Paris,,,customer,2026-01-02",
    ),
    "Freshdesk": (
        "Full name,Title,Email,Work phone,Mobile phone,Twitter,Unique external ID,Company,"
        "Can see all tickets,Address,Time zone,Language,Tags,About",
        'Ada Byron,,ada@example.org,,,,u-1,Example,No,"1 rue du Port\n13002 Marseille",Paris,fr,,',
    ),
    "Circle": (
        "Name,First name,Last name,Email,Headline,Location,Bio,Member tags,Joined,Last seen,"
        "Posts count,Accepted invitation",
        "Ada Byron,Ada,Byron,ada@example.org,Engineer,Marseille,,vip,2026-01-02,,3,true",
    ),
}


@pytest.mark.parametrize("maker", EXPORTS)
def test_an_export_is_known_by_its_columns_and_its_people_are_found(app, maker):
    look = imports.Look(io.BytesIO("\n".join(EXPORTS[maker]).encode()), set())

    found = origin(look.shape.top[look.columns.header])
    assert found and found.name == maker and found.because
    assert look.findings["new"] == 1 and look.findings["unnamed"] == 0


@pytest.mark.parametrize("maker", ["Stripe", "Kajabi", "Freshdesk"])
def test_the_postal_address_of_an_export_is_found_for_letters_on_paper(app, maker):
    header, row = EXPORTS[maker]
    content = f"{header}\n{row.replace('ada@example.org', '')}"
    look = imports.Look(io.BytesIO(content.encode()), set())
    sieve = imports.sieve_of(look.shape, look.columns, set())

    [found] = imports.sift(look.file, look.shape, sieve)
    assert found.outcome == "paper"
    assert (found.person.name, found.person.postal) == (
        "Ada Byron",
        "1 rue du Port\n13002 Marseille",
    )


@pytest.mark.parametrize(
    ("maker", "header"),
    [
        ("Kajabi", "Name,Email,Products,Offers,Tags,Created At,Last Activity"),
        ("Circle", "Email,Name,Created At,Last seen at,Profile url,Location,Spaces,Tags"),
    ],
)
def test_an_export_of_few_columns_is_known_by_three_that_tell(maker, header):
    assert origin(header.split(",")).name == maker


def test_a_list_of_nobody_known_is_taken_for_no_export():
    for header in ("email,name", "id,email,name,created at", "Nom;Prénom;Courriel"):
        assert origin(header.replace(";", ",").split(",")) is None


def workbook(rows, name="Clients"):
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        book.add_worksheet("Cover").write(0, 0, "A list")
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return content


def test_a_workbook_is_read_from_the_sheet_that_has_the_people(app):
    header, row = (line.split(",") for line in EXPORTS["ClickFunnels"])
    look = imports.Look(workbook([header, row]), set())

    assert (look.sheet, look.findings["new"]) == ("Clients", 1)
    assert origin(look.shape.top[look.columns.header]).name == "ClickFunnels"


def test_a_row_of_a_workbook_is_named_by_the_number_that_the_sheet_shows(app):
    """Cells of several lines above it move nothing; an address of several lines stays one."""
    rows = [
        ["name", "email", "address"],
        ["Ada", "", "1 Lane\nTown"],
        ["Eve", "e@@example.org", ""],
    ]
    look = imports.Look(workbook(rows), set())
    assert [line for line, _ in look.findings["problems"]] == [3]

    sieve = imports.sieve_of(look.shape, look.columns, set())
    first = next(sift(look.file, look.shape, sieve))
    assert (first.outcome, first.person.postal) == ("paper", "1 Lane\nTown")
