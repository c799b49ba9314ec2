"""The case that a notification is made from, at a moment."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from incidents.law.clock import target
from incidents.models import Duty, Incident, Notification, Organisation


@dataclass(frozen=True)
class Case:
    """All that a notification is made from. `processors` are the names of service providers;
    `people_told` counts whom letters have told, when it is asked: a list may be long."""

    incident: Incident
    organisation: Organisation
    processors: tuple[str, ...]
    phase: str
    at: datetime
    why: str | None = None  # of a withdrawal: why it was no breach after all
    people_told: Callable[[], int | None] = lambda: None

    @property
    def facts(self) -> Mapping[str, Any]:
        """The facts for the law, as they are stored."""
        return self.incident.facts

    @property
    def places(self) -> Mapping[str, int | None]:
        """How many people live where, by code; None: nobody knows how many."""
        return (self.incident.scope or {}).get("places") or {}

    @property
    def first(self) -> Notification | None:
        """The first version that was sent."""
        return next((one for one in self.incident.notifications if one.sent_at), None)

    @property
    def is_late(self) -> bool:
        """Whether the first telling came, or would come now, after 72 hours: Art. 33(1)."""
        aware = self.incident.aware_at
        told = self.first.sent_at if self.first else None
        return aware is not None and (told or self.at) > target(aware)

    @property
    def told(self) -> str:
        """Whether the people were told: done, planned, no, or unknown."""
        duty, decision = self.duty("subjects"), self.incident.decision
        if (duty is not None and duty.met_at) or self.facts.get("data_subjects_already_informed"):
            return "done"
        if duty is not None and duty.is_open:
            return "planned"
        return "no" if decision is not None and not decision.subjects else "unknown"

    def duty(self, kind: str) -> Duty | None:
        """The newest duty of a kind."""
        found = [duty for duty in self.incident.duties if duty.kind == kind]
        return found[-1] if found else None
