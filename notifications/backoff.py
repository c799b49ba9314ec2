"""Pure: how long to wait before the next try, and when to give up."""

from datetime import timedelta

# 1, 5, 15, 60 minutes, then every four hours: about five days in all, as mail servers do
# (RFC 5321 4.5.4.1 asks for at least four to five days).
STEPS = (1, 5, 15, 60, 120)
LATER = 240
TRIES = len(STEPS) + (5 * 24 * 60 - sum(STEPS)) // LATER


def wait(tries: int, chance: float = 0.5) -> timedelta:
    """The wait after so many failed tries (1 or more). `chance` is from 0 to 1 and spreads it by
    a tenth either way, so that ten thousand letters do not come back in one second.

    >>> [wait(n) // timedelta(minutes=1) for n in (1, 2, 3, 4, 5, 6, 30)]
    [1, 5, 15, 60, 120, 240, 240]
    >>> wait(1, 0.0) < wait(1) < wait(1, 1.0)
    True
    """
    minutes = STEPS[tries - 1] if 0 < tries <= len(STEPS) else LATER
    return timedelta(minutes=minutes) * (0.9 + 0.2 * chance)


def gives_up(tries: int) -> bool:
    """Whether so many failed tries took five days, so that there will be no other.

    >>> gives_up(10), gives_up(TRIES)
    (False, True)
    """
    return tries >= TRIES
