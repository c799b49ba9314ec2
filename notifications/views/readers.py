"""Who on the list of a letter reads which of its texts."""

from collections import Counter
from typing import Any

from sqlalchemy import func, select

from incidents.db import db
from notifications import compose
from notifications import notices as letters
from notifications.models import Notice, Recipient, on_list
from notifications.words import LANGUAGES


def by_group(row: Notice) -> dict[tuple[str, int], int]:
    """How many people get which text with which group's part: (language, group) -> people."""
    writer = compose.Writer(row, compose.server())
    counts: Counter[tuple[str, int]] = Counter()
    for (language, group), count in _counted(row, Recipient.language, Recipient.group):
        counts[writer.language(language), group] += count
    return dict(counts)


def by_language(row: Notice) -> dict[str, int]:
    """How many people get which text."""
    counts: Counter[str] = Counter()
    for (language, _group), count in by_group(row).items():
        counts[language] += count
    return dict(counts)


def without_text(row: Notice) -> list[tuple[str, int, str]]:
    """The languages of people on the list in which there could be a text, and is none: each with
    its people, and the language of the text that they get."""
    if row.state not in letters.OPEN:
        return []
    writer = compose.Writer(row, compose.server())
    return [
        (language, count, writer.language(language))
        for (language,), count in _counted(row, Recipient.language)
        if language in LANGUAGES and language not in writer.texts
    ]


def _counted(row: Notice, *by: Any) -> list[tuple[tuple[Any, ...], int]]:
    """How many people are on the list, by these columns, in their order."""
    query = select(*by, func.count()).where(on_list(row)).group_by(*by).order_by(*by)
    return [(tuple(values), count) for *values, count in db.session.execute(query)]
