"""The memory of the sender, by length of the list: the highest resident size of the process that
keeps the books (with the application), of the one that has the wire, and what both have together.

python -m benchmarks.memory [--people 10000 100000 1000000]
"""

import argparse
import threading
from pathlib import Path

from benchmarks import tools
from benchmarks.engines import engines


def main() -> None:
    """Measure and print."""
    words = argparse.ArgumentParser(prog="benchmarks.memory")
    words.add_argument("--people", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    words.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"])
    words.add_argument("--port", type=int, default=2527)
    options = words.parse_args()
    tools.say(f"memory of the sender: {tools.machine()}; 8 connections")
    with tools.folder() as folder, engines(folder, tuple(options.databases)) as both:
        try:
            with tools.smtp_sink(options.port) as port:
                _measure(both, options.people, port)
        except FileNotFoundError:  # without Postfix's sink by our own, which is slower
            with tools.slow_sink() as port:
                _measure(both, options.people, port)


class Memory:
    """What this program and its children have in memory at most, looked at four times a second
    (more would slow them).

    `most`: MB of all together, a page that several have counted once (PSS of smaps_rollup; what
    programs that are not ours share with them is counted in part); `child`: MB of the largest
    child alone (VmHWM).
    """

    def __init__(self) -> None:
        self.most, self.child = 0.0, 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> "Memory":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(0.25):
            children = [
                child
                for task in Path("/proc/self/task").glob("*/children")
                for child in _text(task).split()
            ]
            shares = [_of(f"/proc/{who}/smaps_rollup", "Pss:") for who in ("self", *children)]
            self.most = max(self.most, sum(shares))
            peaks = [_of(f"/proc/{who}/status", "VmHWM:") for who in children]
            self.child = max(self.child, *peaks, 0.0)


def _of(file: str, name: str) -> float:
    """MB of one value in a file of /proc; 0 when its process is gone."""
    found = _text(Path(file)).partition(name)[2].split()
    return int(found[0]) / 1024 if found else 0.0


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""


def _measure(both: list, counts: list[int], port: int) -> None:
    for engine in both:
        for count in counts:
            place = engine.prepare(count)
            took = tools.ours("benchmarks.ours", *place.words, "--port", port, "--memory")
            assert took["state"] == "done", took
            tools.say(
                f"{engine.name}, {count:,} people: books {took['rss_mb']:.0f} MB, wire "
                f"{took['wire_rss_mb']:.0f} MB, both {took['both_mb']:.0f} MB shared pages once "
                f"(asked: 100), {took['sent'] / took['seconds']:,.0f} mails/s"
            )


if __name__ == "__main__":
    main()
