"""Which clocks run, for which incident, since when, and who is answerable for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import load_only, selectinload

from incidents.actions.duties import RULES
from incidents.db import db
from incidents.law import reminders as schedule
from incidents.models import Decision, Duty, Entry, Incident, User
from incidents.pages import organisation

AWARE = "aware"  # not a duty: somebody has to say when we became aware
AWARE_RULE = "EDPB Guidelines 9/2022, II.A.2"
PRESSING = timedelta(hours=24)
# By these a clock begins, or begins anew: what had passed before them was nobody's to miss.
BEGINNINGS = ("awareness.stated", "awareness.changed", "duty.reopened", "incident.reopened")


@dataclass(frozen=True)
class Clock:
    """One thing that is due. `kind` is that of a duty, or AWARE; `decided`: a duty stands behind
    it; `since`: when it was first known to run. `due_at` None: the law names no hour."""

    incident: Incident
    kind: str
    rule: str
    start: datetime
    due_at: datetime | None
    since: datetime
    decided: bool = True

    @property
    def anchor(self) -> datetime:
        """What its steps are counted from."""
        return self.due_at or self.start

    def pressing(self, now: datetime) -> tuple[int, datetime]:
        """By this clocks are sorted, the worst first: what is late or due within a day by its
        hour; then what has none, the oldest first; then the rest."""
        if self.due_at is None:
            return 1, self.start
        return (0 if self.due_at - now <= PRESSING else 2), self.due_at

    def steps(self, now: datetime) -> list[schedule.Step]:
        """Its reminders that have come by `now`."""
        if self.kind == AWARE:
            return schedule.until_aware(self.start, now)
        if self.due_at is None:
            return schedule.daily(self.start, now)
        return schedule.before_due(self.start, self.due_at, now)


def of(incident: Incident, begun: datetime | None = None) -> list[Clock]:
    """The clocks of one incident. `begun`: see `beginnings`.

    The authority's runs from awareness, before any decision (GDPR Art. 33(1)).
    """
    if incident.stage == "closed":
        return []
    begun = begun or incident.opened_at
    found = []
    if incident.aware_at is None:
        start = incident.alerted_at or incident.opened_at
        found.append(Clock(incident, AWARE, AWARE_RULE, start, None, begun, decided=False))
    own = [duty for duty in incident.duties if duty.is_open]
    undecided = not any(duty.kind == "authority" for duty in own)
    if undecided and incident.aware_at and incident.next_due_at:
        due, aware = incident.next_due_at, incident.aware_at
        rule = RULES["authority"]
        found.append(Clock(incident, "authority", rule, aware, due, begun, decided=False))
    return found + [_of_duty(incident, duty, begun) for duty in own]


def _of_duty(incident: Incident, duty: Duty, begun: datetime) -> Clock:
    start, since = duty.opened_at, max(begun, duty.opened_at)
    if duty.kind == "authority" and incident.aware_at:
        start = incident.aware_at
        # It ran before it was decided on, unless it had been decided that it need not be met.
        if all(decision.authority for decision in incident.decisions):
            since = begun
    return Clock(incident, duty.kind, duty.rule, start, duty.due_at, since)


def beginnings(incidents: Sequence[Incident]) -> dict[int, datetime]:
    """When the clocks of these incidents last began, by number; from the file, by one query."""
    query = (
        select(Entry.incident_id, func.max(Entry.n))
        .where(Entry.incident_id.in_([one.id for one in incidents]), Entry.verb.in_(BEGINNINGS))
        .group_by(Entry.incident_id)
    )
    last = {row[1]: row[0] for row in db.session.execute(query) if row[0]}
    moments = select(Entry.n, Entry.at).where(Entry.n.in_(list(last)))
    return {last[row[0]]: row[1] for row in db.session.execute(moments)}


def _open() -> Select[Incident]:
    return (
        select(Incident)
        .where(Incident.closed_at.is_(None))
        .options(
            load_only(
                Incident.uid,
                Incident.reference,
                Incident.stage,
                Incident.owner_id,
                Incident.opened_at,
                Incident.alerted_at,
                Incident.aware_at,
                Incident.next_due_at,
            ),
            selectinload(Incident.duties).load_only(
                Duty.kind, Duty.rule, Duty.opened_at, Duty.due_at, Duty.met_at, Duty.withdrawn_at
            ),
            selectinload(Incident.decisions).load_only(Decision.authority),
        )
    )


def page(after: int, limit: int = 100) -> list[Incident]:
    """Open incidents by number, without their words, to go through all of them in pieces."""
    query = _open().where(Incident.id > after).order_by(Incident.id).limit(limit)
    return list(db.session.scalars(query))


def of_person(user: User, now: datetime, limit: int = 100) -> list[Clock]:
    """The clocks that are this person's to see to, the most pressing first: of the incidents they
    own; for a controller and the deputy, of all. From `limit` incidents at most."""
    query = _open().order_by(Incident.next_due_at.is_(None), Incident.next_due_at, Incident.id)
    if not (user.is_controller or organisation().deputy_id == user.id):
        query = query.where(Incident.owner_id == user.id)
    incidents = list(db.session.scalars(query.limit(limit)))
    return sorted(
        (clock for one in incidents for clock in of(one)), key=lambda one: one.pressing(now)
    )


def circle(incident: Incident, width: int) -> list[User]:
    """Who is reminded: the owner; wider, every controller, too; wider still, the deputy.

    An incident without an owner who can log in is the controllers' from the beginning.
    """
    active = select(User).where(User.active.is_(True))
    owner = db.session.scalar(active.where(User.id == incident.owner_id))
    found = [owner] if owner else []
    if width >= schedule.CONTROLLERS or owner is None:
        found += db.session.scalars(active.where(User.role == "controller").order_by(User.id))
    if width >= schedule.DEPUTY:
        found += db.session.scalars(active.where(User.id == organisation().deputy_id))
    return list(dict.fromkeys(found))
