"""The service providers: added and changed by the controller, each change in the file."""

from sqlalchemy import select

from incidents.db import db
from incidents.models import Entry, Processor

WORDS = {
    "name": "Paysafe & Sons",
    "service": "Takes the payments",
    "data": "Card details",
    "contact": "breach@pay.example",
}


def _named(name):
    return db.session.scalar(select(Processor).where(Processor.name == name))


def test_a_service_provider_is_added_and_the_file_says_so(controller):
    answer = controller.post("/settings/processors", data={**WORDS, "active": "y"})

    assert answer.status_code == 302
    row = _named(WORDS["name"])
    assert {name: getattr(row, name) for name in WORDS} == WORDS
    assert row.active
    entry = db.session.scalars(select(Entry).order_by(Entry.n.desc())).first()
    assert (entry.verb, entry.detail["new"]["data"]) == ("processor.saved", "Card details")


def test_a_service_provider_is_changed_in_its_place(controller):
    controller.post("/settings/processors", data={**WORDS, "active": "y"})
    number = _named(WORDS["name"]).id

    controller.post(f"/settings/processors?change={number}", data={**WORDS, "data": "Nothing"})

    row = db.session.get(Processor, number)
    assert (row.data, row.active) == ("Nothing", False)


def test_a_name_of_spaces_is_refused_and_what_was_typed_stays(controller):
    answer = controller.post("/settings/processors", data={**WORDS, "name": " \t "})

    assert answer.status_code in (409, 422)
    assert "Takes the payments" in answer.text
