"""What the clock of an incident shows: the time left to tell the authority, GDPR Art. 33(1).

The clock runs from awareness, before any decision, and beside every stage. It stops when the
authority was told, or when the controller decided that it need not be.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _

from incidents import pages
from incidents.actions.duties import due
from incidents.law.clock import derivation
from incidents.models import Duty, Incident

AMBER = timedelta(hours=24)
RED = timedelta(hours=6)
NAG = timedelta(hours=24)
BEFORE = -0.2  # where the alert stands when it came before awareness: a place, not a measure


@dataclass(frozen=True)
class Face:
    """What the macro `clock` draws. `now`, `alert`, `told`: 0 is awareness, 1 the due moment.

    `state` is none, calm, amber, red, late, met or not_due; `nag` a sentence when nobody has
    said yet when we became aware.
    """

    state: str
    words: str
    due_words: str
    derivation: str | None = None
    now: float | None = None
    alert: float | None = None
    told: float | None = None
    due_at: datetime | None = None
    hours: int = 72
    nag: str | None = None


def face(incident: Incident, now: datetime, size: str = "large") -> Face:
    """The clock of an incident at a moment. `size` "small" has shorter words, for lists."""
    if incident.aware_at is None:
        return _unaware(incident, now, size)
    due_at = due(incident, "authority")
    assert due_at is not None  # there is a due moment as soon as there is awareness
    duty = _authority(incident)
    if duty is not None and duty.met_at is not None:
        return _met(incident, duty, due_at, size)
    decided_no = incident.decision is not None and not incident.decision.authority
    if decided_no or (duty is not None and duty.withdrawn_at is not None):
        return Face(
            "not_due",
            _("The authority need not be told"),
            "" if size == "small" else _("The reasons are in the file (GDPR Art. 33(5))."),
        )
    return _running(incident, due_at, now, size)


def length(span: timedelta) -> str:
    """A length of time in words: hours and minutes, from three days on days and hours."""
    minutes = int(abs(span).total_seconds()) // 60
    if minutes >= 72 * 60:
        return _("%(days)s d %(hours)s h", days=minutes // 1440, hours=minutes % 1440 // 60)
    return _("%(hours)s h %(minutes)s min", hours=minutes // 60, minutes=f"{minutes % 60:02d}")


def _authority(incident: Incident) -> Duty | None:
    """The authority's duty that counts: the one still open, else the newest."""
    own = [duty for duty in incident.duties if duty.kind == "authority"]
    return next((duty for duty in own if duty.is_open), own[-1] if own else None)


def _unaware(incident: Incident, now: datetime, size: str) -> Face:
    alert = incident.alerted_at
    if alert is None:
        return Face(
            "none", _("The clock has not started"), _("Nobody has said yet when we became aware.")
        )
    passed = length(now - alert)
    if size == "small":
        due_words = _("First alert %(time)s ago", time=passed)
    else:
        due_words = _(
            "First alert %(time)s ago. Nobody has said yet when we became aware.", time=passed
        )
    nag = None
    if now - alert > NAG:
        nag = _(
            "More than a day has passed since the first alert. A short check is allowed, but it "
            "cannot wait: say when we became aware, or write down why it is not certain yet."
        )
    return Face("none", _("The clock has not started"), due_words, alert=BEFORE, nag=nag)


def _met(incident: Incident, duty: Duty, due_at: datetime, size: str) -> Face:
    told, limit = duty.met_at, duty.due_at or due_at
    assert told is not None and incident.aware_at is not None
    style = "short" if size == "small" else "full"
    if told > limit:
        words = _("The authority was told %(time)s late", time=length(told - limit))
        due_words = _(
            "Told on %(when)s. The reasons for the delay are in the file.",
            when=pages.moment(told, style),
        )
    else:
        words = _("The authority was told in time")
        due_words = _(
            "Told on %(when)s, with %(time)s left.",
            when=pages.moment(told, style),
            time=length(limit - told),
        )
    return Face(
        "met",
        words,
        due_words,
        told=_way(incident, told, limit),
        now=_way(incident, told, limit),
        alert=_alert(incident),
        hours=_hours(incident, limit),
        derivation=_derived(incident, size),
    )


def _running(incident: Incident, due_at: datetime, now: datetime, size: str) -> Face:
    left = due_at - now
    when = pages.moment(due_at, "short" if size == "small" else "full")
    if left < timedelta(0):
        state, words = "late", _("Late by %(time)s", time=length(left))
        due_words = _(
            "It was due on %(when)s. Tell the authority now, with the reasons for the delay.",
            when=when,
        )
        if size == "small":
            due_words = _("It was due on %(when)s", when=when)
    else:
        state = "calm" if left > AMBER else "amber" if left > RED else "red"
        words = _("%(time)s left", time=length(left))
        due_words = (
            _("Due on %(when)s", when=when)
            if size == "small"
            else _("Tell the authority by %(when)s, unless a risk to people is unlikely", when=when)
        )
        if _authority(incident) is not None and size != "small":
            due_words = _("Tell the authority by %(when)s", when=when)
    return Face(
        state,
        words,
        due_words,
        now=_way(incident, now, due_at),
        alert=_alert(incident),
        due_at=due_at,
        hours=_hours(incident, due_at),
        derivation=_derived(incident, size),
    )


def _way(incident: Incident, moment: datetime, due_at: datetime) -> float:
    assert incident.aware_at is not None
    return (moment - incident.aware_at) / (due_at - incident.aware_at)


def _alert(incident: Incident) -> float | None:
    alert, aware = incident.alerted_at, incident.aware_at
    return BEFORE if alert is not None and aware is not None and alert < aware else None


def _hours(incident: Incident, due_at: datetime) -> int:
    assert incident.aware_at is not None
    return round((due_at - incident.aware_at) / timedelta(hours=1))


def _derived(incident: Incident, size: str) -> str | None:
    if size == "small" or incident.aware_at is None:
        return None
    steps = derivation(incident.aware_at, pages.zone())
    return " ".join(_(step.text, **step.params) for step in steps)
