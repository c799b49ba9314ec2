"""Reminders that do not stop: what is due and was not said yet goes out, once, to whom it may
concern.

The rows decide, not the hour at which the job runs: after a night without a worker each missed
reminder goes once and says that it is late. Its words are made when it leaves (`post.freshen`),
so that a mail that waited for the server never says a wrong number of hours.
"""

from datetime import datetime

from sqlalchemy import select

from incidents.audit import record
from incidents.db import db, now
from incidents.law.reminders import Step, is_late, owed
from incidents.models import Chain, Incident
from notifications import jobs, post
from notifications.compose import AUTOMATIC
from notifications.models import Mail, Reminder
from notifications.reminders import clocks, links, words
from notifications.reminders.clocks import Clock

KIND = "reminder"


@jobs.periodic(60)
def remind() -> int:
    """Queue every reminder that is due and was not sent. Commits after each incident.

    Returns how many mails were queued. Safe to run twice, and beside another.
    """
    at, last, queued = now(), 0, 0
    while incidents := clocks.page(last):
        last = incidents[-1].id
        waiting = [incident.id for incident, *_rest in due(incidents, at)]
        db.session.commit()  # nothing is held while there is nothing to do
        for number in dict.fromkeys(waiting):
            queued += _remind_of(number, at)
            db.session.commit()
    db.session.commit()
    return queued


def due(incidents: list[Incident], at: datetime) -> list[tuple[Incident, Clock, Step]]:
    """The reminders of these incidents that are owed now, in the order of their moments."""
    begun = clocks.beginnings(incidents)
    running = [
        (incident, clock, clock.steps(at))
        for incident in incidents
        for clock in clocks.of(incident, begun.get(incident.id))
    ]
    keys = {step.key for _incident, _clock, steps in running for step in steps}
    query = select(Reminder.incident_id, Reminder.kind, Reminder.anchor, Reminder.step)
    here = Reminder.incident_id.in_([incident.id for incident in incidents])
    sent = {tuple(row) for row in db.session.execute(query.where(here, Reminder.step.in_(keys)))}
    found = []
    for incident, clock, steps in running:
        name = (incident.id, clock.kind, clock.anchor)
        said = {step.key for step in steps if (*name, step.key) in sent}
        found += [(incident, clock, step) for step in owed(steps, clock.since, at, said)]
    return sorted(found, key=lambda one: one[2].at)


def _remind_of(number: int, at: datetime) -> int:
    """Queue what is owed for one incident, and write it into the file. No commit."""
    # The end of the chain is held first: a second worker waits here, and then finds it done.
    db.session.execute(select(Chain.n).where(Chain.id == 1).with_for_update())
    incident = db.session.get_one(Incident, number)
    queued = 0
    for _incident, clock, step in due([incident], at):
        people = clocks.circle(incident, step.circle)
        late = is_late(step.at, at)
        for user in people:
            reminder = Reminder(
                incident=incident,
                kind=clock.kind,
                anchor=clock.anchor,
                step=step.key,
                user=user,
                planned_at=step.at,
                queued_at=at,
                late=late,
            )
            db.session.add(reminder)
            db.session.flush()
            said = words.mail(reminder, clock, at)
            mail = post.queue_mail(KIND, user.email, said.subject, said.text, at, headers=AUTOMATIC)
            reminder.mail_id = mail.id
        if people:
            record(
                "reminder.sent_late" if late else "reminder.sent",
                by="worker",
                at=at,
                incident=incident,
                kind=clock.kind,
                planned=step.at,
                step=step.key,
                people=len(people),
            )
        queued += len(people)
    return queued


def freshen(mail: Mail, at: datetime) -> bool:
    """Bring a reminder that is about to leave up to this moment; False when it is over. No commit.

    A mail can have waited for its server for hours, and say by then what is not true any more.
    """
    reminder = db.session.scalar(select(Reminder).where(Reminder.mail_id == mail.id))
    clock = links.clock_of(reminder) if reminder else None
    if reminder is None or clock is None:
        return False
    reminder.late = is_late(reminder.planned_at, at)
    said = words.mail(reminder, clock, at)
    mail.content = {**(mail.content or {}), "subject": said.subject, "text": said.text}
    return True


post.freshen[KIND] = freshen
