"""Kill sweep of the worker that sends letters: at every system call, and at its named points.

    python -m benchmarks.sweep.letters [--quick] [--minutes 10] [--workers 1 4]

Each run: a fresh copy of a letter to a few people, a worker that is killed, or its process with the
wire (beside three others, with four workers), time that passes, a worker that finishes, and the
checker.
"""

import argparse
import contextlib
import importlib
import json
import os
import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg

from benchmarks import ours, stage, tools, verify
from benchmarks.engines import Engine, Place, engines
from benchmarks.people import people
from benchmarks.sweep import calls, kill, letters_checker
from benchmarks.sweep.kill import Blow, Child
from benchmarks.sweep.total import Total

try:
    from notifications.sending import faults
except ImportError:
    faults = None  # type: ignore[assignment]

NAMES = ("lost", "copies", "wrong", "missing", "stuck", "excess", "in_doubt", "doubt_taken")
PEOPLE = {1: 12, 4: 24}
LETTERS = "SELECT id, state FROM recipient"
LIMIT = 30.0  # seconds that one worker may take
DIED = "The sending process died"  # what a worker says that lives on without its wire


class Letters:
    """The scene: a prepared letter to a few people, a sink, and what one run is."""

    def __init__(
        self, engine: Engine, workers: int, connections: int, port: int, dump: Path, count: int
    ) -> None:
        self.engine, self.workers, self.connections = engine, workers, connections
        self.dump, self.count = dump, count
        self.title = f"mail worker on {engine.name}, {workers} at work"
        self.prepared = engine.prepare(count)
        app = stage.application(self.prepared.folder, self.prepared.database)
        self.vault = app.extensions["vault"]
        with app.app_context():
            stage.aim(port, connections)
            stage.db.session.remove()
            stage.db.engine.dispose()
        if self.prepared.database is None:
            Records(self.prepared).run("PRAGMA wal_checkpoint(TRUNCATE)")

    def run(
        self, blow: Blow | None = None, fault: str | None = None
    ) -> tuple[int, letters_checker.Verdict]:
        """One run with a blow or a named point; the status of the one that was hit, the verdict."""
        with self.fresh() as scene:
            return self._run(scene, blow, fault)

    def _run(
        self, scene: Place, blow: Blow | None, fault: str | None
    ) -> tuple[int, letters_checker.Verdict]:
        work = _worker(scene)
        log = scene.folder / "log"
        victim = Child(work, log, {"TOCSIN_FAULT": fault} if fault else None)
        others = [Child(work, log) for _ in range(self.workers - 1)]
        if blow is not None:
            victim.attach(blow)
        for child in (victim, *others):
            child.go()
        status = victim.ended(LIMIT)
        self.hit = blow is None or victim.was_hit
        wires = log.read_text(errors="replace").count(DIED)  # each is counted and hit by itself
        crashes = wires + (status != 0)
        if not status and wires:
            status = -9
        for child in others:
            child.ended(LIMIT)
        kill.orphans_end(LIMIT)
        self.finish(scene)
        if blow and "error" in blow.what:  # where the disk is full, the log misses deaths, too
            crashes = max(crashes, 1, victim.struck_below)
        return status, self.verdict(scene, crashes)

    @contextlib.contextmanager
    def fresh(self) -> Iterator[Place]:
        """A copy of the prepared house, and a sink that knows of nothing."""
        with self.engine.copy(self.prepared) as scene:
            os.truncate(self.dump, 0)
            yield scene

    def finish(self, scene: Place) -> None:
        """A worker that lives, a day later: until nothing is on its way any more."""
        for _ in range(6):
            time_passes(scene)
            again = Child(_worker(scene), scene.folder / "log")
            again.go()
            again.ended(4 * LIMIT)
            if not set(Records(scene).states().values()) & letters_checker.OPEN:
                break

    def verdict(self, scene: Place, crashes: int) -> letters_checker.Verdict:
        """Ask the checker."""
        records = Records(scene)
        (notice,) = records.run("SELECT state FROM notice")
        taken = records.run("SELECT uid, answers_sealed FROM taken")
        answers = [self.vault.open(bytes(said), f"taken.answers.{uid}") for uid, said in taken]
        return letters_checker.check(
            records.states(),
            notice[0],
            [f"{int(number):016x}" for those in answers for number in json.loads(those)],
            verify.dump(self.dump),
            list(people(self.count)),
            crashes * self.connections,
        )


class Records:
    """The database of a scene by plain SQL, without the application."""

    def __init__(self, place: Place) -> None:
        self.place = place

    def run(self, statement: str) -> list[tuple]:
        """Run one statement and commit; returns its rows."""
        if self.place.database is None:
            file = self.place.folder / "tocsin.db"
            with contextlib.closing(sqlite3.connect(file, timeout=30, isolation_level=None)) as one:
                return one.execute(statement).fetchall()
        url = self.place.database.replace("+psycopg", "")
        with psycopg.connect(url, autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def states(self) -> dict[str, str]:
        """uid -> state of each letter; the uid of a row is its id in 16 hex digits."""
        return {f"{number:016x}": state for number, state in self.run(LETTERS)}


def _worker(scene: Place) -> Callable[[], Callable[[], None]]:
    def prepare() -> Callable[[], None]:
        if faults is not None:
            importlib.reload(faults)  # it reads the environment once
        app = stage.application(scene.folder, scene.database)

        def work() -> None:
            with app.app_context():
                ours.send_all()

        return work

    return prepare


def time_passes(scene: Place) -> None:
    """A day later, as far as leases, waits and signs of life go; whoever holds it, is gone."""
    records = Records(scene)
    for table, column in (
        ("claim", "until"),
        ("recipient", "next_try_at"),
        ("worker", "seen_at"),
    ):
        past = f"UPDATE {table} SET {column} = '2020-01-01 00:00:00' WHERE {column} IS NOT NULL"
        records.run(past)
    records.run("UPDATE server SET next_try_at = NULL")


def by_points(scene: Letters, quick: bool, until: float) -> Total | None:
    """Killed at each named point, the first time and later ones."""
    if faults is None:
        tools.say("This version has no named points.")
        return None
    total = Total(f"{scene.title}, twelve named points", NAMES)
    for point in faults.POINTS:
        hits = tried = 0
        for time_ in range(1, 2 if quick else 13):
            if time.monotonic() > until:
                break
            tried += 1
            status, verdict = scene.run(fault=f"{point}:{time_}")
            total.take(verdict, status, f"{point}:{time_}")
            if not kill.killed(status):
                break
            hits += 1
        if not hits:
            why = "was never reached" if tried else "was left out: the time was over"
            tools.say(f"  {total.title}: {point} {why}")
    total.line()
    return total


def at_random(scene: Letters, until: float) -> Total:
    """Killed at random moments: all workers at once, three times, then one of them; the others
    finish."""
    title = f"{scene.title}, {scene.count} people, killed at random moments"
    total = Total(title, NAMES)
    chance = random.Random(7)
    kills = 0
    begun = time.monotonic()
    taken = 0.0
    while not total.runs or (begun + taken < until and total.runs < 100):
        with scene.fresh() as folder:
            kills += _strikes(scene, folder, chance)
            scene.finish(folder)
            total.take(scene.verdict(folder, 3 * scene.workers + 1), -9, "random moments")
        taken = time.monotonic() - begun  # at least one run
    total.killed = kills
    total.line()
    return total


def _strikes(scene: Letters, folder: Place, chance: random.Random) -> int:
    kills = 0
    for strike in range(4):
        log = folder.folder / "log"
        children = [Child(_worker(folder), log) for _ in range(scene.workers)]
        for child in children:
            child.go()
        time.sleep(chance.uniform(0.01, 0.6))
        for child in children[: 1 if strike == 3 else None]:
            kills += child.alive
            child.kill(with_all=bool(strike % 2))
        for child in children:
            child.ended(120)
        kill.orphans_end(LIMIT)
        time_passes(folder)
    return kills


def one_scene(
    engine: Engine, more: tuple[int, int, int, Path], options: argparse.Namespace, seconds: float
) -> int:
    """All ways to die, with one database and one number of workers; how many runs were bad."""
    begun = time.monotonic()
    few = Letters(engine, *more, PEOPLE[more[0]])
    points = by_points(few, options.quick, begun + 0.35 * seconds)

    def blow(one: Blow) -> tuple[int, bool, letters_checker.Verdict]:
        status, verdict = few.run(one)
        return status, few.hit, verdict

    totals = calls.sweep(few.title, blow, NAMES, begun + 0.85 * seconds, options.quick)
    many = Letters(engine, *more, options.people)
    totals.append(at_random(many, begun + seconds))
    return sum(total.bad for total in [*totals, *([points] if points else [])])


def main() -> int:
    """Sweep and print; 1 when anything was bad."""
    words = argparse.ArgumentParser(prog="benchmarks.sweep.letters")
    words.add_argument("--quick", action="store_true")
    words.add_argument("--minutes", type=float, default=12)
    words.add_argument("--workers", type=int, nargs="+", default=[1, 4])
    words.add_argument("--connections", type=int, default=2)
    words.add_argument("--people", type=int, default=2_000, help="for the kills at random moments")
    words.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"])
    options = words.parse_args()
    until = time.monotonic() + 60 * options.minutes
    kill.adopt()
    bad = 0
    with tools.folder() as folder, engines(folder, tuple(options.databases)) as both:
        dump = folder / "dump"
        dump.touch()
        scenes = [(engine, workers) for engine in both for workers in options.workers]
        with tools.slow_sink(dump=dump) as port:
            for position, (engine, workers) in enumerate(scenes):
                left = (until - time.monotonic()) / (len(scenes) - position)
                more = (workers, options.connections, port, dump)
                bad += one_scene(engine, more, options, left)
    return 1 if bad else 0


if __name__ == "__main__":
    raise SystemExit(main())
