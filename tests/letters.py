"""A letter to people, ready for tests: an incident with facts, its duty, the first draft."""

import io
from datetime import date, timedelta

import pytest

from incidents.actions import duties
from incidents.again import Proof
from incidents.db import db, now
from incidents.models import Measure, Organisation
from notifications import notices, wording
from notifications.recipients import imports, listing

FACTS = {
    "incident_type": "misdirected_email",
    "breach_types": ["confidentiality"],
    "confidentiality_loss": "confirmed",
    "data_categories": ["identity", "financial_account"],
}


@pytest.fixture
def told(incident, controller_user):
    """The incident, described in English, with the decision to tell the people."""
    incident.summary = "A file went to twelve people who should not have it."
    incident.consequences = "Somebody could try a debit."
    incident.facts = dict(FACTS)
    incident.noticed_at = now() - timedelta(hours=5)
    incident.measures.append(Measure(text="We asked for deletion", done_on=date(2026, 11, 20)))
    duties.open_duty(incident, "subjects", controller_user, now())
    db.session.commit()
    return incident


@pytest.fixture
def notice(told, controller_user):
    """Its letter as first drafted: English complete, French to be translated."""
    row = notices.draft(told, told.duties[-1], controller_user, now())
    db.session.commit()
    return row


@pytest.fixture
def english(app):
    """The organisation writes in English only."""
    db.session.get(Organisation, 1).languages = ["en"]
    db.session.commit()


@pytest.fixture
def ready(english, notice, controller_user):
    """A letter with two people, that can be approved."""
    for address, name in (("ada@example.org", "Ada Byron"), ("bob@example.org", None)):
        listing.add(notice, address, name, "en", controller_user, now())
    db.session.commit()
    return notice


def proof_of(user):
    """That somebody has said who it is."""
    return Proof(user.id, "password")


def text_of(notice, language):
    return next(text for text in notice.texts if text.language == language)


def whole(text, group=0):
    """A text with the part of a group in its place."""
    return wording.with_part(text.body, notices.parts_of(text.notice, text.language)[group])


def part_of(notice, language, group=0):
    """The row of the part of a group in one language."""
    [row] = [row for row in notice.groups if row.number == group]
    return next(text for text in row.texts if text.language == language)


def blocking(text):
    """What blocks the approval of a text: names and hints."""
    return [
        f"{check.text} {notices.say(check)}"
        for check in notices.checks(text)
        if check.blocks and not check.ok
    ]


def uploaded(notice, content, by, name="people.csv"):
    """An uploaded file, waiting to be confirmed."""
    file = io.BytesIO(content if isinstance(content, bytes) else content.encode())
    look = imports.Look(file, listing.known(notice))
    row = imports.upload(notice, name, look, by, now())
    db.session.commit()
    return row
