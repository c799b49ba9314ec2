"""Cases with running clocks for tests, an hour that can be set, and what the worker mails."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from incidents.actions import awareness, cases, decisions
from incidents.db import db, now
from incidents.models import Organisation, User
from incidents.pages import zone
from notifications import post, reminders

MONDAY = datetime(2026, 11, 23, 9, 7, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def clock():
    """The hour, to be set: clock.move_to(MONDAY + 3 * HOUR). It stands still in between."""
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def deputy(app):
    """Dora, who is reminded when it gets late."""
    user = User(email="dora@training.example", name="Dora", role="staff", created_at=now())
    user.fs_uniquifier = "deputy"
    db.session.add(user)
    db.session.flush()
    db.session.get(Organisation, 1).deputy_id = user.id
    db.session.commit()
    return user


@pytest.fixture
def case(clock, staff_user, controller_user, deputy):
    """Open a case owned by Sam: case("A title", aware=MONDAY, decided=(True, False))."""

    def make(title="Invoices of others shown", aware=None, decided=None, owner=staff_user):
        incident = cases.open_incident(title, owner, now())
        if aware:
            be_aware(incident, aware, owner)
        if decided is not None:
            decide(incident, *decided, controller_user)
        db.session.commit()
        return incident

    return make


def be_aware(incident, moment, by, why=None):
    """State awareness, as somebody sure of it does."""
    awareness.state(
        incident, moment, "The file was opened.", by, now(), zone=zone(), sure=True, why_changed=why
    )


def decide(incident, authority, subjects, by):
    """Decide whom to tell, now."""
    assessment = decisions.assess(incident, by, now())
    decisions.decide(assessment, authority, subjects, "So it was decided.", by, now())


class Worker:
    """The part of the worker that reminds: at(moment) lets it run once, then."""

    def __init__(self, clock, sink):
        self.clock, self.sink = clock, sink

    def at(self, moment):
        """What arrives by a round at this moment, [(who, subject, late)], sorted."""
        self.clock.move_to(moment)
        before = len(self.sink.mails)
        db.session.rollback()
        reminders.remind()
        post.deliver()
        return in_order(read(mail) for mail in self.sink.mails[before:])

    def hourly(self, begin, end):
        """The rounds from begin to end, one an hour: [(hours after MONDAY, who, subject, late)]."""
        found, moment = [], begin
        while moment <= end:
            found += [((moment - MONDAY) // HOUR, *mail) for mail in self.at(moment)]
            moment += HOUR
        return found


def in_order(found):
    """Mails by who, subject, and when they were planned."""
    return sorted(found, key=lambda mail: (*mail[:-1], mail[-1] or ""))


def read(mail):
    """A reminder that arrived: (who, subject, late); late is when it was planned, or None."""
    words = mail.message.get_content()
    planned = re.search(r"planned for \d+ \w+ \d+, (\d+:\d+)", words)
    (address,) = mail.recipients
    return address.partition("@")[0], mail.message["Subject"], planned and planned[1]


@pytest.fixture
def worker(clock, relay, smtp_sink):
    return Worker(clock, smtp_sink)
