"""The two databases, each durable as in production: a prepared one, and copies of it."""

import contextlib
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from benchmarks import tools

sys.path.insert(0, str(tools.ROOT / "tests"))


@dataclass(frozen=True)
class Place:
    """An instance folder, and the URL of its database; None: SQLite within the folder."""

    folder: Path
    database: str | None = None

    @property
    def words(self) -> list[str]:
        """It as arguments of our programs."""
        return [str(self.folder), *(["--database", self.database] if self.database else [])]


class Sqlite:
    """SQLite: a copy is a copy of the folder."""

    name = "SQLite"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def prepare(self, count: int) -> Place:
        """A letter to so many people, approved and started."""
        place = Place(self.folder / f"sqlite-{count}")
        return place if place.folder.exists() else _prepared(place, count)

    @contextlib.contextmanager
    def copy(self, place: Place) -> Iterator[Place]:
        """The same again, to be used up."""
        copy = place.folder.with_name(f"copy-{uuid4().hex[:8]}")
        shutil.copytree(place.folder, copy)
        try:
            yield Place(copy)
        finally:
            shutil.rmtree(copy)

    def stop(self) -> None:
        """Nothing runs."""


class Postgresql:
    """PostgreSQL: a cluster of our own that waits for the disk; a copy is made by TEMPLATE."""

    name = "PostgreSQL"

    def __init__(self, folder: Path) -> None:
        from servers.postgres import Postgres

        self.folder = folder
        (newest,) = sorted(_clusters(), key=lambda path: int(path.parent.name))[-1:]
        self.server = Postgres(str(newest / "initdb"), str(newest / "postgres"), durable=True)

    def prepare(self, count: int) -> Place:
        """A letter to so many people, approved and started."""
        name = f"people_{count}"
        place = Place(self.folder / f"pg-{count}", self.server.url(name))
        if not place.folder.exists():
            self.server.execute(f"CREATE DATABASE {name}")
            _prepared(place, count)
        return place

    @contextlib.contextmanager
    def copy(self, place: Place) -> Iterator[Place]:
        """The same again, to be used up."""
        assert place.database is not None
        template = place.database.partition("@/")[2].partition("?")[0]
        name = f"copy_{uuid4().hex[:8]}"
        self.server.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        folder = place.folder.with_name(name)
        shutil.copytree(place.folder, folder)
        try:
            yield Place(folder, self.server.url(name))
        finally:
            self.server.drop(name)
            shutil.rmtree(folder)

    def stop(self) -> None:
        """End the cluster."""
        self.server.stop()


Engine = Sqlite | Postgresql


def _prepared(place: Place, count: int) -> Place:
    tools.run("-m", "benchmarks.stage", *place.words, "--people", count)
    return place


def _clusters() -> list[Path]:
    return list(Path("/usr/lib/postgresql").glob("*/bin"))


@contextlib.contextmanager
def engines(folder: Path, names: tuple[str, ...]) -> Iterator[list[Engine]]:
    """Those of the two that are asked for and here."""
    out: list[Engine] = []
    try:
        if "sqlite" in names:
            out.append(Sqlite(folder))
        if "postgresql" in names:
            if _clusters():
                out.append(Postgresql(folder))
            else:
                tools.say("PostgreSQL is not on this machine (package postgresql): left out")
        yield out
    finally:
        for one in out:
            one.stop()
