"""A server that puts strangers off at first gets each letter once, in time, and nobody fails."""

from datetime import timedelta

import pytest
from sending import PEOPLE, tried
from servers import SmtpSink

from incidents.db import db, now
from notifications import runs
from notifications.models import Recipient
from notifications.sending import outbox

WAIT = timedelta(minutes=5)


class Greylisting(SmtpSink):
    """Takes nobody's mail before `WAIT` has passed since it first heard of them."""

    def __post_init__(self):
        super().__post_init__()
        self.first, self.moment = {}, now()

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.moment - self.first.setdefault(address, self.moment) < WAIT:
            return "450 4.2.0 Greylisted, try again in 300 seconds"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"


@pytest.fixture
def smtp_sink():
    sink = Greylisting()
    yield sink.start()
    sink.stop()


@pytest.fixture
def at_minute(smtp_sink, monkeypatch):
    """What the worker does when so many minutes have passed, for it and for the server."""
    began = now()

    def deliver(minutes):
        smtp_sink.moment = began + timedelta(minutes=minutes)
        monkeypatch.setattr(outbox, "now", lambda: smtp_sink.moment)
        db.session.rollback()
        return outbox.deliver()

    return deliver


def test_all_are_delivered_once_within_a_quarter_of_an_hour(run_of, smtp_sink, at_minute):
    notice = run_of(20)

    assert at_minute(0).deferred == 20
    assert at_minute(0.5).total == 0  # before its wait is over nobody is tried again
    assert (runs.counts(notice), notice.state) == ({"deferred": 20}, "sending")
    assert at_minute(2).deferred == 20  # a minute later it is still too early for the server
    assert at_minute(3).total == 0
    assert at_minute(8).sent == 20

    assert [len(smtp_sink.to(one)) for one in PEOPLE[:20]] == [1] * 20
    db.session.expire_all()
    assert notice.state == "done" and notice.duty.met_at is not None
    for number in range(20):
        assert [one.outcome for one in tried(number)] == ["deferred", "deferred", "sent"]


def test_who_is_known_there_does_not_wait_for_the_others(run_of, smtp_sink, at_minute):
    notice = run_of(4)
    for address in PEOPLE[:2]:
        smtp_sink.first[address] = smtp_sink.moment - WAIT

    tally = at_minute(0)

    assert (tally.sent, tally.deferred) == (2, 2)
    assert runs.missed(notice) == 0
    answers = [row.answer for row in db.session.query(Recipient).order_by(Recipient.id)]
    assert answers[2] == "450 4.2.0 Greylisted, try again in 300 seconds"
    at_minute(2)
    assert at_minute(9).sent == 2
    assert runs.counts(notice) == {"sent": 4}
