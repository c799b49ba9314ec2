"""The letters of a story: drafted, given people, approved, and sent as far as it goes."""

import csv
import io
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from incidents import again
from incidents.db import db
from notifications import compose, notices, runs, servers
from notifications.demo.catcher import FULL, GONE
from notifications.demo.plot import read
from notifications.models import Notice, Recipient
from notifications.recipients import imports
from notifications.sending import claims, recovery

if TYPE_CHECKING:
    from notifications.demo.incident import Story

LATER = timedelta(minutes=8)
HOMES = ("courrier.example", "messagerie.example", "post.example")


class Letter:
    """One notice of a story. `words["state"]` says how far it goes: draft, approved, paused,
    done, failures (done, but not everybody got it), in_doubt."""

    def __init__(self, story: "Story") -> None:
        self.story, self.plot, self.language = story, story.plot, story.language
        self.words = story.words["letter"]
        self.by = story.plot.people["claire"]
        self.notice: Notice | None = None

    def plan(self) -> None:
        """Plan all that happens to it."""
        words, state = self.words, self.words["state"]
        drafted = self.plot.moment(words["at"])
        self.story.at(drafted, self._draft)
        if words["people"]:
            self.story.at(drafted + LATER, self._import)
        if "approved" in words:
            self.story.at(self.plot.moment(words["approved"]), self._approve)
        if "started" in words:
            self.story.at(self.plot.moment(words["started"]), self._send)
            ended = self.plot.moment(words["ended"])
            if state == "paused":
                self.story.at(ended, lambda at: runs.pause(self._notice(), self.by, at))
            elif state == "in_doubt":
                self.story.at(ended + claims.LEASE + LATER, recovery.expire)
            else:
                self.story.at(ended + LATER, runs.finish_what_is_over)

    def _notice(self) -> Notice:
        assert self.notice is not None
        return self.notice

    def _draft(self, at: datetime) -> None:
        incident = self.story.there()
        duty = next(duty for duty in incident.duties if duty.kind == "subjects" and duty.is_open)
        self.notice = notices.draft(incident, duty, self.by, at, self.language)

    def _import(self, at: datetime) -> None:
        failing = self.words["state"] == "failures"
        file = io.BytesIO(people(self.words["people"], self.language, failing, self._busy()))
        look = imports.Look(file, set())
        row = imports.upload(self._notice(), "people.csv", look, self.by, at)
        imports.confirm(row, self.by, at + timedelta(minutes=1))

    def _busy(self) -> bool:
        return self.words["state"] == "paused"

    def _approve(self, at: datetime) -> None:
        notice = self._notice()
        notices.approve(notice, notices.fingerprint(notice).hash, self.by, at, self._proof())

    def _proof(self) -> again.Proof:
        return again.prove(self.by, self.plot.password)

    def _send(self, at: datetime) -> None:
        """Send one letter after the other through the catcher, as the worker does."""
        notice, words = self._notice(), self.words
        runs.start(notice, self.by, at)
        count = words.get("reached", notice.people)
        pace = (self.plot.moment(words["ended"]) - at) / (count + 1)
        writer, lease = compose.Writer(notice, servers.outgoing()), claims.new_lease()
        for number in range(count):
            when = at + pace * (number + 1)
            # This run alone is sending, and has so many people.
            ((claimed, *_rest),) = claims.claim(when, lease, 1, [notice.id])
            if words["state"] == "in_doubt" and number == count - 1:
                return  # the worker dies here, with this letter in its hands
            recipient = db.session.get_one(Recipient, claimed)
            letter = writer.letter(recipient)
            outcome = self.plot.post.carry(letter.as_bytes(), writer.sender, letter.recipient)
            claims.mark([(claimed, outcome)], lease, when)
            claims.drop(lease)


def people(count: int, language: str, failing: bool = False, busy: bool = False) -> bytes:
    """A list of invented people as CSV. `failing`: some addresses do not exist any more; `busy`:
    some mailboxes are full.

    >>> people(1, "fr").decode().splitlines()
    ['name,email,language', 'Agathe Aubry,agathe.aubry@courrier.example,fr']
    """
    names = read("people.toml")
    first, last = names["first"], names["last"]
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(["name", "email", "language"])
    for number in range(count):
        given = first[number % len(first)]
        family = last[(number + number // len(first) * 7) % len(last)]
        home = HOMES[number % len(HOMES)]
        if failing and number % 29 == 11:
            home = GONE
        elif busy and number % 6 == 4:  # so many, since the list has its own order
            home = FULL
        address = f"{given}.{family}@{home}".lower().replace(" ", "-")
        rows.writerow([f"{given} {family}", _plain(address), language])
    return out.getvalue().encode()


def _plain(text: str) -> str:
    return text.translate(str.maketrans("àâäçéèêëîïôöùûüÿ’", "aaaceeeeiioouuuy-"))
