"""`flask backup make|verify|restore`: all there is, in one file, and back again."""

import time
from collections.abc import Callable
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from incidents import backups
from incidents.db import now

backup = AppGroup("backup", help="All there is, in one file, and back again.")


def _told(act: Callable[[], backups.Manifest], done: str) -> None:
    """Do it and say in a few lines what was found; exit 1 with the reason when it cannot be."""
    begun = time.monotonic()
    try:
        found = act()
    except backups.BadBackup as error:
        raise click.ClickException(str(error)) from error
    seconds = time.monotonic() - begun
    click.echo(f"{done} in {seconds:.1f} s.")
    click.echo(f"Made {found.made_at}, {found.engine}, {found.size} bytes, SHA-256 {found.sha256}")
    click.echo(f"{sum(found.rows.values())} rows in {len(found.rows)} tables.")
    click.echo(f"Chain whole: {found.chain['n']} entries, the last mac {found.chain['mac']}")


@backup.command("make")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def make(file: Path) -> None:
    """Write a backup to FILE while work goes on. It is verified before it has its name.

    The keys are not in it. Keep copies of data.key and secret.key (or TOCSIN_SECRET_KEY) elsewhere.
    """
    _told(lambda: backups.make(file, now()), f"Backup written to {file}")
    folder = current_app.instance_path
    click.echo(f"Not included, and needed to read it: {folder}/data.key, {folder}/secret.key")


@backup.command("verify")
@click.argument("file", type=click.Path(path_type=Path))
def verify(file: Path) -> None:
    """Read a backup to its end and say whether it is whole. Exit 1 when it is not."""
    _told(lambda: backups.verify(file), f"{file} is whole")


@backup.command("restore")
@click.argument("file", type=click.Path(path_type=Path))
def restore(file: Path) -> None:
    """Restore a backup into an installation without a database. No mail leaves afterwards until
    the controller has looked and released it.

    Make the new folder first, put data.key and secret.key into it, and name it by TOCSIN_INSTANCE.
    """
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    _told(lambda: backups.restore(file, app, now()), "Restored, and compared with the backup,")
    click.echo("All mail is held. The controller sees what would be sent, and releases it.")
