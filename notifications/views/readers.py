"""Who on the list of a letter reads which of its texts."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import func, select

from incidents.db import db
from notifications import compose
from notifications import notices as letters
from notifications.models import Notice, Recipient, on_list
from notifications.words import LANGUAGES


@dataclass(frozen=True)
class Readers:
    """The people on a list, counted once. `by_group`: how many get which text with which group's
    part. `without_text`: the languages in which there could be a text, and is none: each with its
    people, and the language of the text that they get."""

    by_group: dict[tuple[str, int], int]
    without_text: list[tuple[str, int, str]]

    @property
    def by_language(self) -> dict[str, int]:
        """How many people get which text."""
        counts: Counter[str] = Counter()
        for (language, _group), count in self.by_group.items():
            counts[language] += count
        return dict(counts)


def readers(row: Notice) -> Readers:
    """Count the people on a list, which may be a large one: once for each page."""
    writer = compose.Writer(row, compose.server())
    by = (Recipient.language, Recipient.group)
    query = select(*by, func.count()).where(on_list(row)).group_by(*by).order_by(*by)
    by_group: Counter[tuple[str, int]] = Counter()
    spoken: Counter[str] = Counter()
    for language, group, count in db.session.execute(query):
        by_group[writer.language(language), group] += count
        if row.state in letters.OPEN and language in LANGUAGES and language not in writer.texts:
            spoken[language] += count
    without = [(code, people, writer.language(code)) for code, people in spoken.items()]
    return Readers(dict(by_group), without)
