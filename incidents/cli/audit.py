"""`flask audit verify`: is the file whole?"""

import click
from flask.cli import AppGroup

from incidents.audit import verify

audit = AppGroup("audit", help="The chained file of all changes.")


@audit.command("verify")
def verify_command() -> None:
    """Read the whole chain and name the first row that was tampered with. Exit 1 if any."""
    verdict = verify()
    if verdict.broken_at is not None:
        click.echo(f"BROKEN at entry {verdict.broken_at}: {verdict.why}.")
        raise SystemExit(1)
    click.echo(f"{verdict.rows} entries, whole.")
