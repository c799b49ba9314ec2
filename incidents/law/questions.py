"""What to ask about a breach, in what order, and in plain words. A form is drawn from this."""

from dataclasses import dataclass
from functools import cache

from incidents.law.asked import ASKED
from incidents.law.labels import label
from incidents.law.reading import KINDS


@dataclass(frozen=True)
class Question:
    """One fact as a question. `kind`: choice, multi, bool, int, number or text.

    `choices` are (value, English label); for open lists other values are accepted too.
    `first` marks the few that settle most; the rest may stay folded away.
    All texts are English, to be translated by whoever shows them.
    """

    key: str
    group: str
    text: str
    help: str
    first: bool = False

    @property
    def kind(self) -> str:
        return KINDS[self.key].name

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        return tuple((word, label(self.key, word)) for word in KINDS[self.key].known)

    @property
    def is_open(self) -> bool:
        return KINDS[self.key].is_open


@cache
def questions() -> tuple[Question, ...]:
    """All facts as questions, in asking order, those of one group together.

    >>> questions()[0].key, len(questions()) == len(KINDS)
    ('incident_type', True)
    """
    return tuple(
        Question(key, group, text, help_, first) for group, key, first, text, help_ in ASKED
    )
