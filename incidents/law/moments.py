"""Reading the moment that somebody typed: a time needs a zone, and a local time may be two."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from incidents.law.words import N_, Sentence


class BadMoment(ValueError):
    """A text or local time that names no moment. `sentence` is for the reader."""

    def __init__(self, text: str, **params: str) -> None:
        self.sentence = Sentence(text, params)
        super().__init__(self.sentence.english())


class NoZone(BadMoment):
    """A local time that does not say where. `local` is what was given."""

    def __init__(self, local: datetime) -> None:
        self.local = local
        super().__init__(
            N_("A time without zone says no moment. Add its offset, for example %(example)s."),
            example=f"{local.isoformat(timespec='minutes')}+01:00",
        )

    def at_home(self, zone: ZoneInfo) -> BadMoment:
        """The same refusal for whoever lives in a zone: it names the moments that are meant.

        >>> print(NoZone(datetime(2026, 10, 24, 10)).at_home(ZoneInfo("Europe/Paris")))
        A time without zone says no moment. In Europe/Paris it would be 2026-10-24T10:00:00+02:00.
        """
        try:
            moment = local_moment(self.local, zone)
        except BadMoment as other:
            return other
        return BadMoment(
            N_("A time without zone says no moment. In %(zone)s it would be %(example)s."),
            zone=str(zone),
            example=moment.astimezone(zone).isoformat(),
        )


class Ambiguous(BadMoment):
    """A local time that comes twice, when clocks go back. `choices` are both, in UTC."""

    def __init__(self, choices: tuple[datetime, datetime], zone: ZoneInfo) -> None:
        self.choices = choices
        super().__init__(
            N_(
                "The clocks go back then, so this time comes twice. Which one is it: "
                "%(first)s or %(second)s?"
            ),
            first=choices[0].astimezone(zone).isoformat(),
            second=choices[1].astimezone(zone).isoformat(),
        )


_YEARS = range(1970, 3000)
_DATE_AND_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}")
_WITH_ZONE = re.compile(r"(?P<local>[^\[\]]+)\[(?P<zone>[A-Za-z0-9_+/-]{1,60})\]")


def read_moment(text: str) -> datetime:
    """A moment in UTC from ISO 8601 with an offset, or a local time with its [zone].

    Raises BadMoment: NoZone, or Ambiguous with both moments to choose from.

    >>> read_moment("2026-10-24T10:00+02:00").isoformat()
    '2026-10-24T08:00:00+00:00'
    >>> read_moment("2026-07-01T10:00[Europe/Paris]").isoformat()
    '2026-07-01T08:00:00+00:00'
    """
    named = _WITH_ZONE.fullmatch(text.strip())
    moment = _parse(named["local"].rstrip() if named else text.strip())
    if named and moment.tzinfo is None:
        return local_moment(moment, _zone(named["zone"]))
    if moment.tzinfo is None:
        raise NoZone(moment)
    return moment.astimezone(UTC)


def local_moment(local: datetime, zone: ZoneInfo) -> datetime:
    """The moment in UTC of a local time without zone. Raises BadMoment, Ambiguous.

    >>> local_moment(datetime(2026, 10, 25, 2, 30), ZoneInfo("Europe/Paris"))
    Traceback (most recent call last):
    ...
    incidents.law.moments.Ambiguous: The clocks go back then, so this time comes twice. \
Which one is it: 2026-10-25T02:30:00+02:00 or 2026-10-25T02:30:00+01:00?
    """
    first, second = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first < second:
        raise Ambiguous((first, second), zone)
    if first > second:
        raise BadMoment(
            N_(
                "The clocks go forward then, so %(local)s does not exist. Give the time before "
                "or after."
            ),
            local=local.isoformat(sep=" ", timespec="minutes"),
        )
    return first


def _parse(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text) if _DATE_AND_TIME.match(text) else None
    except ValueError:
        moment = None
    if moment is not None and moment.year in _YEARS:
        return moment
    raise BadMoment(
        N_("This is no date and time. Write it like %(example)s."), example="2026-10-24T10:00+02:00"
    )


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadMoment(
            N_("This is no time zone. Write it like %(example)s."), example="Europe/Paris"
        ) from None
