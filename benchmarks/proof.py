"""The proof dossier of a long list: how long it takes to make and to verify, in how much memory.

    python -m benchmarks.proof [--people 10000 200000]

Letters to so many people are sent to a sink; then the dossier is asked for, made by the worker's
own job, written to a file, and verified by `docs/verify.py`, whole and with one byte flipped. Each
step is a process of its own, so that its highest resident size is its own.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from sqlalchemy import select

from benchmarks import stage, tools
from benchmarks.engines import Place, engines
from incidents.db import db, now
from incidents.models import User
from notifications import proof
from notifications.channels import made
from notifications.models import Notice

# The verifier, and then its highest resident size (that of a process as it begins is its parent's).
VERIFY = """
import runpy, sys
sys.argv = sys.argv[1:]
try:
    runpy.run_path(sys.argv[0], run_name="__main__")
finally:
    print(open("/proc/self/status").read().partition("VmHWM:")[2].split()[0])
"""


def main() -> None:
    """Measure and print; with --make, be the process that makes one."""
    words = argparse.ArgumentParser(prog="benchmarks.proof")
    words.add_argument("--people", type=int, nargs="+", default=[10_000, 200_000])
    words.add_argument("--databases", nargs="+", default=["sqlite"])
    words.add_argument("--port", type=int, default=2528)
    words.add_argument("--make", type=Path)
    words.add_argument("--database")
    words.add_argument("--open", action="store_true", help="the variant with addresses")
    options = words.parse_args()
    if options.make:
        print(json.dumps(_make(options.make, options.database, options.open)))
        return
    tools.say(f"proof dossier: {tools.machine()}")
    with tools.folder() as folder, engines(folder, tuple(options.databases)) as both:
        for engine in both:
            for count in options.people:
                place = engine.prepare(count)
                with tools.smtp_sink(options.port) as port:
                    sent = tools.ours("benchmarks.ours", *place.words, "--port", port)
                assert sent["state"] == "done", sent
                for open_ in (False, True):
                    _measure(engine.name, place, count, open_)


def _measure(name: str, place: Place, count: int, open_: bool) -> None:
    more = ["--database", place.database] if place.database else []
    more += ["--open"] if open_ else []
    took = tools.ours("benchmarks.proof", "--make", place.folder, *more)
    file = place.folder / "dossier.zip"
    whole = _verified(file)
    _flip(file)
    changed = _verified(file)
    assert (whole["exit"], changed["exit"]) == (0, 1), (whole, changed)
    tools.say(
        f"{name}, {count:,} people, {'with' if open_ else 'without'} addresses: "
        f"{took['size'] / 1e6:,.0f} MB made in {took['seconds']:,.1f} s "
        f"(at most {took['rss_mb']:.0f} MB), verified in {whole['seconds']:,.1f} s "
        f"({whole['rss_mb']:.0f} MB), one flipped byte named in {changed['seconds']:,.1f} s "
        f"({changed['rss_mb']:.0f} MB): {changed['named']}"
    )
    file.unlink()


def _make(folder: Path, database: str | None, open_: bool) -> dict[str, float]:
    app = stage.application(folder, database)
    with app.app_context():
        notice = db.session.scalars(select(Notice)).one()
        controller = db.session.scalars(select(User)).one()
        proof.ask(notice, open_, [], controller, now())
        db.session.commit()
        begun, busy = time.perf_counter(), time.process_time()
        assert made.make() == 1
        seconds, busy = time.perf_counter() - begun, time.process_time() - busy
        rss = int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) / 1024
        file = proof.proofs(db.session.scalars(select(Notice)).one())[0]
        assert file.state == "ready", file.state
        with (folder / "dossier.zip").open("wb") as out:
            for piece in made.read(file):
                out.write(piece)
        size = (folder / "dossier.zip").stat().st_size
    return {"seconds": seconds, "cpu": busy, "rss_mb": rss, "size": size}


def _flip(file: Path) -> None:
    """One bit of one byte in the middle."""
    with file.open("r+b") as both:
        both.seek(file.stat().st_size // 2)
        byte = both.read(1)[0]
        both.seek(-1, os.SEEK_CUR)
        both.write(bytes([byte ^ 1]))


def _verified(file: Path) -> dict[str, float | int | str]:
    """What the verifier says of a file, how long it took, and its highest resident size."""
    begun = time.perf_counter()
    verifier = tools.ROOT / "docs" / "verify.py"
    command = [sys.executable, "-I", "-c", VERIFY, str(verifier), str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    *words, size = done.stdout.splitlines()
    return {
        "exit": done.returncode,
        "seconds": time.perf_counter() - begun,
        "rss_mb": int(size) / 1024,
        "named": "; ".join(line for line in words if line.startswith("CHANGED ")),
    }


if __name__ == "__main__":
    main()
