"""Import of people: ours (checked, matched, sealed) against a bare load of the same file.

python -m benchmarks.importing [--people 1000000] [--repetitions 3] [--quick]

The rival on SQLite is one `executemany` of the rows as `csv` reads them, on PostgreSQL a COPY into
a temporary table and one INSERT .. SELECT, each into a table with the same unique index (letter,
who) and no other, nothing checked and nothing sealed. Both in a process of their own, by turns, on
the same file in no order, committed as durably. What is counted is the work from the file to the
commit; for ours beside it how long the writer of the database was held.
"""

import argparse
import csv
import json
import random
import resource
import sqlite3
import statistics
import time
from pathlib import Path

from benchmarks import tools
from benchmarks.engines import Place, engines
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
    words.add_argument("--be", nargs="+", help="ours|bare FILE FOLDER [DATABASE]")
    options = words.parse_args()
    if options.be:
        what, file, folder, *database = options.be
        place = Place(Path(folder), database[0] if database else None)
        took = (_ours if what == "ours" else _bare)(Path(file), place)
        took["rss_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps(took))
        return
    count = 20_000 if options.quick else options.people
    tools.say(f"import of {count:,} people: {tools.machine()}; medians, in turns")
    with tools.folder() as folder, engines(folder, tuple(options.databases)) as both:
        file = folder / "people.csv"
        _write(file, count)
        for engine in both:
            _measure(engine, file, count, 1 if options.quick else options.repetitions)


def _write(file: Path, count: int) -> None:
    """The people in no order: an index of addresses in order would be an easy one."""
    rows = list(people(count))
    random.Random(1).shuffle(rows)
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerow(["email", "name", "language"])
        csv.writer(out).writerows(rows)


def _measure(engine, file: Path, count: int, repetitions: int) -> None:
    template = engine.prepare(1)
    took: dict[str, list[dict[str, float]]] = {"bare": [], "ours": []}
    for _ in range(repetitions):
        for what, runs in took.items():
            with engine.copy(template) as place:
                words = [file, place.folder, *([place.database] if place.database else [])]
                runs.append(tools.ours("benchmarks.importing", "--be", what, *words))
                assert runs[-1]["people"] == count, runs[-1]
    seconds = {
        what: statistics.median(run["seconds"] for run in runs) for what, runs in took.items()
    }
    held = statistics.median(run["held"] for run in took["ours"])
    rss = max(run["rss_mb"] for run in took["ours"])
    tools.say(
        f"{engine.name}: bare {count / seconds['bare']:,.0f}/s, ours "
        f"{count / seconds['ours']:,.0f}/s, ratio {seconds['bare'] / seconds['ours']:.2f} "
        f"(asked: 0.5); writer held {held:.1f} s; at most {rss:.0f} MB (asked: 150)"
    )


def _ours(file: Path, place: Place) -> dict[str, float]:
    from benchmarks import stage
    from incidents.db import db, now
    from incidents.models import User
    from notifications.recipients import imports, spool, store

    with stage.application(place.folder, place.database).app_context():
        by = db.session.query(User).filter_by(role="controller").first()
        notice = stage.letter(by)
        with file.open("rb") as source:
            look = imports.Look(source, set(), large=1)
            row = imports.upload(notice, file.name, look, by, now())
        row.state = "importing"
        db.session.commit()
        begun = time.perf_counter()
        with spool.Spool() as made:
            counts = imports.prepare(row, made, store.read(row, apart=True), lambda _rows: None)
            ready = time.perf_counter()
            taken = imports.take(row, made, counts, by, now())
            db.session.commit()
        end = time.perf_counter()
    return {"people": taken, "seconds": end - begun, "held": end - ready}


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
    begun = time.perf_counter()
    database.execute("BEGIN IMMEDIATE")
    database.executemany(
        "INSERT OR IGNORE INTO bare (notice_id, address, name, language) VALUES (1, ?, ?, ?)", rows
    )
    database.execute("COMMIT")
    seconds = time.perf_counter() - begun
    (count,) = database.execute("SELECT count(*) FROM bare").fetchone()
    database.close()
    return {"people": count, "seconds": seconds, "held": seconds}


def _copied(rows, url: str) -> dict[str, float]:
    import psycopg

    with psycopg.connect(url.replace("+psycopg", "", 1), autocommit=True) as database:
        database.execute("CREATE TABLE bare " + TABLE.format(serial="serial", unique=UNIQUE))
        begun = time.perf_counter()
        with database.transaction(), database.cursor() as cursor:
            cursor.execute("CREATE TEMPORARY TABLE file (address TEXT, name TEXT, language TEXT)")
            with cursor.copy("COPY file FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            cursor.execute(
                "INSERT INTO bare (notice_id, address, name, language) "
                "SELECT 1, address, name, language FROM file ON CONFLICT DO NOTHING"
            )
        seconds = time.perf_counter() - begun
        (count,) = database.execute("SELECT count(*) FROM bare").fetchone()
    return {"people": count, "seconds": seconds, "held": seconds}


if __name__ == "__main__":
    main()
