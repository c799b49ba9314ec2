"""`flask mail receive`: the mail door as a pipe, for a mail server's own delivery."""

import json
import sys

import click

from incidents.db import db, now
from incidents.intake import digest
from notifications import acknowledge, incoming
from notifications.cli import mail

TRY_AGAIN = 75  # EX_TEMPFAIL: the mail server keeps the mail and comes again


@mail.command("receive")
def receive() -> None:
    """Take one raw mail from standard input and print what became of it as one JSON line.

    Exits 0 whenever the mail is stored; 75 when it could not be, so that a mail server tries
    again. Of a mail over 50 MB the first 50 MB are kept.
    """
    source = sys.stdin.buffer
    raw = source.read(incoming.LARGEST + 1)
    full_size = None
    if len(raw) > incoming.LARGEST:
        full_size = len(raw)
        while rest := source.read(1024 * 1024):  # read to its end: a broken pipe is a bounce
            full_size += len(rest)
        raw = raw[: incoming.LARGEST]
    try:
        outcome = incoming.take(raw, f"pipe:{digest(raw)}", now(), full_size)
    except Exception as error:
        db.session.rollback()
        why = f"it could not be stored ({type(error).__name__}); try again"
        click.echo(json.dumps({"kind": None, "report": None, "stored": False, "why": why}))
        raise SystemExit(TRY_AGAIN) from None
    try:
        acknowledge.pending(now())
    except Exception:  # the worker's next round does it; the mail is stored, which is the news
        db.session.rollback()
    click.echo(json.dumps(outcome.as_json()))
