"""Single mails: acknowledgements, account links, tests. Queued with the change that asks for
them, sent by the worker, tried again for five days.

A mail whose fate is not known (the connection broke, or the worker died, after its text was
begun) is sent once more with the same Message-ID: an acknowledgement that comes twice does less
harm than one that never comes. For letters to data subjects the outbox decides otherwise.
"""

import logging
import random
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import formataddr
from typing import Any
from urllib.parse import urlsplit

from flask import Response, after_this_request, current_app, has_request_context
from flask_mail import Message
from flask_security import MailUtil
from sqlalchemy import select, update

from incidents.db import db, now
from incidents.intake import one_line
from incidents.models import Report
from incidents.pages import organisation
from incidents.seal import address_key
from notifications import backoff, gate, jobs, servers, tokens
from notifications.delivery import Post, connect
from notifications.models import Mail, Notice
from notifications.relay import Outcome, Unreachable

log = logging.getLogger(__name__)
LEASE = timedelta(minutes=15)
# By kind: brings a mail that is about to leave up to that moment; False when it is not to leave
# any more. For mails whose words are true for some hours only. No commit.
freshen: dict[str, Callable[[Mail, datetime], bool]] = {}


def queue_mail(
    kind: str,
    to: str,
    subject: str,
    text: str,
    at: datetime,
    *,
    html: str | None = None,
    headers: Mapping[str, str] | None = None,
    report: Report | None = None,
    notice: Notice | None = None,
    message_id: str | None = None,
) -> Mail:
    """Queue one mail to one address, in the present transaction; the worker sends it after the
    commit. No commit here.

    `kind`: acknowledgement, account, test, answer, reminder. No personal data in `subject`. Line
    breaks in subject and headers become spaces.
    """
    uid = secrets.token_hex(8)
    mail = Mail(
        uid=uid,
        kind=kind,
        report_id=report.id if report else None,
        notice_id=notice.id if notice else None,
        address_key=address_key(to),
        message_id=message_id or tokens.message_id("mail", uid, sender_address()),
        made_at=at,
        next_try_at=at,
    )
    mail.to = to
    mail.content = {
        "subject": one_line(subject) or "",
        "text": text,
        "html": html,
        "headers": {key: one_line(value, 990) or "" for key, value in (headers or {}).items()},
    }
    db.session.add(mail)
    db.session.flush()
    jobs.wake_after_commit("post.deliver")
    return mail


def sender_address() -> str:
    """The address mails come from: the outgoing server's, else the one people write to."""
    outgoing = servers.outgoing()
    fallback = f"tocsin@{urlsplit(current_app.config['SETTINGS'].url).hostname}"
    return (outgoing.sender if outgoing else "") or organisation().contact or fallback


@dataclass(frozen=True)
class Ready:
    """A claimed mail as plain values: nothing is asked of the database while it is sent."""

    id: int
    message: Message
    envelope_sender: str


@jobs.periodic(10)
def deliver(limit: int | None = None, stop: Callable[[], bool] = jobs.stopping) -> tuple[int, int]:
    """Send what is due, over one connection. Returns how many were sent and how many failed for
    good. Commits around each mail."""
    at = now()
    release(at)
    waits = db.session.scalar(_due(at).limit(1)) is not None
    relay = servers.relay_when_ready(at) if waits else None
    db.session.commit()
    sent = failed = count = 0
    if relay is None:
        return sent, failed
    try:
        with connect(relay) as post:
            while (limit is None or count < limit) and not stop():
                ready = claim(now(), relay.sender)
                db.session.commit()
                if ready is None:
                    break
                outcome = _hand_over(post, ready)
                state = mark(ready.id, outcome, now())
                if outcome.state in ("sent", "refused"):
                    servers.answered("out", outcome.state == "sent", outcome.answer, now())
                db.session.commit()
                count += 1
                sent += state == "sent"
                failed += state == "failed"
                if not outcome.alive or outcome.state == "refused":
                    break  # the next round, seconds from now, opens a new connection
    except Unreachable as error:
        servers.answered("out", False, error.answer, now())
        db.session.commit()
    if count:
        gate.passed()
    return sent, failed


def _hand_over(post: Post, ready: Ready) -> Outcome:
    try:
        return post.hand_over(ready.message, ready.envelope_sender)
    except ValueError as error:
        log.error("A mail could not be written: %s", type(error).__name__)
        return Outcome("failed", "This mail could not be written.")


def _due(at: datetime) -> Any:
    due = select(Mail.id).where(Mail.state == "queued", Mail.next_try_at <= at)
    return due.order_by(Mail.next_try_at, Mail.id)


def claim(at: datetime, sender: str) -> Ready | None:
    """Take the mail that is due longest, for this worker alone; None when none is. No commit.

    One that is not to leave any more is cancelled on the way.
    """
    while mail := _take(at):
        if freshen.get(mail.kind, _as_it_is)(mail, at):
            return _ready(mail, sender, at)
        mail.state, mail.lease_until, mail.content = "cancelled", None, None
        db.session.flush()
    return None


def _as_it_is(_mail: Mail, _at: datetime) -> bool:
    return True


def _take(at: datetime) -> Mail | None:
    chosen = _due(at).limit(1).with_for_update(skip_locked=True)
    taken = (
        update(Mail)
        .where(Mail.id == chosen.scalar_subquery(), Mail.state == "queued")
        .values(state="sending", lease_until=at + LEASE, attempts=Mail.attempts + 1)
    )
    number = db.session.scalar(taken.returning(Mail.id))
    return db.session.get(Mail, number, populate_existing=True) if number else None


def _ready(mail: Mail, sender: str, at: datetime) -> Ready:
    content = mail.content or {}
    message = Message(
        content["subject"],
        sender=formataddr((one_line(organisation().name) or "", sender)),
        recipients=[mail.to],
        body=content["text"],
        html=content["html"],
        extra_headers=content["headers"],
        date=at.timestamp(),
    )
    message.msgId = mail.message_id
    return Ready(mail.id, message, servers.return_address("mail", mail.uid, sender))


def mark(number: int, outcome: Outcome, at: datetime) -> str:
    """Write down what became of a mail, and return its state: sent, queued (again) or failed.

    What was sent, or given up, is emptied. No commit.
    """
    mail = db.session.get_one(Mail, number, populate_existing=True)
    if mail.state == "failed":  # it came back before this could be written
        return mail.state
    state: str = outcome.state
    doubts = mail.doubts + (state == "in_doubt")
    if state in ("lost", "deferred", "refused", "in_doubt"):
        given_up = backoff.gives_up(mail.attempts) or doubts > 1
        state = "failed" if given_up else "queued"
    mail.state, mail.doubts, mail.lease_until = state, doubts, None
    mail.answer = outcome.answer
    if state == "queued":
        mail.next_try_at = at + backoff.wait(mail.attempts, random.random())  # noqa: S311
    else:
        mail.content = None
    if state == "sent":
        mail.sent_at = at
    return state


def release(at: datetime) -> None:
    """Take back what a worker held when it died. No commit."""
    held = select(Mail.id).where(Mail.state == "sending", Mail.lease_until < at)
    for number in db.session.scalars(held).all():
        mark(number, Outcome("in_doubt", "The worker stopped while sending."), at)


class PostRoom(MailUtil):
    """Flask-Security's mails through the same queue: nobody waits for SMTP in a request."""

    def send_mail(
        self,
        template: str,
        subject: str,
        recipient: str | tuple[str, str],
        sender: Any,
        body: str | None,
        html: str | None,
        **kwargs: Any,
    ) -> None:
        """Queue a mail about an account. Not every view of Flask-Security commits: we do."""
        to = recipient if isinstance(recipient, str) else recipient[1]
        queue_mail("account", to, str(subject), body or "", now(), html=html)
        if has_request_context():
            after_this_request(_stored)


def _stored(response: Response) -> Response:
    db.session.commit()
    return response
