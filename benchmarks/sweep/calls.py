"""A sweep over system calls: killed at the first, second, ... of each kind until nothing is hit
any more; then each call on the disk fails, once or for good. The same for every program."""

import time
from collections.abc import Callable, Iterable
from typing import Any

from benchmarks import tools
from benchmarks.sweep import kill
from benchmarks.sweep.kill import Blow
from benchmarks.sweep.total import Total

# One blow: (the blow) -> exit status, whether it fell, the verdict of a checker.
Run = Callable[[Blow], tuple[int, bool, Any]]


def sweep(
    title: str,
    run: Run,
    names: tuple[str, ...],
    until: float,
    quick: bool = False,
    calls: Iterable[str] = kill.CALLS,
) -> list[Total]:
    """All of it, at most until then (half of the time for the kills): what each way found."""
    ways = [
        ("killed", tuple(calls), "signal=SIGKILL", False),
        ("EIO", kill.DISK, "error=EIO", False),
        ("disk full", kill.DISK, "error=ENOSPC", True),
    ]
    share = max(0.0, until - time.monotonic()) / 4
    totals = []
    for name, kinds, what, on in ways:
        total = Total(f"{title}, {name}", names)
        end = time.monotonic() + share * (2 if name == "killed" else 1)
        for left, call in zip(range(len(kinds), 0, -1), kinds, strict=True):
            stop = min(end, time.monotonic() + 2 * (end - time.monotonic()) / left)
            _one_kind(total, run, Blow(call, 1, what, on), stop, quick)
        total.line()
        totals.append(total)
    return totals


def _one_kind(total: Total, run: Run, first: Blow, stop: float, quick: bool) -> None:
    """The first, second, ... call of one kind, until one does not fall or time is over."""
    last = 0
    for number in kill.numbers(quick):
        if time.monotonic() > stop:
            tools.say(f"  {total.title}: {first.call} up to number {last}, then time was over")
            return
        blow = Blow(first.call, number, first.what, first.on)
        status, hit, verdict = run(blow)
        total.take(verdict, status, f"{blow.call} {number}")
        last = number
        if not hit:
            tools.say(f"  {total.title}: {first.call} to its end, {number - 1}")
            return
