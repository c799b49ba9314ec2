"""When to remind of what is due. Pure; all moments in UTC.

Not law but our own rule: GDPR Art. 33(1) and 34(1) say by when, not when to speak of it. The
later it gets, the more people hear of it: the owner, then the controllers, then the deputy.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

HOURS_BEFORE = (24, 12, 6, 2, 0)
AGAIN = timedelta(hours=12)  # after the due moment, until it is met or withdrawn
# Of what comes again and again, nothing older than this is made up for: a newer one says it.
LOOKS_BACK = timedelta(days=3)
FIRST_NAG = timedelta(hours=12)  # after the alert, so within its first day
GRACE = timedelta(minutes=15)  # what leaves later than this was missed, and says so

OWNER, CONTROLLERS, DEPUTY = 1, 2, 3  # how far the circle is drawn; each holds the ones before
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Step:
    """One reminder of a clock. `key` names it for good: half, -24, 0, +12, h12, d2."""

    key: str
    at: datetime
    circle: int


def before_due(start: datetime, due: datetime, now: datetime) -> list[Step]:
    """The reminders of a duty with a due moment that have come by `now`, in order.

    At half time, 24, 12, 6 and 2 hours before, at the hour, then every 12 hours. What would lie
    at or before the start is left out, and half time where it falls within an hour of another.

    >>> from datetime import UTC
    >>> due = datetime(2026, 11, 26, 9, tzinfo=UTC)
    >>> [step.key for step in before_due(due - 72 * _HOUR, due, due + 25 * _HOUR)]
    ['half', '-24', '-12', '-6', '-2', '0', '+12', '+24']
    >>> [step.key for step in before_due(due - 10 * _HOUR, due, due)]
    ['-6', '-2', '0']
    """
    steps = [
        Step(f"-{hours}" if hours else "0", due - hours * _HOUR, _circle(hours * _HOUR))
        for hours in HOURS_BEFORE
        if due - hours * _HOUR > start
    ]
    half = start + (due - start) / 2
    if half > start and all(abs(step.at - half) > _HOUR for step in steps):
        steps.append(Step("half", half, _circle(due - half)))
    for number in _repeats(due, AGAIN, now):
        steps.append(Step(f"+{number * 12}", due + number * AGAIN, DEPUTY))
    return _come(steps, now)


def daily(start: datetime, now: datetime) -> list[Step]:
    """The reminders of a duty for which the law names no hour: one a day ("without undue delay").

    >>> from datetime import UTC
    >>> start = datetime(2026, 11, 23, 9, tzinfo=UTC)
    >>> [(step.key, step.circle) for step in daily(start, start + 75 * _HOUR)]
    [('d1', 1), ('d2', 2), ('d3', 3)]
    """
    return [
        Step(f"d{number}", start + number * _DAY, min(number, DEPUTY))
        for number in _repeats(start, _DAY, now)
    ]


def until_aware(alerted: datetime, now: datetime) -> list[Step]:
    """The reminders to say when the controller became aware: within the first day, then daily.

    EDPB Guidelines 9/2022, II.A.2: a short check after the first alert is allowed, at once.

    >>> from datetime import UTC
    >>> alerted = datetime(2026, 11, 23, 9, tzinfo=UTC)
    >>> [(step.key, step.circle) for step in until_aware(alerted, alerted + 49 * _HOUR)]
    [('h12', 1), ('d1', 1), ('d2', 2)]
    """
    return _come([Step("h12", alerted + FIRST_NAG, OWNER), *daily(alerted, now)], now)


def owed(
    steps: Sequence[Step], since: datetime, now: datetime, sent: Collection[str]
) -> list[Step]:
    """Which reminders are to go out now: each that has come and was not `sent` (by key), once.

    `since` is when it was first known that this clock runs. Of what had passed by then nobody
    can have missed anything: only the newest is owed, at once.

    >>> from datetime import UTC
    >>> due = datetime(2026, 11, 26, 9, tzinfo=UTC)
    >>> now = due - 5 * _HOUR
    >>> steps = before_due(due - 72 * _HOUR, due, now)
    >>> [step.key for step in owed(steps, due - 72 * _HOUR, now, {"half", "-24"})]
    ['-12', '-6']
    >>> [step.key for step in owed(steps, now, now, set())]
    ['-6']
    """
    passed = [replace(step, at=since) for step in steps if step.at < since]
    later = [step for step in steps if since <= step.at <= now]
    return [step for step in (*passed[-1:], *later) if step.key not in sent]


def is_late(planned: datetime, now: datetime) -> bool:
    """Whether a reminder planned for a moment was missed then, so that it says so now."""
    return now - planned > GRACE


def _circle(left: timedelta) -> int:
    if left > 24 * _HOUR:
        return OWNER
    return CONTROLLERS if left > 6 * _HOUR else DEPUTY


def _repeats(begin: datetime, every: timedelta, now: datetime) -> range:
    """The numbers, from 1, of those repetitions that have come and are not too old."""
    last = (now - begin) // every
    return range(max(1, last - LOOKS_BACK // every + 1), last + 1)


def _come(steps: list[Step], now: datetime) -> list[Step]:
    return sorted((step for step in steps if step.at <= now), key=lambda step: step.at)
