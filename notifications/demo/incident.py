"""One story of the demonstration: an incident from its first report as far as it has got.

Everything goes through the same actions as the pages, each at its own moment.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from incidents import workflow
from incidents.actions import awareness, cases, reports
from incidents.models import Incident
from notifications.demo.arrivals import Arrival
from notifications.demo.judgement import Judgement, facts_of
from notifications.demo.letters import Letter
from notifications.demo.plot import Plot
from notifications.demo.tasks import Task

# What comes first when no moment of its own is given.
SOON = timedelta(minutes=6)
JOINING = timedelta(minutes=12)
LEAVING = timedelta(minutes=14)
STATING = timedelta(minutes=4)


class Story:
    """An incident and all that happens to it. `words` is one [[incident]] of the data files."""

    def __init__(self, plot: Plot, words: dict[str, Any], language: str) -> None:
        self.plot, self.words, self.language = plot, words, language
        self.owner = plot.people[words["owner"]]
        self.claire = plot.people["claire"]
        self.arrivals = [Arrival(plot, one, language) for one in words["report"]]
        self.incident: Incident | None = None

    def plan(self) -> None:
        """Plan all of it."""
        for arrival in self.arrivals:
            arrival.plan()
        for message in self.words.get("message", ()):
            self.arrivals[message.get("report", 1) - 1].plan_message(message)
        self._plan_beginning()
        self._plan_stages()
        self._plan_measures()
        Judgement(self).plan()
        self._plan_end()
        for note in self.words.get("note", ()):
            self.at(note["at"], partial(self._note, note))
        if "letter" in self.words:
            Letter(self).plan()

    def there(self) -> Incident:
        """The incident, which must have been opened by now."""
        assert self.incident is not None
        return self.incident

    def at(self, when: str | datetime, action: Callable[[datetime], Any]) -> None:
        """Plan something of this story."""
        moment = self.plot.moment(when) if isinstance(when, str) else when
        self.plot.at(moment, self.language, action)

    def _when(self, name: str) -> datetime | None:
        text = self.words["at"].get(name)
        return self.plot.moment(text) if text else None

    def _plan_beginning(self) -> None:
        opened = self._when("opened")
        assert opened is not None
        self.at(opened, self._open)
        closed = self._when("closed")
        for number, arrival in enumerate(self.arrivals[1:], start=1):
            joined = max(arrival.when + JOINING, opened + number * timedelta(minutes=2))
            if closed and arrival.when > closed:
                joined = self.plot.moment(self.words["reopened"]) + SOON
            self.at(joined, partial(self._join, arrival))
        self.at(self.words["at"]["facts"], self._describe)
        if aware := self._when("aware"):
            self.at(aware + STATING, self._be_aware)

    def _open(self, at: datetime) -> None:
        first = self.arrivals[0].there()
        self.incident = cases.open_incident(self.words["title"], self.owner, at, report=first)

    def _join(self, arrival: Arrival, at: datetime) -> None:
        reports.join(arrival.there(), self.there(), self.owner, at)

    def _note(self, words: dict[str, Any], at: datetime) -> None:
        cases.note(self.there(), words["text"], self.plot.people[words["by"]], at)

    def _describe(self, at: datetime) -> None:
        """What the page "What happened" asks."""
        words, plot = self.words, self.plot
        facts = facts_of(self.words, plot)
        first = ("breach_types", "subject_count")
        known = {name: facts[name] for name in first if name in facts}
        cases.edit(
            self.there(),
            {
                "summary": words["summary"].strip(),
                "began_sure": words.get("began_sure", "exact" if "began" in words else "unknown"),
                "began_at": plot.moment(words["began"]) if "began" in words else None,
                "ended_at": plot.moment(words["ended"]) if "ended" in words else None,
                "noticed_at": plot.moment(words["noticed"]),
                "data": words.get("data"),
                "people": words.get("people"),
                "systems": words.get("systems"),
                "record_count": words.get("records"),
                "processor_ids": sorted(
                    plot.processors[one] for one in words.get("processors", ())
                ),
                "facts": known,
            },
            self.owner,
            at,
        )

    def _be_aware(self, at: datetime) -> None:
        awareness.state(
            self.there(),
            at - STATING,
            self.words["aware_reason"],
            self.claire,
            at,
            zone=self.plot.zone,
            sure=True,
        )

    def _reaches(self, stage: str) -> bool:
        reached = "closed" if "closed" in self.words["at"] else self.words["stage"]
        return workflow.STAGES.index(reached) >= workflow.STAGES.index(stage)

    def _plan_stages(self) -> None:
        facts, aware = self._when("facts"), self._when("aware")
        cause, done = self._when("cause"), self._when("measures")
        if self._reaches("cause"):
            assert facts and aware  # detection is not left without them
            self._move("cause", max(facts, aware) + SOON)
        if cause:
            self.at(cause, self._explain)
        if self._reaches("mitigation"):
            assert cause
            self._move("mitigation", cause + SOON)
        if self._reaches("notification"):
            assert done
            self._move("notification", done + LEAVING)

    def _move(self, to: str, when: datetime) -> None:
        self.at(when, lambda at: cases.move(self.there(), to, self.owner, at))

    def _explain(self, at: datetime) -> None:
        names = ("cause", "whys", "factors")
        found = {name: self.words[name] for name in names if name in self.words}
        cases.edit(self.there(), found, self.owner, at)

    def _expect(self, at: datetime) -> None:
        consequences = {"consequences": self.words["consequences"]}
        cases.edit(self.there(), consequences, self.owner, at)

    def _plan_measures(self) -> None:
        base = self._when("measures") or self._when("cause") or self._when("aware")
        if base and "consequences" in self.words:
            self.at(base, self._expect)
        for number, words in enumerate(self.words.get("measure", ())):
            assert base is not None
            Task(self, words).plan(base + timedelta(minutes=2 * number + 1))

    def _plan_end(self) -> None:
        if "closed" in self.words["at"]:
            lesson = self.words["lesson"]
            self.at(
                self.words["at"]["closed"],
                lambda at: cases.close(self.there(), lesson, self.claire, at),
            )
        if "reopened" in self.words:
            to, why = self.words["stage"], self.words["reopened_reason"]
            self.at(
                self.words["reopened"],
                lambda at: cases.move(self.there(), to, self.owner, at, why),
            )
