"""Builds the demonstration in an empty, migrated database."""

from datetime import datetime
from typing import Any

from notifications.delivery import Relay, connect
from notifications.demo import company
from notifications.demo.arrivals import Arrival
from notifications.demo.incident import Story
from notifications.demo.plot import Plot, read

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
