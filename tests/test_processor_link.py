"""A processor tells its controller by a link of its own; its word, confirmed, starts the clock."""

import re

import pytest
from bs4 import BeautifulSoup

from incidents import audit
from incidents.db import db
from incidents.models import Processor, Report
from tests.door import hidden, shown


@pytest.fixture
def kajabi(app):
    row = Processor(
        name="Kajabi", service="Training", data="Names", contact="security@kajabi.example"
    )
    db.session.add(row)
    db.session.commit()
    return row


@pytest.fixture
def link(controller, kajabi):
    page = controller.post(f"/settings/processors/{kajabi.id}/link").text
    return re.search(r"/report/from/\w+", page)[0]


def tell(client, link, **words):
    page = BeautifulSoup(client.get(link).data, "html.parser")
    fields = hidden(page) | {
        "story": "A backup was open to the internet.",
        "noticed": "This morning at six",
        "data": "Names and addresses of about 400 people",
        "contact": "security@kajabi.example",
    }
    return client.post(link, data=fields | words)


def test_what_comes_by_the_link_is_marked_as_the_processors(client, link, kajabi, staff):
    assert "Kajabi" in client.get(link).text

    tell(client, link)

    report = db.session.scalar(db.select(Report))
    assert (report.processor, report.reporter) == (kajabi, "provider")
    assert "Kajabi told us" in staff.get(f"/reports/{report.reference}").text


def test_the_clock_runs_from_its_word_once_that_is_confirmed(client, link, kajabi, staff):
    tell(client, link)
    report = db.session.scalar(db.select(Report))
    assert report.incident is None

    staff.post(f"/reports/{report.reference}/processor", data={"version": report.version})

    assert report.incident.aware_at == report.received_at
    assert kajabi.id in report.incident.processor_ids
    assert audit.verify().broken_at is None
    assert "Awareness is stated" in staff.get(f"/reports/{report.reference}").text


def test_awareness_that_was_stated_is_left_alone(client, link, staff, incident, staff_user):
    from incidents.actions import awareness, reports
    from incidents.db import now
    from incidents.pages import zone

    tell(client, link)
    report = db.session.scalar(db.select(Report).where(Report.processor_id.is_not(None)))
    awareness.state(
        incident, now(), "We saw it ourselves", staff_user, now(), zone=zone(), sure=True
    )
    stated = incident.aware_at
    reports.join(report, incident, staff_user, now())
    db.session.commit()

    staff.post(f"/reports/{report.reference}/processor", data={"version": report.version})

    assert incident.aware_at == stated


def test_a_link_that_was_taken_back_or_made_up_looks_like_no_page(client, controller, link, kajabi):
    controller.post(f"/settings/processors/{kajabi.id}/link", data={"stop": "yes"})

    gone, made_up = client.get(link), client.get("/report/from/0123456789abcdef0123456789abcdef")

    assert gone.status_code == made_up.status_code == 404
    assert shown(gone) == shown(made_up)


def test_nobody_reads_the_token_in_the_database(client, link, instance):
    token = link.rpartition("/")[2].encode()

    assert not any(token in file.read_bytes() for file in instance.rglob("*") if file.is_file())


def test_sent_twice_it_is_one_report(client, link):
    page = BeautifulSoup(client.get(link).data, "html.parser")
    fields = hidden(page) | {"story": "A backup was open.", "contact": "a@kajabi.example"}

    first, second = client.post(link, data=fields), client.post(link, data=fields)

    assert first.location == second.location
    assert len(db.session.scalars(db.select(Report)).all()) == 1


def test_what_was_typed_comes_back_with_the_refusal(client, link):
    answer = tell(client, link, contact="nonsense")

    assert answer.status_code == 422
    assert "A backup was open to the internet." in answer.text
