"""What the stories of the demonstration share while they are told: the cast, the time, the plan.

The chain of the file is in the order of writing. So every story only plans what happens in it,
and all plans are carried out in one go, in the order of their moments.
"""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import force_locale

from incidents.db import db
from incidents.models import User
from notifications.delivery import Post
from notifications.demo import moments

FOLDER = Path(__file__).parent
TOGETHER = 25  # actions in one transaction


def read(name: str) -> dict[str, Any]:
    """A file of the demonstration's data."""
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


@dataclass
class Plot:
    """All that is planned. `now` is when it is told; nothing of it lies later."""

    now: datetime
    post: Post  # the open connection to the catcher
    people: dict[str, User] = field(default_factory=dict)
    processors: dict[str, int] = field(default_factory=dict)
    password: str = ""
    _plans: list[tuple[datetime, int, str, Callable[[datetime], Any]]] = field(default_factory=list)

    @cached_property
    def company(self) -> dict[str, Any]:
        return read("company.toml")

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.company["organisation"]["time_zone"])

    def moment(self, text: str) -> datetime:
        """When: see `moments`."""
        return moments.moment(text, self.now, self.zone)

    def day(self, text: str | None) -> date | None:
        """On which day; None for nothing said."""
        return moments.day(text, self.now, self.zone) if text else None

    def at(self, when: datetime, language: str, action: Callable[[datetime], Any]) -> None:
        """Plan an action for a moment; it is called with it, in the language of its story."""
        if when > self.now:
            raise ValueError("Nothing of a story can lie in the future.")
        self._plans.append((when, len(self._plans), language, action))

    def carry_out(self) -> None:
        """Do everything, in order of time. Commits now and then: nobody else is there yet."""
        plans = sorted(self._plans, key=lambda plan: plan[:2])
        for done, (when, _number, language, action) in enumerate(plans, start=1):
            with force_locale(language):
                action(when)
            if done % TOGETHER == 0:
                db.session.commit()
        db.session.commit()
        self._plans.clear()
