"""Builds the demonstration in an empty, migrated database."""

from datetime import datetime
from typing import Any

from incidents.db import db
from notifications import reminders
from notifications.delivery import connect
from notifications.demo import company
from notifications.demo.arrivals import Arrival
from notifications.demo.incident import Story
from notifications.demo.plot import Plot, read
from notifications.models import Reminder
from notifications.relay import Relay
from notifications.reminders import clocks

LANGUAGES = ("en", "fr")
SUBJECTS = ("mail", "accounts", "devices", "web", "providers", "people", "paper")


def stories(subjects: tuple[str, ...] = SUBJECTS) -> list[tuple[str, dict[str, Any]]]:
    """All incidents of these subjects, each with the language in which it is told."""
    return [
        (language, words)
        for subject in subjects
        for language in LANGUAGES
        for words in read(f"stories/{subject}.{language}.toml")["incident"]
    ]


def build(port: int, password: str, now: datetime, subjects: tuple[str, ...] = SUBJECTS) -> None:
    """Tell every story up to `now`. Mails go to the catcher on `port`. Commits."""
    relay = Relay("127.0.0.1", port, "none", sender=company.SENDER)
    with connect(relay) as post:
        plot = Plot(now, post, password=password)
        company.found(plot, port)
        for language, words in stories(subjects):
            Story(plot, words, language).plan()
        for language in LANGUAGES:
            for words in read(f"stories/queue.{language}.toml")["report"]:
                Arrival(plot, words, language).plan()
        plot.carry_out()
    _remind(now)


def _remind(now: datetime) -> None:
    """Keep what the worker would have reminded of until now, or it would make up for all of it
    when it starts. The mails themselves have long been read."""
    last = 0
    while incidents := clocks.page(last):
        last = incidents[-1].id
        for incident, clock, step in reminders.due(incidents, now):
            for user in clocks.circle(incident, step.circle):
                row = Reminder(incident=incident, kind=clock.kind, anchor=clock.anchor)
                row.step, row.user = step.key, user
                row.planned_at = row.queued_at = step.at
                db.session.add(row)
        db.session.commit()
