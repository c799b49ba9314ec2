"""Kill sweep of the worker that sends letters: at every system call, and at its named points.

    python -m benchmarks.sweep.letters [--quick] [--minutes 10] [--workers 1 4]

Each run: a fresh copy of a letter to a few people, a worker that is killed (beside three others,
with four workers), time that passes, a worker that finishes, and the checker.
"""

import argparse
import os
import shutil
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import ours, stage, tools, verify
from benchmarks.people import people
from benchmarks.sweep import kill, letters_checker
from benchmarks.sweep.kill import Blow, Child
from benchmarks.sweep.total import Total

NAMES = ("lost", "copies", "wrong", "missing", "stuck", "excess", "in_doubt", "doubt_taken")
PEOPLE = {1: 6, 4: 16}
LIMIT = 30.0  # seconds that one worker may take


class Letters:
    """The scene: a prepared folder, a sink, and what one run is."""

    def __init__(self, folder: Path, workers: int, connections: int, port: int, dump: Path) -> None:
        self.folder, self.workers, self.connections = folder, workers, connections
        self.port, self.dump = port, dump
        self.count = PEOPLE[workers]
        self.prepared = folder / f"prepared-{workers}"
        stage.prepare(self.prepared, self.count)
        _sql(self.prepared, "PRAGMA wal_checkpoint(TRUNCATE)")
        app = stage.application(self.prepared)
        with app.app_context():
            stage.aim(port, connections)
            stage.db.session.remove()
            stage.db.engine.dispose()

    def run(
        self, blow: Blow | None = None, fault: str | None = None
    ) -> tuple[int, letters_checker.Verdict]:
        """One run with a blow or a named point; the status of the one that was hit, the verdict."""
        scene = self.folder / "scene"
        shutil.rmtree(scene, ignore_errors=True)
        shutil.copytree(self.prepared, scene)
        os.truncate(self.dump, 0)
        work = _worker(scene)
        log = scene / "log"
        victim = Child(work, log, {"TOCSIN_FAULT": fault} if fault else None)
        others = [Child(work, log) for _ in range(self.workers - 1)]
        if blow is not None:
            victim.attach(blow)
        for child in (victim, *others):
            child.go()
        status = victim.ended(LIMIT)
        self.hit = blow is None or victim.was_hit
        for child in others:
            child.ended(LIMIT)
        for _ in range(6):
            time_passes(scene)
            again = Child(work, log)
            again.go()
            again.ended(LIMIT)
            states = {state for _, state in _rows(scene)}
            if not states & letters_checker.OPEN:
                break
        crashes = 1 if status != 0 or (blow and "error" in blow.what) else 0
        return status, self.verdict(scene, crashes)

    def verdict(self, scene: Path, crashes: int) -> letters_checker.Verdict:
        """Ask the checker."""
        (notice,) = _sql(scene, "SELECT state FROM notice")
        attempts = _sql(scene, "SELECT recipient_id FROM attempt WHERE outcome = 'sent'")
        uids = dict(_uids(scene))
        return letters_checker.check(
            dict(_rows(scene)),
            notice[0],
            [uids[number] for (number,) in attempts],
            verify.dump(self.dump),
            list(people(self.count)),
            crashes * self.connections,
        )


def _worker(scene: Path) -> Callable[[], Callable[[], None]]:
    def prepare() -> Callable[[], None]:
        app = stage.application(scene)

        def work() -> None:
            with app.app_context():
                ours.send_all()

        return work

    return prepare


def time_passes(scene: Path) -> None:
    """A day later, as far as leases, waits and signs of life go; whoever holds it, is gone."""
    past = "2020-01-01 00:00:00.000000"
    _sql(scene, "UPDATE recipient SET lease_until = ? WHERE lease_until IS NOT NULL", past)
    _sql(scene, "UPDATE recipient SET next_try_at = ? WHERE next_try_at IS NOT NULL", past)
    _sql(scene, "UPDATE worker SET seen_at = ?", past)
    _sql(scene, "UPDATE server SET next_try_at = NULL")


def _sql(scene: Path, statement: str, *values: object) -> list[tuple]:
    connection = sqlite3.connect(scene / "tocsin.db", isolation_level=None)
    try:
        return connection.execute(statement, values).fetchall()
    finally:
        connection.close()


def _uids(scene: Path) -> list[tuple[int, str]]:
    """Row id and uid; where there is no column for it, the uid is the id in 16 hex digits."""
    columns = {row[1] for row in _sql(scene, "PRAGMA table_info(recipient)")}
    uid = "uid" if "uid" in columns else "printf('%016x', id)"
    return _sql(scene, f"SELECT id, {uid} FROM recipient")


def _rows(scene: Path) -> list[tuple[str, str]]:
    uids = dict(_uids(scene))
    return [
        (uids[number], state) for number, state in _sql(scene, "SELECT id, state FROM recipient")
    ]


def by_calls(scene: Letters, quick: bool, until: float) -> list[Total]:
    """Killed at each system call; then each call on the disk fails."""
    title = f"mail worker, {scene.workers} at work, {scene.connections} connections"
    totals = []
    ways = [("killed", kill.CALLS, "signal=SIGKILL", False), ("EIO", kill.DISK, "error=EIO", False),
            ("disk full", kill.DISK, "error=ENOSPC", True)]  # fmt: skip
    share = max(0.0, until - time.monotonic()) / 4
    for name, calls, what, on in ways:
        total = Total(f"{title}, {name}", NAMES)
        end = time.monotonic() + share * (2 if name == "killed" else 1)
        each = (end - time.monotonic()) / len(calls)
        for call in calls:
            _one_call(scene, total, call, what, on, quick, min(end, time.monotonic() + 2 * each))
        total.line()
        totals.append(total)
    return totals


def _one_call(
    scene: Letters, total: Total, call: str, what: str, on: bool, quick: bool, until: float
) -> None:
    last = 0
    for number in kill.numbers(quick):
        if time.monotonic() > until:
            tools.say(f"  {total.title}: {call} swept to number {last}, then the time was over")
            return
        status, verdict = scene.run(Blow(call, number, what, on))
        total.take(verdict, status, f"{call} {number}")
        last = number
        if not scene.hit:
            return


def by_points(scene: Letters, quick: bool, until: float) -> Total | None:
    """Killed at each named point, the first time and later ones."""
    try:
        from notifications.sending.faults import POINTS
    except ImportError:
        tools.say("This version has no named points.")
        return None
    total = Total(f"mail worker, {scene.workers} at work, twelve named points", NAMES)
    for point in POINTS:
        hits = 0
        for time_ in range(1, 4 if quick else 13):
            if time.monotonic() > until:
                break
            status, verdict = scene.run(fault=f"{point}:{time_}")
            total.take(verdict, status, f"{point}:{time_}")
            if not kill.killed(status):
                break
            hits += 1
        if not hits:
            tools.say(f"  {total.title}: {point} was never reached")
    total.line()
    return total


def main() -> int:
    """Sweep and print; 1 when anything was bad."""
    words = argparse.ArgumentParser(prog="benchmarks.sweep.letters")
    words.add_argument("--quick", action="store_true")
    words.add_argument("--minutes", type=float, default=12)
    words.add_argument("--workers", type=int, nargs="+", default=[1, 4])
    words.add_argument("--connections", type=int, default=2)
    options = words.parse_args()
    until = time.monotonic() + 60 * options.minutes
    bad = 0
    with tools.folder() as folder:
        dump = folder / "dump"
        dump.touch()
        with tools.slow_sink(dump=dump) as port:
            for position, workers in enumerate(options.workers):
                scene = Letters(folder, workers, options.connections, port, dump)
                left = (until - time.monotonic()) / (len(options.workers) - position)
                end = time.monotonic() + left
                points = by_points(scene, options.quick, time.monotonic() + left / 3)
                totals = by_calls(scene, options.quick, end)
                bad += sum(total.bad for total in [*totals, *([points] if points else [])])
    return 1 if bad else 0


if __name__ == "__main__":
    raise SystemExit(main())
