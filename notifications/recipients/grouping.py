"""The rows of the groups of a notice, kept with its list."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from incidents.db import db
from notifications.models import Notice, NoticeGroup
from notifications.recipients.groups import Groups


def _rows(notice: Notice) -> Sequence[NoticeGroup]:
    """The groups of people that a list made; 0, of whom it says nothing, is not one of them."""
    made = select(NoticeGroup).where(NoticeGroup.notice_id == notice.id, NoticeGroup.number > 0)
    return db.session.scalars(made.order_by(NoticeGroup.number)).all()


def known(notice: Notice) -> Groups:
    """The groups that a notice has already."""
    return Groups({tuple(row.data): row.number for row in _rows(notice)})


def add(
    notice: Notice, concerned: Mapping[int, Sequence[str]], counts: Sequence[Sequence[Any]]
) -> None:
    """Make groups that are new, and count who came into each. `concerned`: the data of a number;
    `counts`: number, language and people. No commit."""
    rows = {row.number: row for row in _rows(notice)}
    came: Counter[int] = Counter()
    for number, _language, people in counts:
        came[number] += people
    for number, people in sorted(came.items()):
        if not number:
            continue
        if number not in rows:
            rows[number] = NoticeGroup(notice_id=notice.id, number=number, people=0)
            rows[number].data = list(concerned[number])
            db.session.add(rows[number])
        rows[number].people += people


def left(notice: Notice, number: int) -> None:
    """Count somebody off a group. No commit."""
    for row in _rows(notice):
        if row.number == number:
            row.people -= 1
