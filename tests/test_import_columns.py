"""Each column of a list is taken for what it is, and for nothing else."""

import csv
import io

import pytest

from notifications.forms.lists import columns_form
from notifications.recipients import imports


def look(*rows):
    content = io.StringIO()
    csv.writer(content).writerows(rows)
    return imports.Look(io.BytesIO(content.getvalue().encode()), set())


def people(found):
    sieve = imports.sieve_of(found.shape, found.columns, set())
    return [row.person for row in imports.sift(found.file, found.shape, sieve)]


@pytest.mark.parametrize(
    ("whole", "first", "last", "name"),
    [
        ("Ada Byron", "", "", "Ada Byron"),
        ("Ada Byron", "Ada", "", "Ada Byron"),
        ("Byron", "Ada", "Byron", "Ada Byron"),
        ("ada@example.org", "Ada", "", "Ada"),
        ("", "Ada", "Byron", "Ada Byron"),
        ("", "", "", None),
    ],
)
def test_whoever_lacks_a_first_or_a_last_name_has_the_whole_one(app, whole, first, last, name):
    """Kajabi asks for one name only, and writes three columns."""
    found = look(
        ["Name", "Email", "First Name", "Last Name"], [whole, "a@example.org", first, last]
    )
    assert [person.name for person in people(found)] == [name]


def test_a_renamed_column_is_known_by_the_name_in_brackets(app):
    header = [
        "E-mail",
        "Rue et numéro (address_line_1)",
        "Localité (address_city)",
        "Code (address_zip)",
        "État (address_country)",
        "Nom du chien (custom_7)",
    ]
    found = look(header, ["", "1 rue du Port", "Marseille", "13002", "France", "Rex"])

    [person] = people(found)
    assert (person.postal, person.country) == ("1 rue du Port\n13002 Marseille", "France")
    assert person.name is None


def test_a_postal_address_has_no_part_of_another(app):
    header = ["email", "shipping_address", "city", "zip", "address", "shipping_city", "country"]
    row = ["", "9 Other Lane", "Marseille", "13002", "1 rue du Port", "Lyon", "FR"]

    [person] = people(look(header, row))

    assert person.postal == "9 Other Lane\nLyon"


def test_a_column_that_is_empty_at_first_is_taken_for_no_mark(app):
    """Telephone numbers that few have: nobody says by them that contact data is concerned."""
    rows = [["email", "phone"]] + [[f"p{n}@example.org", ""] for n in range(30)]
    found = look(*rows, ["ada@example.org", "+33 4 91 00 00 00"])

    assert found.columns.flags == ()
    assert {person.data for person in people(found)} == {()}


def test_a_person_without_an_address_is_masked_among_the_rows_to_choose_from(app):
    found = look(["name", "email", "address"], ["Ada Byron", "", "1 rue du Port"])
    with app.test_request_context():
        shown = [str(choice.label) for choice in columns_form(found.shape, found.columns).header]
        named, ada = shown[1:]

    assert "name" in named and "Byron" not in ada
