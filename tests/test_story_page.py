"""The story of an incident and its file: everything is told, in order, in words."""

import re

import pytest
from test_walk import fill

from incidents import story, wording, workflow
from incidents.actions import cases, decisions, erasure, measures, reports
from incidents.audit import record
from incidents.db import db, now
from incidents.models import Entry, Processor
from incidents.refusal import Refused
from notifications.models import Notice, NoticeText


@pytest.fixture
def ready(incident, staff_user, controller_user):
    """An incident with something of everything in its story."""
    fill(incident, staff_user, controller_user, workflow.STAGES)
    return incident


def texts(incident):
    return [item.text for item in story.page(incident)[0]]


def test_every_verb_that_the_case_writes_has_its_sentence():
    import pathlib

    folder = pathlib.Path(story.__file__).parent
    written = set()
    for file in (folder / "actions").glob("*.py"):
        written |= set(re.findall(r'record\(\s*"([a-z_]+\.[a-z_]+)"', file.read_text()))
    of_incidents = {verb for verb in written if verb.startswith(("incident.", "duty.", "measure."))}

    told = {verb.partition("/")[0] for verb in wording.VERBS}
    assert of_incidents
    assert of_incidents - told == set()


def test_the_story_is_told_newest_first_and_by_name(incident, staff_user, controller_user):
    cases.note(incident, "The bank was called", controller_user, now())
    cases.hand_over(incident, controller_user, staff_user, now())
    db.session.commit()

    items = story.page(incident)[0]

    assert items[0].text == "Handed over from Sam to Cleo"
    assert (items[1].body, items[1].who) == ("The bank was called", "Cleo")
    assert items[-1].text == f"Report {incident.reports[0].reference} came in by the web form"
    assert items[-1].who == "The reporter"


def test_what_was_written_down_many_times_in_a_row_is_one_line_and_hides_nothing_else(
    incident, staff_user, controller_user
):
    cases.note(incident, "First", controller_user, now())
    for number in range(100):
        record("letter.returned", by="worker", at=now(), incident=incident, status="5.1.1")
        if number == 60:
            cases.note(incident, "Between", controller_user, now())
    db.session.commit()

    items, older = story.page(incident)

    gone = "There is no such mailbox: the address is wrong, or was given up."
    lines = [(item.text, item.body, item.times) for item in items]
    assert lines[:4] == [
        ("A letter to one person came back", gone, 39),
        ("Note", "Between", 1),
        ("A letter to one person came back", gone, 61),
        ("Note", "First", 1),
    ]
    everything = len(list(story.whole(incident)))
    assert older is None and sum(item.times for item in items) == everything > 100


def test_an_edit_names_its_fields_and_the_file_its_values(incident, staff_user):
    db.session.add(Processor(id=7, name="Kajabi"))
    facts = {"breach_types": ["integrity"], "subject_count": 1284}
    cases.edit(incident, {"facts": facts, "processor_ids": [7]}, staff_user, now())
    db.session.commit()

    item = story.page(incident)[0][0]

    assert item.text == "Changed: Kind of breach · Number of people · Service providers"
    assert ("Number of people", "not known", "1,284") in item.changes
    assert ("Service providers", "not known", "Kajabi") in item.changes


def test_answers_for_the_law_are_counted_in_the_story_and_told_in_words_in_the_file(
    incident, staff_user
):
    facts = {"confidentiality_loss": "confirmed", "malicious": False}
    cases.edit(incident, {"facts": facts}, staff_user, now())
    db.session.commit()

    item = story.page(incident)[0][0]

    assert item.text == "Changed: 2 answers for the law"
    assert item.changes == [
        ("Did somebody see data who should not?", "not known", "Yes"),
        ("Did somebody do it on purpose?", "not known", "No"),
    ]


def test_a_report_that_was_parted_takes_its_own_past_with_it(incident, make_report, staff_user):
    other = make_report(story="Another matter")
    reports.set_aside(other, "spam", staff_user, now())
    reports.take_back(other, staff_user, now())
    reports.join(other, incident, staff_user, now())
    db.session.commit()
    assert f"Report {other.reference} was set aside" in texts(incident)

    reports.part(other, "not ours", staff_user, now())
    db.session.commit()

    assert f"Report {other.reference} was set aside" not in texts(incident)
    assert f"Report {other.reference} was taken out again" in texts(incident)


def test_a_verb_of_another_room_is_told_neutrally_until_it_is_taught(
    incident, staff_user, monkeypatch
):
    monkeypatch.setattr(wording, "VERBS", dict(wording.VERBS))
    record("notice.flown", by="worker", at=now(), incident=incident, people=3)
    db.session.commit()
    assert texts(incident)[0] == "Recorded: notice.flown"

    story.tell({"notice.flown": wording.Told("delivery", "Flown to %(people)s people")})

    assert texts(incident)[0] == "Flown to 3 people"


def test_an_entry_that_does_not_open_does_not_hide_the_story(incident, staff_user):
    cases.note(incident, "The bank was called", staff_user, now())
    db.session.commit()
    last = db.session.scalar(db.select(Entry).order_by(Entry.n.desc()))
    last.detail_sealed = b"\x01" + b"0" * 60
    db.session.commit()

    assert len(texts(incident)) == 4


def test_the_story_is_still_told_when_its_words_were_erased(ready, staff, staff_user):
    ready.stage, ready.closed_at = "closed", now()
    erasure.erase(ready, staff_user, now())
    db.session.commit()

    told = texts(ready)

    assert told[0] == "The words of this incident were erased: its retention period is over"
    assert "We became aware on …" in told
    assert {"A decision was taken", "Changed: …"} <= set(told)
    assert not any("Decided:" in text for text in told)
    assert not any("Recorded:" in text for text in told)
    for path in ("", "/file", "/detection", "/aware", "/measures"):
        page = staff.get(f"/incidents/{ready.reference}{path}")
        assert page.status_code == 200
        assert ">None<" not in page.text
    with pytest.raises(Refused):
        cases.move(ready, "detection", staff_user, now(), "A new fact")


def test_the_story_pages_by_key_without_gap_or_double(incident, staff, staff_user):
    for number in range(65):
        cases.note(incident, f"Note number {number}", staff_user, now())
    db.session.commit()

    seen, url = [], f"/incidents/{incident.reference}"
    while url:
        page = staff.get(url).text
        seen += [int(n) for n in re.findall(r"Note number (\d+)", page)]
        following = re.search(r'href="([^"]*before=[^"]*)" rel="next"', page)
        url = following[1].replace("&amp;", "&") if following else None

    assert seen == list(range(64, -1, -1))


def test_what_people_typed_is_never_markup(incident, staff, staff_user):
    cases.note(incident, "<script>alert(1)</script>", staff_user, now())
    cases.edit(incident, {"title": "<b>x", "summary": "<i>y"}, staff_user, now())
    db.session.commit()

    for page in ("", "/file", "/detection"):
        answer = staff.get(f"/incidents/{incident.reference}{page}").text
        for markup in ("<script>alert", "<b>x", "<i>y"):
            assert markup not in answer


def test_the_file_holds_everything(incident, staff, staff_user, controller_user):
    measures.add(incident, {"text": "Reset the link"}, staff_user, now())
    cases.edit(incident, {"consequences": "Unwanted mail", "data": "Invoices"}, staff_user, now())
    cases.note(incident, "The bank was called", staff_user, now())
    db.session.commit()
    result = decisions.assess(incident, controller_user, now())
    decisions.decide(result, False, True, "They must be warned", controller_user, now())
    notice = Notice(
        incident_id=incident.id, duty_id=incident.duties[-1].id, made_at=now(), uid="f" * 16
    )
    notice.texts.append(NoticeText(language="en", uid="e" * 16))
    notice.texts[0].subject, notice.texts[0].body = "About your data", "Dear {name}"
    db.session.add(notice)
    db.session.commit()

    page = staff.get(f"/incidents/{incident.reference}/file").text

    words = ("I saw other people", "Reset the link", "Unwanted mail", "Invoices", "The bank")
    for expected in (
        *words,
        "They must be warned",
        "About your data",
        "Dear {name}",
        "by the web form",
    ):
        assert expected in page
    for entry in db.session.scalars(db.select(Entry)):
        assert entry.mac[:12] in page
