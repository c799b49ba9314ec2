"""What other regimes ask beside the facts: where people live, what the company is, some stamps."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

SIZES = ("small", "larger")


@dataclass(frozen=True)
class Profile:
    """Answers with three values: yes, no, and None for not known.

    `places` maps the code of a place where affected people live to how many (None: some, and
    nobody knows how many). `places_complete` says that nobody lives elsewhere. `size` is "small"
    (fewer than 50 staff and at most EUR 10 million a year) or "larger". `own` maps the code of a
    regime to what the company found on that regime's own test. `stamps` are aware datetimes by
    their key in incidents.law.periods.STARTS.
    """

    places: Mapping[str, int | None] = field(default_factory=dict)
    places_complete: bool | None = None
    size: str | None = None
    nis2_entity: bool | None = None
    nis2_significant: bool | None = None
    financial_entity: bool | None = None
    dora_major: bool | None = None
    telecom: bool | None = None
    manufacturer: bool | None = None
    cra_event: bool | None = None
    hipaa: bool | None = None
    insured: bool | None = None
    own: Mapping[str, bool] = field(default_factory=dict)
    stamps: Mapping[str, datetime] = field(default_factory=dict)

    @classmethod
    def from_json(
        cls, stored: Mapping[str, Any], stamps: Mapping[str, datetime | None]
    ) -> "Profile":
        """A Profile from what is stored of an incident, and the moments that the case knows.

        Stored stamps are ISO 8601 texts under "stamps"; those of the case come on top.

        >>> Profile.from_json({"places": {"GB": 3}, "telecom": False}, {}).telecom
        False
        """
        kept = {name: datetime.fromisoformat(text) for name, text in _map(stored, "stamps").items()}
        known = {name: at for name, at in stamps.items() if at is not None}
        plain = {name: stored.get(name) for name in ANSWERS}
        return cls(
            places=_map(stored, "places"),
            own=_map(stored, "own"),
            stamps={**kept, **known},
            **plain,
        )

    def lives_in(self, places: tuple[str, ...]) -> bool | None:
        """Whether affected people live in one of these places.

        >>> Profile({"GB": 3}).lives_in(("GB",)), Profile().lives_in(("GB",))
        (True, None)
        >>> print(Profile({"GB": 3}, places_complete=True).lives_in(("CH",)))
        False
        """
        counts = [self.places[place] for place in places if place in self.places]
        if any(count is None or count > 0 for count in counts):
            return True
        return False if self.places_complete or len(counts) == len(places) else None

    def people_in(self, places: tuple[str, ...]) -> tuple[int, int | None]:
        """The least and the most that live there; None where there is no upper end.

        >>> Profile({"US-TX": 300, "US-CA": None}).people_in(("US-TX", "US-CA"))
        (300, None)
        """
        least = sum(self.places.get(place) or 0 for place in places)
        open_ended = any(
            self.places[place] is None if place in self.places else not self.places_complete
            for place in places
        )
        return least, None if open_ended else least


def _map(stored: Mapping[str, Any], name: str) -> dict[str, Any]:
    return dict(stored.get(name) or {})


_MAPS = ("places", "own", "stamps")
ANSWERS = tuple(one.name for one in fields(Profile) if one.name not in _MAPS)
