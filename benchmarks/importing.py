"""Import of people: ours (checked, matched, sealed) against a bare load of the same file.

python -m benchmarks.importing [--people 1000000] [--repetitions 3] [--quick]

Two rivals, on SQLite one `executemany`, on PostgreSQL a COPY into a temporary table and one
INSERT .. SELECT:

- "bare": the rows as `csv` reads them into a table with the same unique index (letter, who) and no
  other; smaller rows than ours, nothing checked, nothing sealed;
- "ready": rows that are made, hashed and sealed before the clock runs, in the order of the file,
  into our own table with all of its indexes: what the database alone takes for what we write.

Each in a process of its own, by turns, on the same file in no order, committed as durably. What is
counted is the work from the file (ready: from the rows) to the commit, on the clock and in CPU of
this process and its child (the server of PostgreSQL has its own); for ours beside it the longest
time that another thread waited for its turn to write, and the memory.
"""

import argparse
import csv
import json
import os
import random
import resource
import sqlite3
import statistics
import threading
import time
from pathlib import Path

from benchmarks import tools
from benchmarks.engines import Place, engines
from benchmarks.memory import Memory
from benchmarks.people import people

TABLE = "(id {serial}, notice_id INTEGER, address TEXT, name TEXT, language TEXT, {unique})"
UNIQUE = "UNIQUE (notice_id, address)"


def main() -> None:
    """Measure and print; or be one of the two, as a program of its own."""
    words = argparse.ArgumentParser(prog="benchmarks.importing")
    words.add_argument("--people", type=int, default=1_000_000)
    words.add_argument("--repetitions", type=int, default=3)
    words.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"])
    words.add_argument("--quick", action="store_true")
    words.add_argument("--be", nargs="+", help="ours|bare|ready FILE FOLDER [DATABASE]")
    options = words.parse_args()
    if options.be:
        what, file, folder, *database = options.be
        place = Place(Path(folder), database[0] if database else None)
        took = {"ours": _ours, "bare": _bare, "ready": _ready}[what](Path(file), place)
        took["rss_mb"] = _peak()
        print(json.dumps(took))
        return
    count = 20_000 if options.quick else options.people
    tools.say(f"import of {count:,} people: {tools.machine()}; medians, in turns")
    with tools.folder() as folder, engines(folder, tuple(options.databases)) as both:
        file = folder / "people.csv"
        _write(file, count)
        for engine in both:
            _measure(engine, file, count, 1 if options.quick else options.repetitions)


def _peak() -> float:
    """MB of this program at most. What getrusage says begins with what our parent had."""
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def _write(file: Path, count: int) -> None:
    """The people in no order: an index of addresses in order would be an easy one."""
    rows = list(people(count))
    random.Random(1).shuffle(rows)
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerow(["email", "name", "language"])
        csv.writer(out).writerows(rows)


def _measure(engine, file: Path, count: int, repetitions: int) -> None:
    template = engine.prepare(1)
    took: dict[str, list[dict[str, float]]] = {"bare": [], "ready": [], "ours": []}
    for _ in range(repetitions):
        for what, runs in took.items():
            with engine.copy(template) as place:
                words = [file, place.folder, *([place.database] if place.database else [])]
                runs.append(tools.ours("benchmarks.importing", "--be", what, *words))
                assert runs[-1]["people"] == count, runs[-1]
    seconds = {
        what: statistics.median(run["seconds"] for run in runs) for what, runs in took.items()
    }
    cpu = {what: statistics.median(run["cpu"] for run in runs) for what, runs in took.items()}
    waited = max(run["waited"] for run in took["ours"])
    child = statistics.median(run["child_cpu"] for run in took["ours"]) / count * 1e6
    most = {name: max(run[name] for run in took["ours"]) for name in ("rss_mb", "child_mb")}
    together = max(run["together_mb"] for run in took["ours"])
    tools.say(
        f"{engine.name}: "
        + ", ".join(
            f"{what} {count / seconds[what]:,.0f}/s ({cpu[what] / count * 1e6:.1f} us CPU)"
            for what in took
        )
        + f", of that {child:.1f} in the child; "
        f"{seconds['bare'] / seconds['ours']:.2f} of bare (asked: 0.5), "
        f"{seconds['ready'] / seconds['ours']:.2f} of ready; others waited "
        f"{waited * 1e3:.0f} ms to write; at most {most['rss_mb']:.0f} MB "
        f"and its child {most['child_mb']:.0f}, {together:.0f} together, what they share counted "
        "once (asked: 150)"
    )


def _ours(file: Path, place: Place) -> dict[str, float]:
    from benchmarks import stage
    from incidents.db import db, now
    from incidents.models import User
    from notifications import lists
    from notifications.recipients import imports

    with stage.application(place.folder, place.database).app_context():
        by = db.session.query(User).filter_by(role="controller").first()
        notice = stage.letter(by)
        with file.open("rb") as source:
            look = imports.Look(source, set(), large=1)
            row = imports.upload(notice, file.name, look, by, now())
        row.state, row.confirmed_by_id = "importing", by.id
        db.session.commit()
        with Memory() as memory, _Others(db.engine) as others:
            begun, cpu = time.perf_counter(), time.process_time()
            lists.work()
            seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
        db.session.refresh(notice)
    child = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "people": notice.people,
        "seconds": seconds,
        "waited": others.longest,
        "cpu": cpu + child.ru_utime + child.ru_stime,
        "child_cpu": child.ru_utime + child.ru_stime,
        "together_mb": memory.most,
        "child_mb": memory.child,
    }


class _Others:
    """Another thread that asks ten times a second for its turn to write: the longest it waited."""

    def __init__(self, engine) -> None:
        self.engine, self.longest = engine, 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._ask)

    def __enter__(self) -> "_Others":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _ask(self) -> None:
        with self.engine.connect() as connection:
            while not self._over.wait(0.1):
                begun = time.perf_counter()
                with connection.begin():
                    self.longest = max(self.longest, time.perf_counter() - begun)


def _ready(file: Path, place: Place) -> dict[str, float]:
    """Ready rows into our own table. What is sealed is as long as ours, and random like it."""
    from benchmarks import stage
    from incidents.db import db
    from incidents.models import User
    from notifications.recipients.person import Person

    with file.open(encoding="utf-8", newline="") as source:
        rows = [
            (os.urandom(16), row[2], 0, "queued", os.urandom(28 + len(Person(*row).as_json())))
            for row in list(csv.reader(source))[1:]
        ]
    with stage.application(place.folder, place.database).app_context():
        letter = stage.letter(db.session.query(User).filter_by(role="controller").first()).id
        db.session.commit()
        driver = db.session.connection().connection.driver_connection
        names = "notice_id, address_key, language, group_number, state, person_sealed, attempts"
        begun, cpu = time.perf_counter(), time.process_time()
        if not place.database:
            driver.execute("PRAGMA cache_size=-16000")  # as ours
            driver.executemany(
                f"INSERT OR IGNORE INTO recipient ({names}) VALUES ({letter}, ?, ?, ?, ?, ?, 0)",
                rows,
            )
        else:
            with driver.cursor() as cursor:
                cursor.execute(
                    "CREATE TEMPORARY TABLE file (k BYTEA, l TEXT, g INT, s TEXT, p BYTEA)"
                )
                with cursor.copy("COPY file FROM STDIN (FORMAT BINARY)") as copy:
                    copy.set_types(("bytea", "text", "int4", "text", "bytea"))
                    for row in rows:
                        copy.write_row(row)
                cursor.execute(
                    f"INSERT INTO recipient ({names}) SELECT {letter}, k, l, g, s, p, 0 FROM file "
                    "ON CONFLICT DO NOTHING"
                )
        db.session.commit()
        seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
    return {"people": len(rows), "seconds": seconds, "cpu": cpu}


def _bare(file: Path, place: Place) -> dict[str, float]:
    with file.open(encoding="utf-8", newline="") as source:
        rows = csv.reader(source)
        next(rows)
        return _copied(rows, place.database) if place.database else _executed(rows, place.folder)


def _executed(rows, folder: Path) -> dict[str, float]:
    database = sqlite3.connect(folder / "bare.db", isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "cache_size=-16000"):  # as ours
        database.execute(f"PRAGMA {pragma}")
    database.execute(
        "CREATE TABLE bare " + TABLE.format(serial="INTEGER PRIMARY KEY", unique=UNIQUE)
    )
    begun, cpu = time.perf_counter(), time.process_time()
    database.execute("BEGIN IMMEDIATE")
    database.executemany(
        "INSERT OR IGNORE INTO bare (notice_id, address, name, language) VALUES (1, ?, ?, ?)", rows
    )
    database.execute("COMMIT")
    seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
    (count,) = database.execute("SELECT count(*) FROM bare").fetchone()
    database.close()
    return {"people": count, "seconds": seconds, "cpu": cpu}


def _copied(rows, url: str) -> dict[str, float]:
    import psycopg

    with psycopg.connect(url.replace("+psycopg", "", 1), autocommit=True) as database:
        database.execute("CREATE TABLE bare " + TABLE.format(serial="serial", unique=UNIQUE))
        begun, cpu = time.perf_counter(), time.process_time()
        with database.transaction(), database.cursor() as cursor:
            cursor.execute("CREATE TEMPORARY TABLE file (address TEXT, name TEXT, language TEXT)")
            with cursor.copy("COPY file FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            cursor.execute(
                "INSERT INTO bare (notice_id, address, name, language) "
                "SELECT 1, address, name, language FROM file ON CONFLICT DO NOTHING"
            )
        seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
        (count,) = database.execute("SELECT count(*) FROM bare").fetchone()
    return {"people": count, "seconds": seconds, "cpu": cpu}


if __name__ == "__main__":
    main()
