"""Nobody is on a list before a person has seen what is in the file and confirmed it; then all."""

import io
import re
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from letters import uploaded
from sqlalchemy import text

from incidents.audit import verify
from incidents.db import db, now
from incidents.models import Entry, Organisation
from incidents.refusal import Refused
from notifications import housekeeping, notices
from notifications.models import ListImport, ListPart, Recipient
from notifications.recipients import imports, listing
from notifications.sifting import rows

FILE = "name;email;lang\nAda Byron;ada@example.org;en\nBob;bob@example.org;fr\nEve;eve;en\n"


def people(notice):
    return {row.address: row for row in db.session.query(Recipient).filter_by(notice_id=notice.id)}


def send_file(client, notice, content=FILE):
    data = {"file": (io.BytesIO(content.encode()), "clients.csv")}
    return client.post(f"/notices/{notice.uid}/people/upload", data=data)


def test_a_file_is_looked_at_first_and_imported_when_confirmed(staff, notice):
    answer = send_file(staff, notice)
    page = staff.get(answer.location)
    assert "Import 2 people" in page.text and "clients.csv" in page.text
    assert "ada@example.org" not in page.text and "a•••@example.org" in page.text
    assert people(notice) == {}

    answer = staff.post(f"{answer.location}/confirm")
    assert "2 people are on the list now" in staff.get(answer.location).text
    found = people(notice)
    assert {address: (row.name, row.language) for address, row in found.items()} == {
        "ada@example.org": ("Ada Byron", "en"),
        "bob@example.org": ("Bob", "fr"),
    }
    assert notice.people == 2
    assert {row.state for row in found.values()} == {"queued"}
    assert len({row.message_id for row in found.values()}) == 2


def test_the_file_of_the_incident_says_what_was_imported_without_naming_people(
    notice, controller_user
):
    row = uploaded(notice, FILE, controller_user)
    imports.confirm(row, controller_user, now())
    db.session.commit()
    entry = db.session.query(Entry).filter_by(verb="list.imported").one()
    assert entry.detail["sha256"] == row.sha256 and entry.detail["new"] == 2
    assert "example.org" not in str(entry.detail)
    assert verify().broken_at is None


def test_the_uploaded_file_is_forgotten_once_confirmed_or_dropped(notice, controller_user):
    first, second = (uploaded(notice, FILE, controller_user) for _ in range(2))
    imports.confirm(first, controller_user, now())
    imports.drop(second, controller_user, now())
    db.session.commit()
    assert (first.state, second.state) == ("done", "dropped")
    assert db.session.query(ListPart).count() == 0
    assert [row.filename or row.header for row in (first, second)] == [None, None]


def test_a_file_is_confirmed_once(staff, notice):
    url = send_file(staff, notice).location
    staff.post(f"{url}/confirm")
    assert staff.post(f"{url}/confirm").status_code == 409
    assert notice.people == 2


def test_an_error_in_the_middle_imports_nobody(notice, controller_user):
    content = "email\n" + "".join(f"p{n}@example.org\n" for n in range(rows.BATCH + 50))
    row = uploaded(notice, content, controller_user)
    last = listing.key_of(f"p{rows.BATCH + 49}@example.org")
    db.session.execute(
        text(
            "CREATE TRIGGER full BEFORE INSERT ON recipient "
            f"WHEN NEW.address_key = x'{last.hex()}' BEGIN SELECT RAISE(ABORT, 'disk full'); END"
        )
    )
    db.session.commit()
    with pytest.raises(Exception, match="disk full"):
        imports.confirm(row, controller_user, now())
    db.session.rollback()
    assert people(notice) == {} and notice.people == 0
    assert row.state == "preview" and db.session.query(ListPart).count() > 0


def test_a_file_that_was_damaged_after_its_preview_imports_nobody(notice, controller_user):
    row = uploaded(notice, FILE, controller_user)
    part = db.session.query(ListPart).one()
    part.content = part.content.replace(b"ada@", b"eve@")
    db.session.commit()
    with pytest.raises(Refused):
        imports.confirm(row, controller_user, now())
    db.session.rollback()
    assert people(notice) == {}


def test_a_second_file_adds_only_those_who_are_not_on_the_list(notice, controller_user):
    imports.confirm(uploaded(notice, FILE, controller_user), controller_user, now())
    db.session.commit()
    row = uploaded(notice, FILE.replace("bob@", "kim@").upper(), controller_user)
    assert (row.counts["known"], row.counts["new"]) == (1, 1)
    assert imports.confirm(row, controller_user, now()) == 1
    assert set(people(notice)) == {"ada@example.org", "bob@example.org", "KIM@example.org"}
    with pytest.raises(Refused):
        imports.confirm(uploaded(notice, FILE, controller_user), controller_user, now())


def test_unknown_columns_are_chosen_by_a_person(staff, notice):
    url = send_file(staff, notice, "a;b;c\nx;Ada;ada@example.org\ny;Bob;n/a\n").location
    page = staff.get(url)
    assert "Say which one holds it" in page.text and "confirm" not in page.text
    assert staff.post(f"{url}/confirm").status_code == 409

    left = {"header": "0", "column_0": "-", "column_1": "name", "column_2": "-"}
    refused = staff.post(url, data=left)
    assert refused.status_code == 422 and "Say which column holds the e-mail" in refused.text
    twice = staff.post(url, data=left | {"column_0": "address", "column_2": "address"})
    assert twice.status_code == 422 and "more than one column" in twice.text
    staff.post(url, data=left | {"column_2": "address"})
    assert "Import one person" in staff.get(url).text
    staff.post(f"{url}/confirm")
    assert people(notice)["ada@example.org"].name == "Ada"


def test_a_column_full_of_addresses_is_chosen_already_and_nobody_is_shown_unmasked(staff, notice):
    file = "who;reach\nAda Byron;ada@example.org\nBob Marsh;bob@example.org\n"
    page = BeautifulSoup(staff.get(send_file(staff, notice, file).location).text, "html.parser")
    chosen = [option["value"] for option in page.select("table option[selected]")]
    assert chosen[-1:] == ["address"] and "is chosen already" in page.text
    assert "who · reach" in page.text and "A••• B••• · a•••@example.org" in page.text
    assert "Byron" not in page.text and "Marsh" not in page.text


def test_whose_language_is_not_said_is_told_in_which_one_their_letter_comes(staff, notice):
    db.session.get(Organisation, 1).language = "fr"
    db.session.commit()
    url = send_file(staff, notice, "email;name\nada@example.org;Ada\n").location
    english = staff.get(url, headers={"Accept-Language": "en"}).text
    words = " ".join(BeautifulSoup(english, "html.parser").get_text(" ").split())
    assert (
        "In no language that the list says 1 Their letter comes in your own language: French."
        in words
    )
    by_hand = BeautifulSoup(staff.get(f"/notices/{notice.uid}/people").text, "html.parser")
    assert by_hand.select_one("select option[selected]")["value"] == "fr"


def test_who_has_no_address_is_counted_among_the_new_people(staff, notice):
    file = "email;name;address\nada@example.org;Ada;\n;Bob;1 Mill Road\n"
    page = staff.get(send_file(staff, notice, file).location).text
    words = " ".join(BeautifulSoup(page, "html.parser").get_text(" ").split())
    assert "Import 2 people" in words and "New people 2 " in words
    assert "Of them without an e-mail address 1 " in words


def test_lines_left_out_are_downloaded_with_their_reason_and_no_address(staff, notice):
    content = "email\nada@example.org\nADA@example.org\nbad one\n\n"
    url = send_file(staff, notice, content).location
    with staff.get(f"{url}/problems.csv") as answer:
        assert answer.mimetype == "text/csv"
        assert "attachment" in answer.headers["Content-Disposition"]
        assert [line.split(";")[0] for line in answer.text.splitlines()[1:]] == ['"3"', '"4"']
        assert "example.org" not in answer.text


def test_the_first_hundred_problems_are_shown_and_all_are_counted(staff, notice):
    url = send_file(staff, notice, "email\nada@example.org\n" + "bad\n" * 250).location
    page = staff.get(url).text
    assert "250 lines with a problem" in page and "These are the first 100" in page
    assert len(re.findall(r'<th scope="row" class="num">\d+</th><td>An address', page)) == 100


def test_one_person_is_added_found_and_taken_off_by_hand(staff, notice):
    url = f"/notices/{notice.uid}/people"
    person = {"person-address": "Ada@Example.org", "person-name": "Ada", "person-language": "fr"}
    staff.post(f"{url}/add", data=person)
    [row] = people(notice).values()
    again = staff.post(f"{url}/add", data=person | {"person-address": "ADA@example.org"})
    assert again.status_code == 409 and "on the list already" in again.text
    wrong = staff.post(f"{url}/add", data=person | {"person-address": "<ada>"})
    assert wrong.status_code == 409 and "&lt;ada&gt;" in wrong.text

    found = staff.post(f"{url}/find", data={"find-address": "ada@EXAMPLE.org"})
    assert found.location.endswith(row.uid)
    assert staff.post(f"{url}/find", data={"find-address": "bob@x.org"}).status_code == 422

    staff.post(f"{url}/{row.uid}/remove")
    assert people(notice) == {} and notice.people == 0


def test_the_list_is_shown_masked_and_by_pages(staff, notice, controller_user):
    content = "email,name\n" + "".join(f"person{n}@example.org,Name{n}\n" for n in range(120))
    imports.confirm(uploaded(notice, content, controller_user), controller_user, now())
    db.session.commit()
    url, seen = f"/notices/{notice.uid}/people", 0
    while url:
        page = staff.get(url).text
        assert "@example.org" in page and not re.search(r"person\d|Name\d", page)
        seen += page.count("p•••@example.org</th>") + page.count("p•••@example.org<br>")
        more = re.search(r'href="([^"]+)" rel="next"', page)
        url = more and more[1].replace("&amp;", "&")
    assert seen == 120


def test_a_letter_on_its_way_takes_nobody_in(staff, ready):
    uid = ready.uid
    waiting = send_file(staff, ready).location
    ready.state, ready.started_at = "sending", now()
    db.session.commit()
    assert send_file(staff, ready).status_code == 409
    assert staff.post(f"{waiting}/confirm").status_code == 409
    person = {"person-address": "kim@example.org", "person-language": "en"}
    assert staff.post(f"/notices/{uid}/people/add", data=person).status_code == 409
    [row, _other] = people(ready).values()
    assert staff.post(f"/notices/{uid}/people/{row.uid}/remove").status_code == 409
    assert len(people(ready)) == 2


def test_the_parts_of_one_letter_do_not_open_through_another(staff, notice, told, controller_user):
    other = notices.draft(told, told.duties[-1], controller_user, now())
    row = uploaded(notice, FILE, controller_user)
    person = listing.add(notice, "ada@example.org", None, "en", controller_user, now())
    db.session.commit()
    assert staff.get(f"/notices/{other.uid}/people/import/{row.uid}").status_code == 404
    assert staff.post(f"/notices/{other.uid}/people/{person.uid}/remove").status_code == 404
    assert staff.get(f"/notices/{other.uid}/preview/{person.uid}").status_code == 404
    assert db.session.query(ListImport).one().state == "preview"


def test_a_list_that_nobody_confirms_is_forgotten_within_a_week(staff, notice):
    send_file(staff, notice)
    row = db.session.query(ListImport).one()
    assert housekeeping.drop_forgotten_lists() == 0

    row.at = now() - timedelta(days=8)
    db.session.commit()

    assert housekeeping.drop_forgotten_lists() == 1
    assert db.session.query(ListPart).count() == 0
    assert (row.state, verify().broken_at) == ("dropped", None)


def test_letters_on_paper_that_need_an_address_looked_up_are_counted_first(staff, notice):
    """Only of those without e-mail, whose letter goes by post: a town or nothing is no address."""
    content = (
        "email;name;address;zip;city\n"
        ";Ada;1 rue du Port;13002;Marseille\n"
        ";Bob;;13002;Marseille\n"
        ";Eve;;;\n"
        "kim@example.org;Kim;;13002;Marseille\n"
    )
    answer = send_file(staff, notice, content)
    assert db.session.query(ListImport).one().counts["incomplete"] == 2
    shown = BeautifulSoup(staff.get(answer.location).text, "html.parser")
    asked = shown.find("dt", string="Of these without a whole postal address")
    assert asked.parent.b.text == "2"
    assert "Of these" not in staff.get(send_file(staff, notice).location).text
