"""Three-valued answers: what a test of another regime found, and how answers go together."""

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True)
class Found:
    """What a test found. `asks` are keys of facts or of the profile, "risk", "own", "places"."""

    holds: bool | None
    asks: tuple[str, ...] = ()


YES, NO = Found(True), Found(False)


def all_of(found: Collection[Found]) -> Found:
    """True if all hold, False if one does not, else open with all that is to be found out.

    >>> all_of([YES, Found(None, ("actor",))]), all_of([NO, Found(None, ("actor",))])
    (Found(holds=None, asks=('actor',)), Found(holds=False, asks=()))
    """
    if any(one.holds is False for one in found):
        return NO
    return YES if all(one.holds for one in found) else _still_open(found)


def any_of(found: Collection[Found]) -> Found:
    """True if one holds, False if none does, else open.

    >>> any_of([YES, Found(None, ("actor",))]).holds, any_of([NO, NO]).holds
    (True, False)
    """
    if any(one.holds for one in found):
        return YES
    return NO if all(one.holds is False for one in found) else _still_open(found)


def opposite(found: Found) -> Found:
    """The contrary; what is open stays open."""
    return found if found.holds is None else Found(not found.holds)


def _still_open(found: Collection[Found]) -> Found:
    asks = [key for one in found if one.holds is None for key in one.asks]
    return Found(None, tuple(dict.fromkeys(asks)))
