"""The demonstration: the same app with a fictional company, in a folder of its own.

It is built once, and built anew when it is older than a day, so that its clocks still run, or
when its stories or tables are not those of this version. Only this machine can reach it, and no
mail leaves.
"""

import fcntl
import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask

from incidents import schema, settings
from incidents.db import db, now
from incidents.settings import BadSetting, Settings
from notifications.demo import building, company, views
from notifications.demo.catcher import Catcher

FRESH = timedelta(hours=24)
PASSED_ON = ("TOCSIN_PORT",)  # nothing else of the real installation reaches the demonstration


@dataclass(frozen=True)
class Playbill:
    """What is kept beside the database: when and of what it was built, how to log in, the port
    of the catcher."""

    built_at: datetime
    built_of: str
    password: str
    port: int

    def write(self, file: Path) -> None:
        """Keep it, readable by its owner only."""
        words = {**self.__dict__, "built_at": self.built_at.isoformat()}
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
            json.dump(words, out)

    @classmethod
    def read(cls, file: Path) -> "Playbill | None":
        """What was kept; None when there is none, or a building was not finished."""
        try:
            words: dict[str, Any] = json.loads(file.read_text())
            return cls(**{**words, "built_at": datetime.fromisoformat(words["built_at"])})
        except (OSError, ValueError, TypeError, KeyError):
            return None


@contextmanager
def stage(
    root: Path,
    make_app: Callable[[Settings], Flask],
    env: Mapping[str, str] | None = None,
    subjects: tuple[str, ...] = building.SUBJECTS,
) -> Iterator[tuple[Flask, str]]:
    """The app of the demonstration with its mail catcher running, and how to log in, as text.

    Raises BadSetting when another demonstration runs from the same folder.
    """
    env = os.environ if env is None else env
    base = Path(env.get("TOCSIN_INSTANCE") or root / "instance").absolute()
    base.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = base / "demo"
    with _alone(base / "demo.lock"):
        bill = Playbill.read(folder / "playbill.json")
        source = _source(root)
        if bill and (now() - bill.built_at > FRESH or bill.built_of != source):
            bill = None
        if bill is None:
            shutil.rmtree(folder, ignore_errors=True)
        own = {name: env[name] for name in PASSED_ON if name in env}
        config = replace(settings.load(root, own, folder), host="127.0.0.1")
        app = make_app(config)
        with Catcher(folder / "mails", bill.port if bill else None) as catcher:
            views.init_app(app, catcher.folder)
            with app.app_context():
                schema.bring_up_to_date(app)
                bill = _ready(bill, source, catcher.port, subjects)
                bill.write(folder / "playbill.json")
                db.session.remove()
            yield app, _how_to_log_in(bill, config)


def _source(root: Path) -> str:
    """SHA-256 of what a demonstration is built of: its stories, and the tables they go into."""
    files = (*Path(__file__).parent.rglob("*.toml"), *(root / "migrations").rglob("*.py"))
    sha256 = hashlib.sha256()
    for file in sorted(files):
        sha256.update(file.read_bytes())
    return sha256.hexdigest()


def _ready(bill: Playbill | None, source: str, port: int, subjects: tuple[str, ...]) -> Playbill:
    if bill is not None:
        company.catch_again(port, now())
        return replace(bill, port=port)
    print("Building the demonstration. This takes some seconds, once a day.", flush=True)
    built_at = now()
    password = "-".join(secrets.token_hex(2) for _ in range(4))
    building.build(port, password, built_at, subjects)
    return Playbill(built_at, source, password, port)


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    """Hold the folder: a second demonstration would build on what this one reads."""
    with file.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise BadSetting(
                "The demonstration is running already. Use that one, or stop it first."
            ) from error
        yield


def _how_to_log_in(bill: Playbill, config: Settings) -> str:
    accounts = company.accounts()
    lines = [f"    {one['email']:<32} {one['role']}" for one in accounts.values()]
    return "\n".join(
        (
            "This is a demonstration: the company and its people are invented, and no mail leaves.",
            f"Log in at {config.url}/login with the password {bill.password} as",
            *lines,
            f"Mails are caught at {config.url}/demo/mails. To begin anew, remove",
            f"    {config.instance}",
        )
    )
