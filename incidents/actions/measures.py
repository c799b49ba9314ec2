"""What is done about a breach: proposed, done, its effect checked, or dropped with a reason.

GDPR Art. 33(3)(d): measures taken or proposed, also those that lessen what people may suffer.
"""

import secrets
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _

from incidents.audit import record
from incidents.db import db
from incidents.intake import clean
from incidents.models import Incident, Measure, User
from incidents.refusal import Refused, Stale

FIELDS = ("text", "owner_id", "due_on", "done_on", "checked_on", "effect")


def add(
    incident: Incident, words: dict[str, Any], by: User, at: datetime, uid: str | None = None
) -> Measure:
    """Add a measure. `words` holds any of FIELDS; `text` is needed. `uid`: 16 hex digits nobody
    else has, by default new ones."""
    _open(incident)
    words = _checked(words, at)
    measure = Measure(uid=uid or secrets.token_hex(8), incident=incident)
    for name, value in words.items():
        setattr(measure, name, value)
    db.session.add(measure)
    incident.changed_at = at
    db.session.flush()
    record("measure.added", by=by, at=at, incident=incident, measure=measure.id, text=measure.text)
    return measure


def edit(
    measure: Measure, words: dict[str, Any], seen: int | None, by: User, at: datetime
) -> list[str]:
    """Change a measure; `seen` is the version that was on the page. Returns what changed."""
    _open(measure.incident)
    if seen != measure.version:
        raise Stale(
            _(
                "Somebody changed this while you were writing. Nothing was overwritten: "
                "compare both below, then save again."
            )
        )
    words = _checked(words, at)
    old = {name: getattr(measure, name) for name in words}
    new = {name: value for name, value in words.items() if old[name] != value}
    for name, value in new.items():
        setattr(measure, name, value)
    if new:
        measure.incident.changed_at = at
        done = "done_on" in new and new["done_on"] is not None
        record(
            "measure.done" if done else "measure.edited",
            by=by,
            at=at,
            incident=measure.incident,
            measure=measure.id,
            text=measure.text,
            old={name: old[name] for name in new},
            new=new,
        )
    return list(new)


def drop(measure: Measure, reason: str | None, by: User, at: datetime) -> None:
    """Let a measure go, with the reason why. It stays in the file."""
    _open(measure.incident)
    if measure.dropped:
        raise Refused(_("This measure is dropped already."))
    if not clean(reason):
        raise Refused(_("Say why this measure is dropped."))
    measure.dropped, measure.incident.changed_at = True, at
    record(
        "measure.dropped",
        by=by,
        at=at,
        incident=measure.incident,
        measure=measure.id,
        text=measure.text,
        reason=clean(reason),
    )


def take_up(measure: Measure, by: User, at: datetime) -> None:
    """Take a dropped measure up again."""
    _open(measure.incident)
    if not measure.dropped:
        raise Refused(_("This measure is not dropped."))
    measure.dropped, measure.incident.changed_at = False, at
    record(
        "measure.taken_up",
        by=by,
        at=at,
        incident=measure.incident,
        measure=measure.id,
        text=measure.text,
    )


def _open(incident: Incident) -> None:
    if incident.stage == "closed":
        raise Refused(_("%(ref)s is closed. Reopen it first.", ref=incident.reference))


def _checked(words: dict[str, Any], at: datetime) -> dict[str, Any]:
    """The words made safe to keep; refused when they cannot be true."""
    words = {name: words[name] for name in FIELDS if name in words}
    for name in ("text", "effect"):
        if name in words:
            words[name] = clean(words[name])
    if not words.get("text"):
        raise Refused(_("Say what is done, or will be done."))
    done, checked = words.get("done_on"), words.get("checked_on")
    if checked and not done:
        raise Refused(_("Its effect can be checked once it is done. Give the day it was done."))
    if checked and done and checked < done:
        raise Refused(_("The effect was checked before it was done. Correct one of the days."))
    if checked and not words.get("effect"):
        raise Refused(_("Say what the check showed."))
    # A day ahead of UTC is today somewhere; the form compares with the organisation's own day.
    for day in (done, checked):
        if isinstance(day, date) and (day - at.date()).days > 1:
            raise Refused(_("This day lies in the future."))
    return words
