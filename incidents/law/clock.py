"""By when the authority must be told: GDPR Art. 33(1) and Regulation (EEC, Euratom) 1182/71.

All sums are made in UTC: adding hours to a local time is wrong across a change of clocks.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from incidents.law.book import Book, shipped_book
from incidents.law.holidays import are_known, is_working_day
from incidents.law.words import N_, Sentence

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


def hours_allowed(aware_at: datetime, book: Book | None = None) -> int:
    """The hours of Art. 33(1) by the law of the day (UTC) of awareness."""
    return (book or shipped_book()).on(_utc(aware_at).date()).gdpr.hours


def target(aware_at: datetime, book: Book | None = None) -> datetime:
    """Awareness and 72 elapsed hours, to the second, in UTC: the deadline to plan by.

    GDPR Art. 33(1). Raises ValueError for a time without zone.

    >>> target(datetime(2026, 10, 23, 8, 20, tzinfo=UTC)).isoformat()
    '2026-10-26T08:20:00+00:00'
    """
    return _utc(aware_at) + hours_allowed(aware_at, book) * _HOUR


def period_begins(aware_at: datetime) -> datetime:
    """The next full hour, in UTC: Reg. 1182/71 Art. 3(1), the hour of the event is not counted.

    An event at the full hour belongs to the hour that begins then.

    >>> period_begins(datetime(2026, 11, 23, 10, 0, tzinfo=UTC)).hour
    11
    """
    return _utc(aware_at).replace(minute=0, second=0, microsecond=0) + _HOUR


def legal_limit(aware_at: datetime, book: Book | None = None) -> datetime:
    """The end of the period by Reg. 1182/71 Art. 3(1), 3(2)(a), in UTC. Never to plan by.

    Weekends and holidays count: Art. 3(4) does not move periods that are expressed in hours.
    """
    return period_begins(aware_at) + hours_allowed(aware_at, book) * _HOUR


def remaining(due: datetime, now: datetime) -> timedelta:
    """The time left until a due moment; negative once it is late.

    >>> due = datetime(2026, 11, 26, 9, tzinfo=UTC)
    >>> remaining(due, datetime(2026, 11, 26, 10, tzinfo=UTC)) < timedelta(0)
    True
    """
    return _utc(due) - _utc(now)


def derivation(
    aware_at: datetime, zone: ZoneInfo, book: Book | None = None
) -> tuple[Sentence, ...]:
    """How the deadline comes about, step by step, in local time of the zone.

    >>> steps = derivation(datetime(2026, 10, 23, 8, 20, tzinfo=UTC), ZoneInfo("Europe/Paris"))
    >>> steps[1].english()[-22:]
    '2026-10-26 09:20 CET).'
    """
    due = target(aware_at, book)
    steps = [
        Sentence(
            N_("The controller became aware at %(aware)s (GDPR Art. 33(1))."),
            {"aware": said(aware_at, zone)},
        ),
        Sentence(
            N_("%(hours)s hours by the clock, weekends and holidays included (until %(due)s)."),
            {"hours": hours_allowed(aware_at, book), "due": said(due, zone)},
        ),
    ]
    if aware_at.astimezone(zone).utcoffset() != due.astimezone(zone).utcoffset():
        steps.append(
            Sentence(N_("The clocks change in between, so the hour of the day is not the same."))
        )
    steps.append(
        Sentence(
            N_(
                "By Regulation 1182/71 Art. 3(1) and (2)(a) the period begins with the next full "
                "hour, %(begins)s, and ends at %(limit)s. Do not plan by it."
            ),
            {
                "begins": said(period_begins(aware_at), zone),
                "limit": said(legal_limit(aware_at, book), zone),
            },
        )
    )
    steps.append(
        Sentence(
            N_("Art. 3(4) moves no end to the next working day: the period is expressed in hours.")
        )
    )
    return tuple(steps)


def two_working_days(
    aware_at: datetime, zone: ZoneInfo, country: str, book: Book | None = None
) -> tuple[datetime, datetime] | None:
    """Both ends that Reg. 1182/71 Art. 3(5) would lead to, if it applied to periods in hours.

    First: a day counts as working day if part of it lies in the period; second: only if all of
    it does. Whether Art. 3(5) applies is disputed: for the file, never to plan by. None for a
    country whose holidays are not on file.
    """
    if not are_known(country):
        return None
    begin = period_begins(aware_at).astimezone(zone)
    end = legal_limit(aware_at, book).astimezone(zone)
    return (
        _extended(begin, end, begin.date(), country),
        _extended(begin, end, _first_whole_day(begin), country, whole=True),
    )


def _first_whole_day(begin: datetime) -> date:
    return begin.date() if begin.time() == time(0) else begin.date() + _DAY


def _extended(
    begin: datetime, end: datetime, day: date, country: str, whole: bool = False
) -> datetime:
    """The end of the period, or the end of the day that brings the second working day."""
    found = 0
    while True:
        midnight = datetime.combine(day + _DAY, time(0), begin.tzinfo)
        if is_working_day(day, country):
            found += 1
            within = midnight <= end if whole else datetime.combine(day, time(0), end.tzinfo) < end
            if found == 2:
                return (end if within else midnight).astimezone(UTC)
        day += _DAY


def note_3_5(
    aware_at: datetime, zone: ZoneInfo, country: str, book: Book | None = None
) -> Sentence:
    """The note for the file on Reg. 1182/71 Art. 3(5); an argument for reasons of a delay."""
    ends = two_working_days(aware_at, zone, country, book)
    if ends is None:
        return Sentence(
            N_(
                "The public holidays of %(country)s are not on file, so what Art. 3(5) of "
                "Regulation 1182/71 would give is not computed."
            ),
            {"country": country},
        )
    limit = legal_limit(aware_at, book)
    if ends == (limit, limit):
        return Sentence(
            N_("Art. 3(5) of Regulation 1182/71 (two working days) would change nothing here.")
        )
    return Sentence(
        N_(
            "For the file only. Whether Art. 3(5) of Regulation 1182/71 (at least two working "
            "days) applies to periods in hours is disputed. If it did, the period would end at "
            "%(part)s counting days begun, or at %(full)s counting whole days."
        ),
        {"part": said(ends[0], zone), "full": said(ends[1], zone)},
    )


def said(moment: datetime, zone: ZoneInfo) -> str:
    """A moment in local time, with the name of its offset.

    >>> said(datetime(2026, 11, 26, 9, 59, tzinfo=UTC), ZoneInfo("Europe/Paris"))
    '2026-11-26 10:59 CET'
    """
    return _utc(moment).astimezone(zone).strftime("%Y-%m-%d %H:%M %Z")


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("A time without zone says no moment: give its offset from UTC.")
    return moment.astimezone(UTC)
