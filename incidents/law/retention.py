"""When a closed case may be erased: periods in months, Reg. (EEC, Euratom) 1182/71 Art. 3."""

import calendar
from datetime import date, datetime, timedelta


def erase_from(closed_at: datetime, months: int) -> date:
    """The first day on which a case closed at this moment may be erased.

    GDPR Art. 5(1)(e) asks for a limit and names none; `months` is the organisation's own.
    Art. 3(1) of Reg. 1182/71: the day of closing is not counted; Art. 3(2)(c): the period ends
    with the last hour of the same date of its last month, or of that month's last day.
    The day is that of the moment's own zone. ValueError without zone, or for negative months.

    >>> from datetime import UTC
    >>> erase_from(datetime(2026, 3, 15, tzinfo=UTC), 60)
    datetime.date(2031, 3, 16)
    >>> erase_from(datetime(2027, 1, 31, tzinfo=UTC), 1)
    datetime.date(2027, 3, 1)
    """
    if closed_at.tzinfo is None:
        raise ValueError("A time without zone says no day: give its zone.")
    if months < 0:
        raise ValueError("A period cannot be negative: give months from 0 up.")
    year, month0 = divmod(closed_at.year * 12 + closed_at.month - 1 + months, 12)
    last = calendar.monthrange(year, month0 + 1)[1]
    return date(year, month0 + 1, min(closed_at.day, last)) + timedelta(days=1)
