"""The settings under which letters left, as the file has them: Settings may have changed since,
and a letter must still be rebuilt byte for byte as it was sent."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from incidents.db import db
from incidents.models import Entry, Organisation
from notifications import compose, notices
from notifications.models import Notice

VERBS = ("notice.approved", "notice.started", "notice.resumed", "notice.resent")
settings = notices.settings


class Kept:
    """The settings of a notice over time."""

    def __init__(self, notice: Notice) -> None:
        self.notice = notice
        here = Entry.incident_id == notice.incident_id, Entry.verb.in_(VERBS)
        found = []
        for entry in db.session.scalars(select(Entry).where(*here).order_by(Entry.n)):
            detail = entry.detail or {}
            if detail.get("notice") == notice.uid and "settings" in detail:
                found.append((entry.at, detail["settings"]))
        self.found: Sequence[tuple[datetime, dict[str, Any]]] = found

    def at(self, moment: datetime | None) -> dict[str, Any] | None:
        """Those under which a letter left at this moment; the last for None; None if unknown."""
        past = [one for at, one in self.found if moment is None or at <= moment]
        return past[-1] if past else self.found[0][1] if self.found else None


class Writers:
    """The writers of a notice's letters, one for each settings it was ever sent under."""

    def __init__(self, notice: Notice) -> None:
        self.kept = Kept(notice)
        self.made: dict[int, compose.Writer] = {}

    def at(self, moment: datetime | None) -> compose.Writer:
        """The writer of the letters that left at this moment."""
        given = self.kept.at(moment)
        if id(given) not in self.made:
            self.made[id(given)] = _writer(self.kept.notice, given)
        return self.made[id(given)]


def _writer(notice: Notice, given: dict[str, Any] | None) -> compose.Writer:
    writer = compose.Writer(notice, compose.server())
    if given is not None:
        served = Organisation(**given["organisation"])
        writer.sender, writer.organisation = given["sender"], served
        writer.values, writer.hosts = dict(given["values"]), compose.hosts(served)
    return writer
