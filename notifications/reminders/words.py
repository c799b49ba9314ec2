"""What a reminder says: what is due, how long there is, one link, the rule. No personal data."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from textwrap import fill

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from incidents import pages
from incidents.citations import cite
from incidents.models import User
from incidents.pages import LANGUAGES, organisation
from incidents.workflow import STAGE_NAMES
from notifications.models import Reminder
from notifications.reminders import clocks, links
from notifications.reminders.clocks import AWARE, Clock

SOON = timedelta(minutes=5)  # around a full hour the hour itself is said
OTHERS = 10


@dataclass(frozen=True)
class Words:
    """A mail, in the language of who gets it."""

    subject: str
    text: str


def language(user: User) -> str:
    """The language a person gets mail in."""
    known = user.language if user.language in LANGUAGES else None
    return known or pages.own_language()


def length(span: timedelta) -> str:
    """A length of time in few words: minutes, hours, from four days on days.

    Counted down to the full hour, with five minutes of grace: 11 h 58 min are 12 h.
    """
    minutes = int((abs(span) + SOON).total_seconds()) // 60
    if minutes < 60:
        return _("%(n)s min", n=int(abs(span).total_seconds()) // 60)
    if minutes < 96 * 60:
        return _("%(n)s h", n=minutes // 60)
    return _("%(n)s days", n=minutes // 1440)


def headline(clock: Clock, at: datetime) -> str:
    """The clock in a line: for a subject, a list, a calendar."""
    if clock.kind == AWARE:
        return _(
            "Say when we became aware: first alert %(time)s ago", time=length(at - clock.start)
        )
    if clock.due_at is None:
        open_for = length(at - clock.start)
        if clock.kind == "subjects":
            return _("Tell the people concerned: due for %(time)s", time=open_for)
        return _("A duty is open for %(time)s (%(rule)s)", time=open_for, rule=cite(clock.rule))
    left = clock.due_at - at
    named = clock.kind == "authority"
    if abs(left) < SOON:
        return (
            _("Tell the authority now") if named else _("Due now: %(rule)s", rule=cite(clock.rule))
        )
    if left < timedelta(0):
        if named:
            return _("%(time)s late: tell the authority now", time=length(left))
        return _("%(time)s late: %(rule)s", time=length(left), rule=cite(clock.rule))
    if named:
        return _("%(time)s left to tell the authority", time=length(left))
    return _("%(time)s left: %(rule)s", time=length(left), rule=cite(clock.rule))


def errand(clock: Clock, at: datetime) -> str:
    """What is to be done, without the time left: for a calendar, which shows when."""
    if clock.kind == AWARE:
        return _("Say when we became aware")
    if clock.kind not in ("authority", "subjects"):
        return _("A duty is open: %(rule)s", rule=cite(clock.rule))
    if clock.kind == "subjects":
        return _("Tell the people concerned")
    late = clock.due_at is not None and clock.due_at < at
    return _("Late: tell the authority") if late else _("Tell the authority")


def sentence(clock: Clock, at: datetime) -> str:
    """What is to be done now, and by when."""
    when = pages.moment(clock.due_at)
    if clock.kind == AWARE:
        return _(
            "Say when we became aware, or set the incident aside: until then nobody knows when the "
            "72 hours began."
        )
    if clock.kind == "subjects" and clock.due_at is None:
        return _("Tell the people concerned without undue delay. The law names no hour.")
    if clock.kind != "authority" or clock.due_at is None:
        return _("A duty of this incident is open. Meet it, or say why it is not due any more.")
    if clock.due_at <= at:
        return _(
            "It was due by %(when)s. Tell the authority now, with the reasons for the delay.",
            when=when,
        )
    if clock.decided:
        return _("Tell the authority by %(when)s.", when=when)
    return _(
        "Decide, and tell the authority by %(when)s, unless a risk to people is unlikely.",
        when=when,
    )


def address(endpoint: str, **values: str) -> str:
    """The whole address of a page of ours, outside a request, too."""
    path = current_app.url_map.bind("").build(endpoint, values)
    return str(current_app.config["SETTINGS"].url + path)


def page_of(clock: Clock) -> str:
    """The address of the page on which this clock is dealt with."""
    endpoint = {AWARE: "incidents.aware", "subjects": "notifications.notices"}.get(clock.kind)
    if clock.kind == "authority" and not clock.decided:
        endpoint = "incidents.decision"
    return address(endpoint or "incidents.show", ref=clock.incident.reference)


def mail(reminder: Reminder, clock: Clock, at: datetime) -> Words:
    """The mail of one reminder as it is true at this moment."""
    user, reference = reminder.user, clock.incident.reference
    tongue = language(user)
    with force_locale(tongue):
        others = [one for one in clocks.of_person(user, at) if not _same(one, clock)]
        rendered = current_app.jinja_env.get_template(f"mail/reminder.{tongue}.txt").render(
            reference=reference,
            headline=headline(clock, at),
            sentence=fill(sentence(clock, at), 72, break_long_words=False),
            link=page_of(clock),
            seen=address("notifications.reminder", token=links.token(reminder)),
            due=pages.moment(clock.due_at) if clock.due_at else "",
            zone=organisation().time_zone,
            begun=pages.moment(clock.start),
            rule=cite(clock.rule),
            stage=_(STAGE_NAMES[clock.incident.stage]),
            planned=pages.moment(reminder.planned_at, "short") if reminder.late else "",
            others=[f"[{one.incident.reference}] {headline(one, at)}" for one in others[:OTHERS]],
            more=len(others) > OTHERS,
        )
    subject, _sep, text = rendered.partition("\n\n")
    return Words(subject.strip(), text)


def test(user: User) -> Words:
    """The mail by which somebody tries whether reminders reach a person."""
    with force_locale(language(user)):
        text = _(
            "This is a test. Reminders of legal deadlines will reach you at this address.\n\n"
            "There is nothing to do."
        )
        return Words(_("Test: reminders reach you here"), f"{text}\n\n{organisation().name}\n")


def _same(one: Clock, other: Clock) -> bool:
    return (one.incident.id, one.kind) == (other.incident.id, other.kind)
