"""A dead worker or mail server is told on every page within five minutes, traffic or none."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from clockwork import HOUR, MONDAY

from incidents.db import db, now
from notifications import health, jobs, post, pulse
from notifications.models import Worker

SOON = timedelta(minutes=2, seconds=1)


def banner(browser, path):
    page = BeautifulSoup(browser.get(path, follow_redirects=True).text, "html.parser")
    found = page.select_one(".banner")
    return found.get_text(" ", strip=True) if found else ""


@pytest.fixture
def alive(app, clock):
    """The worker gave a sign of life, now."""

    def beat():
        db.session.rollback()
        jobs.beat()

    beat()
    return beat


def test_a_server_that_dies_without_any_mail_is_told_within_five_minutes(
    relay, smtp_sink, clock, alive, staff
):
    assert pulse.feel() is True
    assert banner(staff, "/") == ""
    smtp_sink.stop()
    clock.move_to(now() + SOON)  # the next round of the pulse
    alive()

    assert pulse.feel() is False
    assert "Mail does not leave since" in banner(staff, "/")


def test_a_server_that_is_back_is_used_at_once_and_not_hours_later(
    relay, smtp_sink, clock, alive, staff
):
    smtp_sink.stop()
    post.queue_mail("test", "karim@customer.example", "A test", "Hello", now())
    db.session.commit()
    for _ in range(6):  # a night of failures: the next try lies hours ahead
        post.deliver()
        db.session.refresh(relay)
        clock.move_to(relay.next_try_at)
    smtp_sink.start()
    post.deliver()
    smtp_sink.stop()
    post.queue_mail("test", "nina@customer.example", "A test", "Hello", now())
    db.session.commit()
    for _ in range(6):
        db.session.refresh(relay)
        clock.move_to(relay.next_try_at or now() + SOON)
        post.deliver()
    db.session.refresh(relay)
    assert relay.next_try_at > now() + HOUR
    smtp_sink.start()
    clock.move_to(now() + SOON)

    assert pulse.feel() is True
    assert post.deliver() == (1, 0)
    alive()
    assert banner(staff, "/") == ""


def test_asking_a_server_that_is_away_makes_nobody_wait_longer(relay, smtp_sink, clock):
    smtp_sink.stop()
    pulse.feel()
    db.session.refresh(relay)
    seen = (relay.failing_since, relay.next_try_at, relay.failures)
    for _ in range(5):
        clock.move_to(now() + SOON)
        assert pulse.feel() is False
    db.session.refresh(relay)

    assert (relay.failing_since, relay.next_try_at, relay.failures) == seen


def test_a_server_that_refuses_every_mail_is_not_called_well_because_it_answers(
    relay, smtp_sink, clock, alive, staff
):
    smtp_sink.data_answers["karim@customer.example"] = "550 5.7.0 not from you"
    post.queue_mail("test", "karim@customer.example", "A test", "Hello", now())
    db.session.commit()
    post.deliver()
    clock.move_to(now() + SOON)
    alive()

    assert pulse.feel() is True
    assert "5.7.0" in banner(staff, "/")


def test_a_busy_server_is_not_asked(relay, smtp_sink, clock):
    post.queue_mail("test", "karim@customer.example", "A test", "Hello", now())
    db.session.commit()
    post.deliver()
    before = smtp_sink.connections

    assert pulse.feel() is None
    assert smtp_sink.connections == before


def test_without_a_server_there_is_nothing_to_ask(app):
    assert pulse.feel() is None


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/reports",
        "/incidents",
        "/register",
        "/account",
        "/settings",
        "/settings/people",
        "/settings/mail/outgoing",
        "/report",
        "/change",
    ],
)
def test_every_page_of_those_who_work_here_says_that_the_worker_is_down(
    clock, alive, controller, client, path
):
    clock.move_to(now() + timedelta(minutes=5, seconds=1))

    assert "The background worker was last seen" in banner(controller, path)
    assert banner(client, path) == ""  # strangers are told nothing of our troubles


def test_a_reminder_that_could_not_be_delivered_is_told(case, worker, smtp_sink, alive, staff):
    case(aware=MONDAY)
    smtp_sink.answers["sam@training.example"] = "550 5.1.1 no such user"
    worker.at(MONDAY + 36 * HOUR)
    db.session.query(Worker).delete()
    alive()

    assert "A reminder of a deadline could not be delivered" in banner(staff, "/")
    assert not health.problems(now() + timedelta(days=3))[1:]
