"""How many people on a list have something in each of its free columns, counted as they come.

A text may use a column without words for whoever lacks it. Whether anybody does is asked by pages,
and opening a million people for it would take seconds each time.
"""

from collections import Counter
from collections.abc import Iterable, Mapping

from notifications import wording
from notifications.models import Notice


def came(notice: Notice, columns: Mapping[str, int]) -> None:
    """Count the people of a file. `columns`: how many have something in each, by its name there."""
    keys = [wording.field_key(name) for name in columns]
    if len(set(keys)) < len(keys):
        notice.filled = None  # two columns of one name: who has both is not known by numbers
    _count(notice, dict(zip(keys, columns.values(), strict=True)))


def went(notice: Notice, columns: Iterable[str]) -> None:
    """Count off one person who has something in these columns."""
    _count(notice, {wording.field_key(name): -1 for name in columns})


def without(notice: Notice, column: str) -> int | None:
    """How many people lack a column, by its key; None when it is not known by numbers."""
    return None if notice.filled is None else notice.people - notice.filled.get(column, 0)


def _count(notice: Notice, more: Mapping[str, int]) -> None:
    if notice.filled is None:
        return
    counts = Counter(notice.filled)
    counts.update(more)
    notice.filled = dict(counts)  # anew, or the change would not be seen
