"""Who lacks a column that the text uses is known from numbers, whatever became of the list."""

import pytest
from letters import part_of, uploaded

from incidents.db import db, now
from notifications import notices
from notifications.models import Recipient
from notifications.notices import checking
from notifications.recipients import imports, listing
from notifications.recipients.person import PeopleSeal

FILE = (
    "email;Order;Course\n"
    "a@example.org;1;\nb@example.org;2;Piano\nc@example.org; ;Piano\nA@example.org;9;Piano\n"
)
COLUMNS = ("field:order", "field:course", "field:nothing")


def uses(notice, words):
    part_of(notice, "en").body = words
    db.session.commit()


def come(notice, by, content=FILE):
    row = uploaded(notice, content, by)
    row.columns = row.columns | {"fields": [1, 2]}
    imports.confirm(row, by, now())
    db.session.commit()


def by_numbers(notice):
    """How many lack each column; the same as opening everybody says."""
    opened = checking._opened(notice, notice.people_seal(), COLUMNS)
    assert {column: checking.filled.without(notice, column) for column in COLUMNS} == opened
    return tuple(opened.values())


def test_the_numbers_are_those_of_the_people_whatever_became_of_the_list(
    english, notice, controller_user
):
    come(notice, controller_user)
    assert by_numbers(notice) == (1, 1, 3)
    listing.add(notice, "eve@example.org", None, "en", controller_user, now())
    assert by_numbers(notice) == (2, 2, 4)
    listing.remove(listing.find(notice, "b@example.org"), controller_user, now())
    assert by_numbers(notice) == (2, 2, 3)
    come(notice, controller_user, "email;order;Course\nz@example.org;7;\n")
    assert by_numbers(notice) == (2, 3, 4)


def test_nobody_is_opened_to_say_who_lacks_a_column(english, notice, controller_user, monkeypatch):
    come(notice, controller_user)
    uses(notice, "{field: ORDER} {field:Course|none}")
    monkeypatch.setattr(PeopleSeal, "open", lambda *_: pytest.fail("somebody was opened"))
    [said] = notices.lacking(notice)
    assert said.startswith("1 people on the list have no “ORDER”")


@pytest.mark.parametrize("header", ["email;Order;order ", "email;Order;Course"])
def test_where_the_numbers_do_not_tell_the_people_are_opened(
    english, notice, controller_user, header
):
    if header.endswith("Course"):
        notice.filled = None  # a list from before
    come(
        notice, controller_user, f"{header}\na@example.org;1;2\nb@example.org;1;\nc@example.org;;\n"
    )
    uses(notice, "{field:Order}")
    assert notice.filled is None and db.session.query(Recipient).count() == 3
    [said] = notices.lacking(notice)
    assert said.startswith("1 people")
