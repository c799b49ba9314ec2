"""PostgreSQL's own programs for a backup. Its password goes by the environment, never by `ps`."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy.engine import make_url

from incidents.backups.manifest import BadBackup


def dump(url: str, target: Path, snapshot: str) -> None:
    """Write the database as it is in an exported snapshot. Raises BadBackup."""
    options = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}"]
    _run("pg_dump", url, [*options, f"--file={target}"])


def load(url: str, source: Path) -> None:
    """Fill the empty database with a dump, wholly or not at all. Raises BadBackup."""
    options = ["--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error"]
    _run("pg_restore", url, [*options, str(source)], database="--dbname")


def contents(url: str, source: Path) -> None:
    """See that a dump can be read to its end of contents. Raises BadBackup."""
    _run("pg_restore", url, ["--list", str(source)], database=None)


def _run(program: str, url: str, options: Sequence[str], database: str | None = "--dbname") -> None:
    found = shutil.which(program)
    if found is None:
        raise BadBackup(
            f"{program} is not on this machine. It comes with PostgreSQL's client:\n"
            "    apt-get install postgresql-client"
        )
    parts = make_url(url)
    env = dict(os.environ)
    if parts.password:
        env["PGPASSWORD"] = str(parts.password)
    target = parts.set(drivername="postgresql", password=None).render_as_string()
    where = [f"{database}={target}"] if database else []
    done = subprocess.run(  # noqa: S603 - a fixed program, no shell
        [found, *where, *options], env=env, capture_output=True, text=True, check=False
    )
    if done.returncode:
        words = done.stderr.strip().splitlines()
        raise BadBackup(f"{program} failed: {words[-1] if words else done.returncode}")
