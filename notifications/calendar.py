"""Each person's open clocks as a calendar feed (RFC 5545) at a secret address.

References, rules and moments only: a calendar is copied to servers that are not ours. What was
met or withdrawn is not in the feed any more, so it leaves the calendar at its next reading.
"""

import hmac
import re
import secrets
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from flask_babel import force_locale
from flask_babel import gettext as _

from incidents.audit import record
from incidents.citations import cite
from incidents.db import db
from incidents.models import User
from incidents.pages import organisation, zone
from notifications.reminders import clocks, links, words
from notifications.reminders.clocks import Clock

OCTETS = 75  # in a line, RFC 5545 section 3.1
ALARMS = ("-P1D", "-PT12H", "-PT2H")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")


def token(user: User) -> str | None:
    """The secret of a person's calendar address; None when they have none."""
    if user.calendar_salt is None:
        return None
    return f"{user.id}-{links.secret(b'calendars', f'{user.id} {user.calendar_salt}', 40)}"


def renew(user: User, at: datetime) -> None:
    """Give a person a new address; an earlier one stops at once. No commit."""
    user.calendar_salt = secrets.token_hex(16)
    record("account.calendar_renewed", by=user, at=at, account=user.id)


def switch_off(user: User, at: datetime) -> None:
    """Let a person's address lead nowhere. No commit."""
    if user.calendar_salt is not None:
        user.calendar_salt = None
        record("account.calendar_ended", by=user, at=at, account=user.id)


def owner(text: str) -> User | None:
    """Whose calendar a genuine token opens; None for any other, and for a closed account."""
    number = text.partition("-")[0]
    if not (text.isascii() and number.isdigit() and len(number) < 10):
        return None
    user = db.session.get(User, int(number))
    known = token(user) if user and user.active else None
    return user if known and hmac.compare_digest(text, known) else None


def feed(user: User, at: datetime) -> bytes:
    """The calendar of a person at a moment, in their language."""
    with force_locale(words.language(user)):
        name = _("Deadlines: %(organisation)s", organisation=organisation().name or "Tocsin")
        lines = [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//Tocsin//Deadlines//EN",
            "CALSCALE:GREGORIAN",
            f"X-WR-CALNAME:{escaped(name)}",
            "REFRESH-INTERVAL;VALUE=DURATION:PT15M",
            "X-PUBLISHED-TTL:PT15M",
        ]
        for clock in clocks.of_person(user, at):
            lines += _event(clock, at)
    lines.append("END:VCALENDAR")
    return written(lines)


def _event(clock: Clock, at: datetime) -> Iterator[str]:
    reference = clock.incident.reference
    yield "BEGIN:VEVENT"
    # The same as long as the clock runs, whatever moment it runs to.
    yield f"UID:{clock.incident.uid}-{clock.kind}@tocsin"
    yield f"DTSTAMP:{_utc(at)}"
    if clock.due_at is not None:
        yield f"DTSTART:{_utc(clock.due_at)}"
    else:  # no hour in the law: today, each day anew
        today = at.astimezone(zone()).date()
        yield f"DTSTART;VALUE=DATE:{today:%Y%m%d}"
        yield f"DTEND;VALUE=DATE:{today + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{escaped(f'[{reference}] {words.errand(clock, at)}')}"
    yield f"DESCRIPTION:{escaped(f'{words.sentence(clock, at)} {cite(clock.rule)}')}"
    yield f"URL:{words.page_of(clock)}"
    yield "TRANSP:TRANSPARENT"
    for trigger in ALARMS if clock.due_at is not None else ():
        yield "BEGIN:VALARM"
        yield "ACTION:DISPLAY"
        yield f"DESCRIPTION:{escaped(f'[{reference}] {words.errand(clock, at)}')}"
        yield f"TRIGGER:{trigger}"
        yield "END:VALARM"
    yield "END:VEVENT"


def _utc(moment: datetime) -> str:
    return f"{moment:%Y%m%dT%H%M%SZ}"


def escaped(text: str) -> str:
    """A text as a value, RFC 5545 section 3.3.11: no control characters, line ends as \\n.

    >>> escaped("a,b;c\\r\\nd")
    'a\\\\,b\\\\;c\\\\nd'
    """
    text = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return text.replace("\n", "\\n")


def written(lines: Iterable[str]) -> bytes:
    """Lines as they go over the wire: folded at 75 octets between letters, each ended by CRLF.

    >>> [len(line) for line in written(["X:" + "é" * 60]).split(b"\\r\\n")]
    [74, 49, 0]
    """
    return b"".join(_folded(line) + b"\r\n" for line in lines)


def _folded(line: str) -> bytes:
    parts, part = [], b""
    for letter in line:
        raw = letter.encode()
        if len(part) + len(raw) > OCTETS:
            parts.append(part)
            part = b" "
        part += raw
    return b"\r\n".join((*parts, part))
