"""The programs that measurements run: where they are, how they are started, how they end."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
PARTS = ROOT / "build" / "bench"
POSTFIX = PARTS / "postfix" / "usr"


# Stopped from outside, what was started is stopped, too.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def machine() -> str:
    """The class of this machine, for the line above the figures."""
    return f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, load {os.getloadavg()[0]:.1f}"


def say(*words: object) -> None:
    """One line of result, at once."""
    print(*words, flush=True)


class Failed(Exception):
    """A program ended badly; the end of what it said."""


def run(*words: object) -> str:
    """Run Python with these words; returns what it printed. Raises Failed."""
    return output([sys.executable, *map(str, words)])


def ours(*words: object) -> dict[str, Any]:
    """Run a module of ours; returns the JSON of its last line. Raises Failed."""
    return json.loads(run("-m", *words).splitlines()[-1])


def output(command: list[str], **env: str) -> str:
    """What a program printed. Raises Failed."""
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **env}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        words = " ".join(command)
        raise Failed(f"{words} ended with {done.returncode}:\n{done.stderr[-3000:]}")
    return done.stdout


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """A temporary folder on the disk of the project: /tmp may be in memory, where fsync is free."""
    (PARTS / "runs").mkdir(parents=True, exist_ok=True)
    path = Path(tempfile.mkdtemp(dir=PARTS / "runs"))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def postfix(name: str) -> list[str] | None:
    """The command of smtp-source or smtp-sink: of this machine, else unpacked. None: not here."""
    if (POSTFIX / "sbin" / name).exists():
        return [
            "env",
            f"LD_LIBRARY_PATH={POSTFIX / 'lib' / 'postfix'}",
            str(POSTFIX / "sbin" / name),
        ]
    found = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    return [found] if found else None


@contextlib.contextmanager
def running(command: list[str], **more: Any) -> Iterator[subprocess.Popen[str]]:
    """A program that runs beside, and ends with the block."""
    with subprocess.Popen(command, cwd=ROOT, text=True, **more) as process:
        try:
            yield process
        finally:
            process.terminate()


@contextlib.contextmanager
def slow_sink(rtt: float = 0.0, commit: float = 0.0, dump: Path | None = None) -> Iterator[int]:
    """Our own sink; yields its port."""
    command = [sys.executable, "-m", "benchmarks.sink", "--rtt", str(rtt), "--commit", str(commit)]
    command += ["--dump", str(dump)] if dump else []
    with running(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        yield int(process.stdout.readline())


@contextlib.contextmanager
def smtp_sink(port: int) -> Iterator[int]:
    """Postfix's sink; yields its port. Raises FileNotFoundError when it is not here."""
    command = postfix("smtp-sink")
    if command is None:
        raise FileNotFoundError("smtp-sink (Debian package postfix) is not here")
    who = ["-u", "nobody"] if os.geteuid() == 0 else []
    with running([*command, *who, f"127.0.0.1:{port}", "1000"]):
        time.sleep(0.5)
        yield port


def smtp_source(port: int, connections: int, count: int, letter: Path) -> float:
    """Send the same letter so many times by smtp-source; returns mails per second."""
    command = postfix("smtp-source")
    assert command is not None
    begun = time.perf_counter()
    subprocess.run(
        [*command, "-d", "-s", str(connections), "-m", str(count), "-F", str(letter),
         "-f", "privacy@training.example", "-t", "person0@people.example", f"127.0.0.1:{port}"],
        check=True, cwd=ROOT,
    )  # fmt: skip
    return count / (time.perf_counter() - begun)
