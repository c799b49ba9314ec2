"""A PostgreSQL cluster of the test run's own; root hands it to the user postgres."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from servers.parts import need


class Postgres:
    """A throw-away cluster. It listens in a folder only its owner can enter, on no port.

    `durable`: it waits for the disk, as in production; for measurements.
    """

    def __init__(self, initdb: str, postgres: str, durable: bool = False) -> None:
        # Under /tmp and short: a socket's path may have 107 characters, and pytest's own folders
        # are closed to the user postgres.
        self.folder = Path(tempfile.mkdtemp(prefix="pg-"))
        # PostgreSQL refuses to run as root.
        self._as = {"user": "postgres", "group": "postgres"} if os.geteuid() == 0 else {}
        if self._as:
            shutil.chown(self.folder, **self._as)
            self._as["extra_groups"] = []
        data = self.folder / "data"
        self._run(initdb, "-D", data, "-U", "postgres", "-A", "trust", "-N", "-E", "UTF8",
                  "--locale=C.UTF-8")  # fmt: skip
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": self.folder,
            "shared_buffers": "256MB" if durable else "32MB",
        }
        if not durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        with (self.folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [postgres, "-D", data, *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                **self._as,
            )
        self._wait()

    def _run(self, *command: str | Path) -> None:
        done = subprocess.run(
            command, capture_output=True, text=True, cwd=self.folder, check=False, **self._as
        )
        assert done.returncode == 0, done.stderr

    def _wait(self, seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while True:
            try:
                self.execute("SELECT 1")
                return
            except psycopg.OperationalError:
                if self._process.poll() is not None or time.monotonic() > end:
                    log = (self.folder / "log").read_text()
                    self.stop()
                    raise AssertionError(f"PostgreSQL did not start:\n{log}") from None
            time.sleep(0.02)

    def execute(self, statement: str) -> None:
        """Run one statement as the superuser, in the database postgres."""
        with psycopg.connect(
            host=str(self.folder), user="postgres", dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(statement)

    def create(self) -> str:
        """Make an empty database; return its name."""
        name = f"t_{uuid4().hex[:12]}"
        self.execute(f"CREATE DATABASE {name}")
        return name

    def drop(self, name: str) -> None:
        """Remove a database, with whoever is still connected to it."""
        self.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def url(self, name: str) -> str:
        """The SQLAlchemy URL of the database *name*."""
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder}"

    def stop(self) -> None:
        """End the server and leave nothing behind."""
        self._process.send_signal(signal.SIGINT)  # "fast": does not wait for its clients
        self._process.wait(timeout=60)
        shutil.rmtree(self.folder)


@pytest.fixture(scope="session")
def postgres_server():
    """A running Postgres, one for each test process."""
    initdb, postgres = need("initdb", "postgresql"), need("postgres", "postgresql")
    server = Postgres(initdb, postgres)
    yield server
    server.stop()


@pytest.fixture
def postgres(postgres_server):
    """The URL of an empty database that is this test's alone."""
    name = postgres_server.create()
    yield postgres_server.url(name)
    postgres_server.drop(name)
