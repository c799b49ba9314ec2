"""What the law answers in a story, what the controller decides, and when whom was told."""

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from incidents.actions import cases, decisions, duties
from notifications.demo.plot import Plot

if TYPE_CHECKING:
    from notifications.demo.incident import Story

# How long before a decision the questions are answered, and the law is asked.
ANSWERING = timedelta(minutes=20)
ASKING = timedelta(minutes=10)


class Judgement:
    """The assessments and decisions of one story."""

    def __init__(self, story: "Story") -> None:
        self.story, self.words = story, story.words
        self.claire = story.plot.people["claire"]

    def plan(self) -> None:
        """Plan all of them. A story that was assessed only waits for its decision."""
        story, words = self.story, self.words
        if assessed := words["at"].get("assessed"):
            when = story.plot.moment(assessed)
            story.at(when - ASKING, partial(self._answer, {}))
            story.at(when, lambda at: decisions.assess(story.there(), story.owner, at))
        for decision in words.get("decision", ()):
            when = story.plot.moment(decision["at"])
            story.at(when - ANSWERING, partial(self._answer, decision.get("facts", {})))
            story.at(when - ASKING, lambda at: decisions.assess(story.there(), self.claire, at))
            story.at(when, partial(self._decide, decision))
        if "told" in words["at"]:
            story.at(words["at"]["told"], partial(self._told, "authority"))
        if "subjects_told" in words:
            story.at(words["subjects_told"], partial(self._told, "subjects"))

    def _answer(self, more: dict[str, Any], at: datetime) -> None:
        facts = facts_of(self.words, self.story.plot) | more
        cases.edit(self.story.there(), {"facts": facts}, self.story.owner, at)

    def _decide(self, words: dict[str, Any], at: datetime) -> None:
        """Accept the result, unless the story says otherwise."""
        assessment = self.story.there().assessments[-1]
        answer = assessment.result
        decisions.decide(
            assessment,
            words.get("authority", answer["authority"]["duty"]),
            words.get("subjects", answer["subjects"]["duty"]),
            words.get("reason"),
            self.claire,
            at,
        )

    def _told(self, kind: str, at: datetime) -> None:
        duty = next(d for d in self.story.there().duties if d.kind == kind and d.is_open)
        proof, late = self.words[f"{kind}_proof"], self.words.get(f"{kind}_late")
        duties.meet(duty, at, proof, self.claire, at, late)


def facts_of(words: dict[str, Any], plot: Plot) -> dict[str, Any]:
    """The facts of a story: what is usual for its likeness, and what is its own."""
    own = dict(words["facts"])
    return {**plot.company["likenesses"].get(own.pop("like", ""), {}), **own}
