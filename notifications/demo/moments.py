"""Pure: when something of a story happened, said so that it reads true on any day.

    "117d 09:05"   that many working days ago, at that time of the organisation's zone
    "26h 10m"      exactly that long ago
    "in 5d"        that many days ahead (for days on which something is due)

Working days, so that an old story does not happen on a Sunday, whichever day it is told.
"""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

_CLOCK = re.compile(r"(\d+)d (\d\d):(\d\d)")
_SPAN = re.compile(r"(?:(\d+)h)? ?(?:(\d+)m)?")
_DAYS = re.compile(r"(in )?(\d+)d")


def moment(text: str, now: datetime, zone: ZoneInfo) -> datetime:
    """The moment that `text` names, in UTC. Raises ValueError for anything else.

    >>> monday = datetime(2026, 11, 23, 12, tzinfo=UTC)
    >>> moment("1d 09:30", monday, ZoneInfo("Europe/Paris")).isoformat()
    '2026-11-20T08:30:00+00:00'
    >>> moment("26h 10m", monday, ZoneInfo("Europe/Paris")).isoformat()
    '2026-11-22T09:50:00+00:00'
    """
    if found := _CLOCK.fullmatch(text):
        days, hour, minute = map(int, found.groups())
        day = working_day(now.astimezone(zone).date(), days)
        return datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone).astimezone(UTC)
    if text and (found := _SPAN.fullmatch(text)):
        hours, minutes = (int(part or 0) for part in found.groups())
        return now - timedelta(hours=hours, minutes=minutes)
    raise ValueError(f"{text!r} is no moment of a story.")


def day(text: str, now: datetime, zone: ZoneInfo) -> date:
    """The day that `text` names: "116d" (working days ago), "in 5d", or the day of a moment.

    >>> day("in 5d", datetime(2026, 11, 23, 12, tzinfo=UTC), ZoneInfo("Europe/Paris")).isoformat()
    '2026-11-28'
    """
    if found := _DAYS.fullmatch(text):
        today = now.astimezone(zone).date()
        days = int(found[2])
        return today + timedelta(days=days) if found[1] else working_day(today, days)
    return moment(text, now, zone).astimezone(zone).date()


def working_day(today: date, ago: int) -> date:
    """The working day (Monday to Friday) that lies so many of them before a day.

    >>> working_day(date(2026, 11, 23), 1).isoformat()
    '2026-11-20'
    >>> working_day(date(2026, 11, 22), 1).isoformat()
    '2026-11-20'
    """
    found = today
    while ago:
        found -= timedelta(days=1)
        ago -= found.weekday() < 5
    return found
