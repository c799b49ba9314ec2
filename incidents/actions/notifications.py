"""What the authority is told: prepared, frozen as a numbered version, and marked as sent."""

from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from incidents.actions import duties
from incidents.audit import record
from incidents.db import db
from incidents.intake import clean, one_line
from incidents.models import Duty, Incident, Notification, User
from incidents.notification import form_of, next_phase
from incidents.notification.case import Case
from incidents.notification.frozen import ABOUT, content, fingerprint, last
from incidents.refusal import Refused, Stale


def prepare(incident: Incident, answers: dict[str, Any], by: User, at: datetime) -> list[str]:
    """Keep what the authority asks beside the facts, by question. Returns what really changed."""
    if incident.stage == "closed":
        raise Refused(_("%(ref)s is closed. Reopen it first.", ref=incident.reference))
    given = {key: value for key, value in answers.items() if value not in (None, "", [])}
    was = incident.filing or {}
    changed = sorted(key for key in was.keys() | given.keys() if was.get(key) != given.get(key))
    if changed:
        incident.filing, incident.changed_at = given or None, at
        old = {key: was.get(key) for key in changed}
        new = {key: given.get(key) for key in changed}
        record("notification.prepared", by=by, at=at, incident=incident, given=new, before_it=old)
    return changed


def freeze(case: Case, by: User, seen: int) -> Notification:
    """Make a numbered version of what the authority is told, which never changes afterwards.

    `seen` is the number of the newest version on the page that was pressed. Pressed twice it is
    one version. Refused while nothing has changed since the last one.
    """
    incident, newest = case.incident, last(case.incident.notifications)
    if not by.is_controller:
        raise Refused(_("Only the controller freezes what the authority is told."))
    if incident.stage == "closed":
        raise Refused(_("%(ref)s is closed. Reopen it first.", ref=incident.reference))
    number = newest.number if newest else 0
    made = content(case, form_of(incident, case.at), number + 1)
    if newest and _same(made, newest.content):
        if seen == number:
            raise Refused(
                _("Nothing has changed since version %(n)s. There is nothing to add.", n=number)
            )
        return newest
    if seen != number:
        raise Stale(_("Somebody has frozen a version meanwhile. Look at it first."))
    _fits(case)
    row = Notification(
        number=number + 1, phase=case.phase, made_at=case.at, by=by, sha256=fingerprint(made)
    )
    row.content = made
    incident.notifications.append(row)
    incident.changed_at = case.at
    db.session.flush()
    record(
        "notification.frozen",
        by=by,
        at=case.at,
        incident=incident,
        kind=case.phase,
        number=row.number,
        sha256=row.sha256,
        why=case.why,
    )
    return row


def _same(made: dict[str, Any], kept: dict[str, Any] | None) -> bool:
    def said(one: dict[str, Any]) -> tuple[Any, ...]:
        values = {key: value for key, value in one["values"].items() if key not in ABOUT}
        return one["why"], values, one["form"], one["authority"], one["phase"] == "withdrawal"

    return kept is not None and said(made) == said(kept)


def _fits(case: Case) -> None:
    sent = case.first is not None
    if case.phase == "withdrawal":
        if not sent:
            raise Refused(_("There is nothing to withdraw: no version was sent."))
        if not one_line(case.why):
            raise Refused(_("Say why it was no breach after all."))
    elif case.phase != next_phase(case.incident):
        raise Stale(_("Another version was sent meanwhile. Look at it first."))


def mark_sent(
    version: Notification,
    at: datetime,
    reference: str | None,
    by: User,
    now: datetime,
    late: str | None = None,
) -> None:
    """Say that a version was filed at `at`, and under which number of the authority.

    The first one meets the duty of Art. 33(1), and needs the reasons when it was late.
    """
    incident = version.incident
    if not by.is_controller:
        raise Refused(_("Only the controller says what was sent."))
    if version.sent_at is not None:
        raise Refused(_("This version is marked as sent already."))
    if at > now:
        raise Refused(_("The moment lies in the future. Give the moment at which it was done."))
    number = one_line(reference, 200)
    if not number:
        raise Refused(_("Give the number that the authority gave it."))
    first = not any(one.sent_at for one in incident.notifications)
    if version.phase == "initial" and not first:
        raise Refused(_("An initial notification was sent already. Freeze a complementary one."))
    version.sent_at, version.reference, incident.changed_at = at, number, now
    record(
        "notification.sent",
        by=by,
        at=now,
        incident=incident,
        kind=version.phase,
        number=version.number,
        sent_at=at,
        reference=number,
        sha256=version.sha256,
    )
    duty = _duty(incident, by, now) if first else None
    if duty is not None:
        proof = _("Notification version %(n)s, number %(number)s", n=version.number, number=number)
        duties.meet(duty, at, proof, by, now, late=clean(late) or None)


def _duty(incident: Incident, by: User, at: datetime) -> Duty | None:
    """The duty that the first notification meets; opened now if it was sent before a decision."""
    own = [duty for duty in incident.duties if duty.kind == "authority"]
    if any(duty.met_at for duty in own):
        return None
    return duties.open_duty(incident, "authority", by, at)
