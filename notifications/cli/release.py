"""`flask mail release`: let mail leave again after a backup was restored."""

import click

from incidents.db import db, now
from incidents.refusal import Refused
from notifications import gate
from notifications.cli import mail


@mail.command("release")
@click.option("--cancel-mails", is_flag=True, help="Single mails that wait are never sent.")
@click.option("--yes", is_flag=True, help="Do not only show what would be sent: release it.")
def release(cancel_mails: bool, yes: bool) -> None:
    """Show what would be sent after a backup was restored; with --yes, let it leave.

    Letters to many stay paused: each goes on by its own page.
    """
    found = gate.waiting()
    for run in found.runs:
        notice = run.notice
        click.echo(f"{notice.incident.reference} letter {notice.number}: {run.waiting} waiting")
    for kind, count in found.mails.items():
        click.echo(f"{kind}: {count} single mails")
    if not yes:
        click.echo("Nothing was released. With --yes, and --cancel-mails if you like, it is.")
        return
    try:
        cancelled = gate.release("command", now(), cancel_mails)
    except Refused as refusal:
        raise click.ClickException(refusal.message) from refusal
    db.session.commit()
    click.echo(f"Released. {cancelled} single mails cancelled.")
