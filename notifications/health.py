"""What is not working, told to everybody who works here within five minutes of the fault."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from flask import Flask, has_request_context, url_for
from flask_babel import gettext as _
from flask_security import current_user
from markupsafe import Markup, escape
from sqlalchemy import Select, exists, func, select
from sqlalchemy.exc import SQLAlchemyError

from incidents.db import db, now
from incidents.models import Epoch, Incident, Report
from incidents.pages import moment
from notifications import mailbox
from notifications.models import Incoming, Mail, Mailbox, Notice, Recipient, Server, Worker

GONE = timedelta(minutes=5)  # a worker not seen for so long
LATE = timedelta(minutes=15)  # a single mail that is due for so long
UNREACHED = timedelta(days=2)  # so long a reminder that failed is told


@dataclass(frozen=True)
class Check:
    """One live check of the settings page. `state`: ok, down or unknown."""

    label: str
    state: str
    words: str
    answer: str = ""  # the server's own last words, or what to do


class Problem(NamedTuple):
    """Something that does not work, in one short sentence, and what stands behind it."""

    fact: str
    detail: str = ""


def problems(at: datetime | None = None) -> list[Problem]:
    """What is wrong now, in the reader's language; [] when all is well.

    Stands on every page of staff: three queries, each by an index or of a few rows.
    """
    at = at or now()
    seen, late, unreached, in_doubt, unread, boxes, held = db.session.execute(_question(at)).one()
    found = [
        Problem(check.words, check.answer) for check in _checks(seen, at) if check.state == "down"
    ]
    if held:
        found.insert(0, _held())
    if late:
        found.append(Problem(_("Mails have been waiting to leave for more than 15 minutes.")))
    if unreached:
        found.append(
            Problem(
                _("A reminder of a deadline could not be delivered."),
                _("Under Settings, People, send a test to each address."),
            )
        )
    if in_doubt:
        found.append(_doubt(in_doubt))
    if unread:
        kept = _("It is kept as it came, under Reports.")
        found.append(Problem(_("A mail could not be understood."), kept))
    if boxes and (number := mailbox.troubles()):
        words = _("The mail server announces %(n)s mails and does not hand them out.", n=number)
        found.append(Problem(words))
    return found


def _doubt(incident: str) -> Problem:
    fact = _("%(incident)s: it is not known whether a letter was sent.", incident=incident)
    words = _("Look for it in the mail server’s log, then say so on the page of the letter.")
    if not (has_request_context() and current_user.is_authenticated):
        return Problem(fact, words)
    url = url_for("notifications.notices", ref=incident)
    return Problem(fact, _and_link(words, url, _("Go to its letters")))


def _held() -> Problem:
    words = _("A backup was restored: no mail leaves until the controller lets it.")
    if not (has_request_context() and current_user.is_authenticated and current_user.is_controller):
        return Problem(words)
    return Problem(_and_link(words, url_for("notifications.held"), _("See what would be sent")))


def _and_link(words: str, url: str, text: str) -> Markup:
    return escape(words) + Markup(' <a href="{}">{}</a>').format(url, text)


def live_checks(at: datetime | None = None) -> list[Check]:
    """How the outgoing server, the mailbox, the worker and the single mails are now."""
    at = at or now()
    seen, late, *_rest = db.session.execute(_question(at)).one()
    waiting = select(func.count()).where(Mail.state.in_(("queued", "sending")))
    count = db.session.scalar(waiting) or 0
    words = _("%(n)s wait to be sent.", n=count) if count else _("None wait.")
    return [*_checks(seen, at), Check(_("Single mails"), "down" if late else "ok", words)]


def _question(at: datetime) -> Select[Any, Any, Any, Any, Any, Any, Any]:
    """When a worker was last seen, and what lies and waits for a person: one row of answers."""
    in_doubt = Recipient.state == "in_doubt"
    doubtful = Notice.state.in_(("sending", "paused", "cancelled"))
    triaged = exists().where(Report.id == Incoming.report_id, Report.state != "new")
    return select(
        select(func.max(Worker.seen_at)).scalar_subquery(),
        exists().where(Mail.state == "queued", Mail.next_try_at < at - LATE),
        exists().where(
            Mail.state == "failed", Mail.next_try_at > at - UNREACHED, Mail.kind == "reminder"
        ),
        select(func.min(Incident.reference))
        .join(Notice, Notice.incident_id == Incident.id)
        .where(doubtful, exists().where(in_doubt, Recipient.notice_id == Notice.id))
        .scalar_subquery(),
        exists().where(Incoming.state == "quarantined", ~triaged),
        exists().where(Mailbox.key.isnot(None)),
        exists().where(Epoch.held_at.isnot(None)),
    )


def _checks(seen: datetime | None, at: datetime) -> list[Check]:
    servers = {row.direction: row for row in db.session.scalars(select(Server)) if row.host}
    return [
        _server(servers.get("out"), "out"),
        _server(servers.get("in"), "in"),
        _worker(seen, at),
    ]


def _server(row: Server | None, direction: str) -> Check:
    out = direction == "out"
    name = _("Outgoing mail") if out else _("Incoming mail")
    if row is None:
        words = _("Not set up: mails wait.") if out else _("Not set up: no mailbox is read.")
        return Check(name, "unknown", words)
    if row.failing_since:
        since = moment(row.failing_since, "short")
        if out:
            words = _("Mail does not leave since %(since)s.", since=since)
        else:
            words = _("The mailbox cannot be read since %(since)s.", since=since)
        return Check(name, "down", words, row.answer or "")
    if row.ok_at:
        words = _("Last worked %(when)s.", when=moment(row.ok_at, "short"))
        return Check(name, "ok", words)
    return Check(name, "unknown", _("Not used yet. Test it now."))


def _worker(seen: datetime | None, at: datetime) -> Check:
    name = _("Background worker")
    if seen is None:
        words = _("The background worker is not running: mails wait and the mailbox is not read.")
        return Check(name, "down", words)
    when = moment(seen, "short")
    if seen < at - GONE:
        words = _("The background worker was last seen %(when)s.", when=when)
        todo = _(
            "Mails wait and the mailbox is not read until it runs again: start the program again."
        )
        return Check(name, "down", words, todo)
    return Check(name, "ok", _("Last seen %(when)s.", when=when))


def init_app(app: Flask) -> None:
    """Put the problems on top of every page of those who work here; lend Settings the checks."""
    app.extensions["live_checks"] = live_checks

    @app.context_processor
    def health() -> dict[str, Any]:
        try:
            if not current_user or not current_user.is_authenticated:
                return {}
            return {"health_problems": problems()}
        except SQLAlchemyError:  # the page of an error about the database must still appear
            return {}
