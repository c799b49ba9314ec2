"""500 reporters within a minute, each with a text and a file of 2 MB: receipts, whole reports,
waiting times.

    python -m benchmarks.reporters [--reporters 500] [--seconds 60] [--megabytes 2]

`--seconds 0`: all at once. The server is `python app.py` as a newcomer starts it, with its worker.
"""

import argparse
import contextlib
import hashlib
import os
import resource
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from benchmarks import stage, tools
from benchmarks.browser import Browser, NoReceipt, report
from incidents.db import db
from incidents.models import Attachment, Blob, Report


@dataclass
class Visit:
    """One reporter's way. Seconds; `error` is empty when there was a receipt."""

    number: int
    story: str
    sha256: str
    seconds: float = 0.0
    worst: int = 0
    error: str = ""


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def server(folder: Path, **more: str) -> Iterator[int]:
    """`python app.py` on an instance folder; yields its port."""
    port = free_port()
    env = {key: value for key, value in os.environ.items() if not key.startswith("TOCSIN_")}
    env |= {"TOCSIN_INSTANCE": str(folder), "TOCSIN_PORT": str(port)}
    env |= {"TOCSIN_URL": f"http://127.0.0.1:{port}", **more}
    with (
        (folder / "log").open("ab") as log,
        subprocess.Popen(
            [sys.executable, "app.py"], cwd=tools.ROOT, env=env, stdout=log, stderr=log
        ) as process,
    ):
        try:
            end = time.monotonic() + 60
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    break
                except OSError:
                    if process.poll() is not None or time.monotonic() > end:
                        raise tools.Failed((folder / "log").read_text()[-3000:]) from None
                    time.sleep(0.05)
            yield port
        finally:
            process.terminate()


def visit(port: int, one: Visit, content: bytes) -> None:
    """One reporter, from the empty form to the receipt."""
    browser = Browser(port)
    begun = time.perf_counter()
    try:
        report(browser, one.story, [(f"screen-{one.number}.png", content)])
    except (NoReceipt, OSError) as error:
        one.error = str(error) or type(error).__name__
    except Exception as error:
        one.error = f"{type(error).__name__}: {error}"
    one.seconds, one.worst = time.perf_counter() - begun, browser.worst


def crowd(port: int, count: int, seconds: float, size: int) -> list[Visit]:
    """So many reporters, evenly over the seconds, each with a file that nobody else has."""
    rest = os.urandom(size)
    visits, threads = [], []
    begun = time.perf_counter()
    for number in range(count):
        content = b"\x89PNG\r\n\x1a\n" + number.to_bytes(8, "big") + rest[16:]
        story = f"Reporter {number} saw invoices of other people. " * 10
        visits.append(Visit(number, story, hashlib.sha256(content).hexdigest()))
        wait = begun + seconds * number / count - time.perf_counter()
        if wait > 0:
            time.sleep(wait)
        threads.append(threading.Thread(target=visit, args=(port, visits[-1], content)))
        threads[-1].start()
    for thread in threads:
        thread.join()
    return visits


def whole(folder: Path) -> dict[str, list[str]]:
    """SHA-256 of each file that is kept and opens to these bytes -> the stories of its reports."""
    found: dict[str, list[str]] = {}
    app = stage.application(folder)
    with app.app_context():
        rows = select(Attachment.blob_id, Attachment.report_id)
        for blob_id, report_id in db.session.execute(rows).all():
            blob = db.session.get_one(Blob, blob_id)
            sha256 = hashlib.sha256(blob.content).hexdigest()
            story = db.session.get_one(Report, report_id).story
            found.setdefault(sha256, []).append(story if sha256 == blob.sha256 else "")
            db.session.expunge_all()
        db.session.remove()
        db.engine.dispose()
    return found


def percentile(values: list[float], share: float) -> float:
    """The value that so many per cent do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share / 100))]


def main() -> int:
    """Measure and print; 1 when a report was lost, doubled or refused."""
    words = argparse.ArgumentParser(prog="benchmarks.reporters")
    words.add_argument("--reporters", type=int, default=500)
    words.add_argument("--seconds", type=float, default=60)
    words.add_argument("--megabytes", type=float, default=2)
    options = words.parse_args()
    tools.say(
        f"reporters: {tools.machine()}; {options.reporters} within {options.seconds:g} s, "
        f"a text and a file of {options.megabytes:g} MB each"
    )
    with tools.folder() as folder:
        app = stage.application(folder)
        with app.app_context():
            stage.found(app)
            db.session.remove()
            db.engine.dispose()
        begun = time.perf_counter()
        with server(folder) as port:
            size = int(options.megabytes * 1_000_000)
            visits = crowd(port, options.reporters, options.seconds, size)
            took = time.perf_counter() - begun
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        busy = (used.ru_utime + used.ru_stime) / options.reporters
        kept = whole(folder)
    receipts = [one for one in visits if not one.error]
    complete = [one for one in receipts if kept.get(one.sha256) == [one.story.strip()]]
    reports = sum(map(len, kept.values()))
    errors = [one for one in visits if one.worst >= 500]
    times = [one.seconds for one in visits]
    tools.say(
        f"{len(receipts)} receipts, {len(complete)} complete reports, {reports} files kept, "
        f"{len(errors)} answers 5xx, in {took:.1f} s"
    )
    middle, late = percentile(times, 50), percentile(times, 95)
    tools.say(
        f"a whole visit: median {middle:.2f} s, p95 {late:.2f} s (asked: 5), "
        f"longest {max(times):.2f} s; CPU of the server {busy * 1000:.0f} ms a report"
    )
    for one in [one for one in visits if one.error][:5]:
        tools.say(f"  reporter {one.number}: {one.error}")
    good = len(complete) == reports == options.reporters and not errors
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
