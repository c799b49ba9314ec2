"""`flask mail send` and `flask mail work`: delivery from the command line."""

import signal
import threading
import time

import click
from flask import current_app

from notifications import jobs, post
from notifications.cli import mail
from notifications.sending import outbox


@mail.command("send")
@click.option("--limit", type=click.IntRange(min=1), help="At most so many mails.")
def send(limit: int | None) -> None:
    """Deliver what is queued. Safe to run twice, and beside the worker; meant for cron.

    Exits 1 when a mail failed for good. What is deferred or in doubt is not a failure: the next
    run, or a person, sees to it.
    """
    sent, failed = post.deliver(limit)
    if limit is None or sent + failed < limit:
        tally = outbox.deliver(None if limit is None else limit - sent - failed)
        sent, failed = sent + tally.sent, failed + tally.failed
    click.echo(f"{sent} sent, {failed} failed")
    if failed:
        raise SystemExit(1)


@mail.command("work")
def work() -> None:
    """Run the worker alone, until it is told to stop (SIGTERM or Ctrl-C).

    For a machine of its own, beside web processes that run with TOCSIN_WORKER=no.
    """
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    stop = jobs.start(current_app._get_current_object())  # type: ignore[attr-defined]
    click.echo(f"The worker runs as {jobs.name()}")
    while not told.is_set():
        # Not told.wait(): a signal that comes as it begins would wake it never (or find its lock
        # taken), and the worker would not stop.
        time.sleep(0.2)
    stop()
