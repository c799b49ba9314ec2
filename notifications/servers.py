"""The two mail servers of the organisation: how to reach them, and how they last answered."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select, update

from incidents.audit import hold, record
from incidents.db import db
from incidents.models import User
from incidents.refusal import Refused, Stale
from notifications import backoff, delivery, gate, tokens
from notifications.models import Server
from notifications.probes import Step, test_incoming, test_outgoing

__all__ = [
    "Step",
    "answered",
    "incoming",
    "outgoing",
    "relay_when_ready",
    "return_address",
    "save",
    "test_incoming",
    "test_outgoing",
]

LOOPBACK = ("localhost", "127.0.0.1", "::1")
# What a form may set; the password is apart, since it is never shown.
FIELDS = {
    "out": ("host", "port", "security", "username", "sender", "per_minute", "connections"),
    "in": ("host", "port", "security", "username", "sender", "folder", "plus", "authserv"),
}


def row(direction: str) -> Server | None:
    """The row of one direction, "out" or "in", set up or not."""
    return db.session.scalar(select(Server).where(Server.direction == direction))


def outgoing() -> Server | None:
    """The server that mail leaves by, or None while none is set up."""
    server = row("out")
    return server if server and server.host else None


def incoming() -> Server | None:
    """The mailbox that is read, or None while none is set up."""
    server = row("in")
    return server if server and server.host else None


def relay_when_ready(at: datetime) -> delivery.Relay | None:
    """How to reach the outgoing server now; None when none is set up, it failed just before, or
    all mail is held since a backup was restored. Commits: see `gate`."""
    server = outgoing()
    if server is None or (server.next_try_at and server.next_try_at > at):
        return None
    if not gate.may_pass(at):
        return None
    return delivery.relay(server)


def return_address(kind: str, uid: str, sender: str) -> str:
    """Where returns of one mail go: to the mailbox with the mail's token, where the mailbox takes
    such addresses (`plus`); else to the sender."""
    base = return_base()
    return tokens.return_address(uid, base, kind) if base else sender


def return_base() -> str | None:
    """The address of the mailbox, where it takes such addresses."""
    mailbox = incoming()
    return mailbox.sender if mailbox and mailbox.plus and mailbox.sender else None


def answered(direction: str, ok: bool, answer: str, at: datetime) -> None:
    """Write down how a server just behaved; after a failure, when to try again. No commit.

    Not through the row: its version is for people, whose settings form may be open.
    """
    this = update(Server).where(Server.direction == direction)
    this = this.execution_options(synchronize_session="fetch")
    if ok:
        recent = (Server.failing_since.is_(None)) & (Server.ok_at > at - timedelta(minutes=1))
        db.session.execute(
            this.where(recent.isnot(True)).values(
                ok_at=at, failing_since=None, next_try_at=None, failures=0, answer=answer
            )
        )
        return
    server = row(direction)
    failures = (server.failures if server else 0) + 1
    since = (server.failing_since if server else None) or at
    db.session.execute(
        this.values(
            failing_since=since,
            failures=failures,
            next_try_at=at + backoff.wait(failures),
            answer=answer,
        )
    )


def save(direction: str, values: Mapping[str, Any], by: User, at: datetime) -> Server:
    """Change how a server is reached. No commit.

    `values` holds the fields of FIELDS, "password" (None or "" keeps the one there is) and
    "version" (the one that was shown). Refused when a kept password would go to another server
    or user than it was given for, and when anything else than an encrypted connection would
    carry one. Without a host no server is used, and the password is forgotten.
    """
    hold()  # a worker that stops a run notes after it how the server is
    server = row(direction)
    if server is None:
        server = Server(direction=direction, host="", username="", port=0)
    if (server.version or 0) != values["version"]:
        raise Stale(
            _("Somebody changed these settings while you were writing. Compare, then save.")
        )
    password = values.get("password") or None
    elsewhere = (server.host, server.username) != (values["host"], values["username"])
    used = bool(values["host"] and values["username"])
    if server.password and used and not password and elsewhere:
        raise Refused(
            _("The server or the user name is another one. Type the password for it, too.")
        )
    plain = values["security"] == "none" and values["host"] not in LOOPBACK
    if plain and used:
        raise Refused(
            _("A password is never sent over an unencrypted connection. Choose TLS or STARTTLS.")
        )
    changes = {
        name: [getattr(server, name), values[name]]
        for name in FIELDS[direction]
        if getattr(server, name) != values[name]
    }
    for name, (_old, new) in changes.items():
        setattr(server, name, new)
    if password or not used:
        server.password = password if used else None
    server.failing_since = server.next_try_at = server.ok_at = server.answer = None
    server.failures = 0
    db.session.add(server)
    db.session.flush()
    if changes or password:
        detail: dict[str, Any] = {"changes": changes, "password_changed": bool(password)}
        record("server.changed", by=by, at=at, direction=direction, **detail)
    return server
