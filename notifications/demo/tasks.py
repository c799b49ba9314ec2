"""A measure of a story: added, done, its effect checked."""

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from incidents.actions import measures

if TYPE_CHECKING:
    from notifications.demo.incident import Story


class Task:
    """One [[incident.measure]] of the data files."""

    def __init__(self, story: "Story", words: dict[str, Any]) -> None:
        self.story, self.words = story, words
        plot = story.plot
        self.values: dict[str, Any] = {
            "text": words["text"],
            "owner_id": plot.people[words["owner"]].id,
            "due_on": plot.day(words["due"]),
        }

    def plan(self, added: datetime) -> None:
        """Plan all that happens to it."""
        words = self.words
        self.story.at(added, self._add)
        if "done" in words:
            self.story.at(words["done"], partial(self._edit, {"done_on": self._day("done")}))
        if "checked" in words:
            found = {"checked_on": self._day("checked"), "effect": words["effect"]}
            self.story.at(words["checked"], partial(self._edit, found))

    def _day(self, name: str) -> Any:
        return self.story.plot.day(self.words[name])

    def _add(self, at: datetime) -> None:
        self.measure = measures.add(self.story.there(), self.values, self.story.owner, at)

    def _edit(self, more: dict[str, Any], at: datetime) -> None:
        self.values |= more
        measures.edit(self.measure, self.values, self.measure.version, self.story.owner, at)
