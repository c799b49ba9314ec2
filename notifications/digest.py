"""What changed in the cases somebody follows, told in one mail now and then. No words of a case,
no names, no titles: references, kinds of change, and a link.

Whoever is named in a note, or is given a case, hears of it within minutes; everything else waits
until the hour, or the day, is over.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from flask_babel import force_locale, ngettext
from sqlalchemy import and_, func, or_, select, update

from incidents import wording
from incidents.db import db, now
from incidents.models import Entry, Following, Incident, Report, User
from incidents.seal import Broken
from notifications import jobs, post
from notifications.compose import AUTOMATIC
from notifications.reminders.words import address, language

KIND = "digest"
EVERY = {"hourly": timedelta(hours=1), "daily": timedelta(days=1)}
LINES = 50
# Somebody read, or a machine kept count: no change that a follower wants to hear of.
QUIET = ("_read", ".read", ".exported", "reminder.", ".assessed")
# Kinds of lines in the story, and how a number of them is told.
KINDS: dict[str, Callable[[int], str]] = {
    "report": lambda n: ngettext("one change of a report", "%(num)s changes of reports", n),
    "move": lambda n: ngettext("one step", "%(num)s steps", n),
    "message": lambda n: ngettext("one message", "%(num)s messages", n),
    "decision": lambda n: ngettext("one decision", "%(num)s decisions", n),
    "delivery": lambda n: ngettext("one thing done", "%(num)s things done", n),
    "note": lambda n: ngettext("one note", "%(num)s notes", n),
    "edit": lambda n: ngettext("one edit", "%(num)s edits", n),
}


@dataclass
class Line:
    """What happened to one case since somebody was told last."""

    reference: str
    link: str
    kinds: Counter[str] = field(default_factory=Counter)
    yours: bool = False  # they were named in a note, or the case was given to them


@jobs.periodic(300)
def digest() -> int:
    """Tell everybody who follows a case what changed in it, when their time has come. Commits
    after each. Returns how many mails were queued."""
    at, queued = now(), 0
    wanting = select(User.id).where(
        User.active.is_(True),
        User.digest.in_(EVERY),
        User.id.in_(select(Following.user_id)),
    )
    for number in db.session.scalars(wanting.order_by(User.id)).all():
        queued += _tell(number, at)
        db.session.commit()
    db.session.commit()
    return queued


def _tell(number: int, at: datetime) -> bool:
    user = db.session.get_one(User, number, with_for_update=True)
    newest = db.session.scalar(select(func.max(Entry.n))) or 0
    lines = changes(user)
    due = user.digest_at is None or user.digest_at + EVERY[user.digest] <= at
    if not lines or not (due or any(line.yours for line in lines)):
        return False
    subject, text = words(user, lines)
    post.queue_mail(KIND, user.email, subject, text, at, headers=AUTOMATIC)
    told = update(Following).where(Following.user_id == user.id).values(told_n=newest)
    db.session.execute(told.execution_options(synchronize_session=False))
    user.digest_at = at
    return True


def changes(user: User) -> list[Line]:
    """What others did, since they were told last, with the cases somebody follows."""
    same = or_(
        Entry.incident_id == Following.incident_id,
        and_(Entry.incident_id.is_(None), Entry.report_id == Following.report_id),
        and_(Following.report_id.is_not(None), Entry.report_id == Following.report_id),
    )
    query = (
        select(Entry, Following.incident_id, Following.report_id)
        .join(Following, and_(Following.user_id == user.id, Entry.n > Following.told_n, same))
        .where(Entry.actor != f"user:{user.id}")
        .order_by(Entry.n)
        .limit(2_000)
    )
    lines: dict[tuple[int | None, int | None], Line] = {}
    for entry, incident, report in db.session.execute(query):
        if any(part in entry.verb for part in QUIET):
            continue
        line = lines.get((incident, report))
        if line is None:
            line = lines[incident, report] = _line(incident, report)
        detail = _detail(entry)
        line.kinds[wording.tell(entry.verb, detail, "", wording.Names())[0]] += 1
        line.yours |= user.id in (detail.get("mentions") or ())
        given = entry.verb in ("report.assigned", "incident.handed_over")
        line.yours |= given and detail.get("new") == user.id
    return sorted(lines.values(), key=lambda line: (not line.yours, line.reference))


def _line(incident: int | None, report: int | None) -> Line:
    if incident is not None:
        ref = db.session.get_one(Incident, incident).reference
        return Line(ref, address("incidents.show", ref=ref))
    ref = db.session.get_one(Report, report).reference
    return Line(ref, address("incidents.report_page", ref=ref))


def _detail(entry: Entry) -> dict[str, Any]:
    try:
        return entry.detail or {}
    except Broken:
        return {}


def words(user: User, lines: list[Line]) -> tuple[str, str]:
    """Subject and text of the mail, in the language of who gets it."""
    tongue = language(user)
    with force_locale(tongue):
        rendered = current_app.jinja_env.get_template(f"mail/digest.{tongue}.txt").render(
            number=len(lines),
            lines=[
                {
                    "reference": line.reference,
                    "link": line.link,
                    "yours": line.yours,
                    "told": ", ".join(
                        KINDS[kind](count)
                        for kind, count in sorted(line.kinds.items())
                        if kind in KINDS
                    ),
                }
                for line in lines[:LINES]
            ],
            more=max(0, len(lines) - LINES),
            account=address("accounts.account"),
        )
    subject, _sep, text = rendered.partition("\n\n")
    return subject.strip(), text
