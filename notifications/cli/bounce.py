"""`flask mail bounce`: what one returned mail says, without doing anything about it."""

import json
import sys

import click

from notifications import returned
from notifications.cli import mail

MOST = 20_000_000  # bytes that are read


@mail.command("bounce")
def bounce() -> None:
    """Read one raw mail from standard input and print what it says as one JSON line.

    Nothing is stored or changed, and any input is answered: a mail that did not come back has
    "is_bounce" false. See `flask mail receive` for the door itself.
    """
    found = returned.parse(sys.stdin.buffer.read(MOST))
    names = ("recipient", "outcome", "status", "reason")
    rows = [{name: getattr(row, name) for name in names} for row in found.rows]
    click.echo(json.dumps({"is_bounce": found.is_bounce, "rows": rows}))
