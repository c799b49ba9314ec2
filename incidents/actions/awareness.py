"""When the controller became aware: argued, kept, and never silently changed.

Aware means a reasonable degree of certainty that a security incident has compromised personal
data (EDPB Guidelines 9/2022, II.A.2). A short check after the first alert is allowed before.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from incidents.actions import duties
from incidents.audit import record
from incidents.intake import clean
from incidents.models import Incident, User
from incidents.refusal import Refused

LONG_CHECK = timedelta(hours=24)


class Doubtful(Refused):
    """A moment that can be right, but is often a slip. Saying it once more, `sure`, sets it."""


def doubts(alerted_at: datetime | None, moment: datetime, zone: ZoneInfo) -> list[str]:
    """Why a moment of awareness should be looked at twice; translated sentences, maybe none."""
    found = []
    if alerted_at is not None and moment - alerted_at > LONG_CHECK:
        hours = int((moment - alerted_at).total_seconds() // 3600)
        found.append(
            _(
                "It lies %(hours)s hours after the first alert. A short check is allowed, but it "
                "must begin at once: your argument should say what took so long "
                "(EDPB Guidelines 9/2022, II.A.2).",
                hours=hours,
            )
        )
    if moment.astimezone(zone).minute == 0:
        found.append(
            _(
                "It is a full hour. Full hours are often guessed: a mail, a call or a ticket may "
                "show the minute."
            )
        )
    return found


def state(
    incident: Incident,
    moment: datetime,
    reason: str | None,
    by: User,
    at: datetime,
    *,
    zone: ZoneInfo,
    sure: bool = False,
    why_changed: str | None = None,
) -> None:
    """Say when the controller became aware, and what made it certain then.

    A moment already stated changes only with `why_changed`; the file keeps both values. Open
    duties get their new due moment. Raises Doubtful until `sure`, Refused for what cannot be.
    """
    if incident.stage == "closed":
        raise Refused(_("%(ref)s is closed. Reopen it first.", ref=incident.reference))
    reason, why_changed = clean(reason), clean(why_changed)
    if moment > at:
        raise Refused(_("The moment lies in the future. Give the moment at which it was certain."))
    if incident.noticed_at is not None and moment < incident.noticed_at:
        raise Refused(
            _("Nobody had noticed anything by then. Correct this moment, or when it was noticed.")
        )
    if not reason:
        raise Refused(_("Say what made it certain then."))
    was, argued = incident.aware_at, incident.aware_reason
    if (was, argued) == (moment, reason):
        return
    if was is not None and not why_changed:
        raise Refused(_("Say why this is changed. The earlier words stay in the file."))
    if moment != was and not sure and (found := doubts(incident.alerted_at, moment, zone)):
        raise Doubtful(_("Look at this moment once more before it is kept."), found)
    incident.aware_at, incident.aware_reason = moment, reason
    incident.changed_at = at
    record(
        "awareness.stated" if was is None else "awareness.changed",
        by=by,
        at=at,
        incident=incident,
        old=was,
        new=moment,
        argued=argued,
        reason=reason,
        why=why_changed,
        sure=sure,
    )
    duties.recompute(incident, by, at)
