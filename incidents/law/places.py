"""Where affected people can live: the EEA, and places outside it with a law of their own.

Places are ISO codes: countries, and some states and provinces ("US-CA", "CA-QC").
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from incidents.law.authorities import authorities
from incidents.law.book import shipped


@dataclass(frozen=True)
class Place:
    """A place by its code, its English and French name, and whether the GDPR holds there."""

    code: str
    en: str
    fr: str
    eea: bool


@cache
def places() -> tuple[Place, ...]:
    """All places: the EEA by English name, then the others as their file lists them.

    >>> [place.code for place in places() if not place.eea][:2]
    ['GB', 'CH']
    """
    ours = [
        Place(one.code, one.country, one.country_fr, eea=True)
        for one in authorities()
        if one.gdpr and one.code != "EU"
    ]
    rows = tomllib.loads(shipped("places.toml"))["place"]
    return (*ours, *(Place(eea=False, **row) for row in rows))


@cache
def expand(codes: tuple[str, ...]) -> tuple[str, ...]:
    """The codes of a rule's places; "EEA" stands for all countries of the EEA.

    >>> expand(("GB",)), len(expand(("EEA",)))
    (('GB',), 30)
    """
    eea = tuple(place.code for place in places() if place.eea)
    return tuple(one for code in codes for one in (eea if code == "EEA" else (code,)))


def is_cross_border(known: Mapping[str, int | None]) -> bool:
    """Whether people of several EEA countries are affected: GDPR Art. 4(23)(b), 56(1).

    >>> is_cross_border({"FR": 3, "BE": None}), is_cross_border({"FR": 3, "GB": 1})
    (True, False)
    """
    return sum(known.get(code, 0) != 0 for code in expand(("EEA",))) > 1
