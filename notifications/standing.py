"""Whether the letters of a run are still what was approved, asked with each claim.

The texts and the list cannot change under a run; Settings can: the sender, the contact, the
authority. Reading a whole list takes seconds, so a process does it once for each approval, and
compares only what can change after that; most of the time, only numbers of versions.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from incidents.db import db, only_reading
from incidents.models import Organisation
from notifications import notices, runs
from notifications.models import Notice, Server

Signs = tuple[Any, ...]

_signs: dict[int, Signs] = {}  # run -> the versions with which it was last found to stand
_stood: dict[int, tuple[Any, ...]] = {}  # run -> its approval and what surrounded it then


def signs() -> dict[int, Signs]:
    """Of each run that sends now, the older first: what tells that nothing has changed."""
    served = select(Organisation.version).where(Organisation.id == 1).scalar_subquery()
    out = select(Server.version).where(Server.direction == "out").scalar_subquery()
    query = select(Notice.id, Notice.uid, Notice.approval, served, out)
    sending = query.where(Notice.state == "sending").order_by(Notice.started_at, Notice.id)
    return {number: tuple(rest) for number, *rest in db.session.execute(sending)}


def known(notice: int, sign: Signs) -> bool:
    """Whether this process found the approval to stand, and nothing has changed since."""
    if _signs.get(notice) == sign:
        return True
    if notice in _stood and _stood[notice] == _now(db.session.get_one(Notice, notice)):
        _signs[notice] = sign
        return True
    return False


def confirm(number: int, at: datetime) -> None:
    """Look whether the approval stands now, by reading the whole list, and remember it for
    `known`; if it does not, hold the run until it is approved again. Commits."""
    with only_reading():
        notice = db.session.get_one(Notice, number)
        found = _now(notice) if notices.is_approved(notice) else None
    if found is not None:
        _stood[number] = found
        return
    _stood.pop(number, None)
    runs.stop_for(db.session.get_one(Notice, number), "changed", at)
    db.session.commit()


def _now(notice: Notice) -> tuple[Any, ...]:
    return notice.uid, notice.approval, notices.surroundings(notice)
