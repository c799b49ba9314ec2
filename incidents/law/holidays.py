"""Public holidays and working days: Regulation (EEC, Euratom) 1182/71, Art. 2."""

import tomllib
from datetime import date, timedelta
from functools import cache

from incidents.law.book import shipped


@cache
def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar, by the anonymous algorithm of 1876.

    >>> easter(2026), easter(2027)
    (datetime.date(2026, 4, 5), datetime.date(2027, 3, 28))
    """
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


@cache
def _countries() -> dict[str, tuple[tuple[str, ...], tuple[int, ...]]]:
    tables = tomllib.loads(shipped("holidays.toml"))["country"]
    return {row["code"]: (tuple(row["fixed"]), tuple(row["easter"])) for row in tables}


def are_known(country: str) -> bool:
    """Whether the holidays of a country (ISO code) are on file.

    >>> are_known("FR"), are_known("DE")
    (True, False)
    """
    return country in _countries()


@cache
def holidays(country: str, year: int) -> frozenset[date]:
    """The public holidays of a year. KeyError for a country that is not on file.

    >>> date(2026, 5, 14) in holidays("FR", 2026)
    True
    """
    fixed, moving = _countries()[country]
    return frozenset(
        {date(year, int(day[:2]), int(day[3:])) for day in fixed}
        | {easter(year) + timedelta(days) for days in moving}
    )


def is_working_day(day: date, country: str) -> bool:
    """Art. 2(2): every day except public holidays, Saturdays and Sundays.

    >>> is_working_day(date(2026, 7, 13), "FR"), is_working_day(date(2026, 7, 14), "FR")
    (True, False)
    """
    return day.weekday() < 5 and day not in holidays(country, day.year)
