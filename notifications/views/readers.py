"""Who on the list of a letter reads which of its texts."""

from sqlalchemy import func, select

from incidents.db import db
from notifications import compose
from notifications import notices as letters
from notifications.models import Notice, Recipient, on_list
from notifications.words import LANGUAGES


def by_group(row: Notice) -> dict[tuple[str, int], int]:
    """How many people get which text with which group's part: (language, group) -> people."""
    query = select(Recipient.language, Recipient.group, func.count()).where(on_list(row))
    writer = compose.Writer(row, compose.server())
    counts: dict[tuple[str, int], int] = {}
    rows = db.session.execute(query.group_by(Recipient.language, Recipient.group))
    for language, group, count in sorted(rows):
        written = writer.language(language)
        counts[written, group] = counts.get((written, group), 0) + count
    return counts


def without_text(row: Notice) -> list[tuple[str, int, str]]:
    """The languages of people on the list in which there could be a text, and is none: each with
    its people, and the language of the text that they get."""
    if row.state not in letters.OPEN:
        return []
    query = select(Recipient.language, func.count()).where(on_list(row))
    rows = db.session.execute(query.group_by(Recipient.language)).all()
    writer = compose.Writer(row, compose.server())
    return [
        (language, count, writer.language(language))
        for language, count in sorted(rows)
        if language in LANGUAGES and language not in writer.texts
    ]


def by_language(row: Notice) -> dict[str, int]:
    """How many people get which text."""
    counts: dict[str, int] = {}
    for (language, _group), count in by_group(row).items():
        counts[language] = counts.get(language, 0) + count
    return counts
