"""Adds up what the runs of a sweep found, and prints it in one line each."""

import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

from benchmarks.tools import say

SHOWN = 5  # bad runs told one by one


@dataclass
class Total:
    """The runs of one sweep. `names`: which counts of a verdict are printed."""

    title: str
    names: tuple[str, ...]
    runs: int = 0
    killed: int = 0
    hung: int = 0
    bad: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    most: Counter[str] = field(default_factory=Counter)  # the highest count of any one run

    def take(self, verdict: Any, status: int, at: str) -> None:
        """Add one run; says at once what must not be. `at`: where it was hit."""
        self.runs += 1
        self.killed += status == -9
        self.hung += status == -99
        for name, value in asdict(verdict).items():
            if isinstance(value, int):
                self.counts[name] += value
                self.most[name] = max(self.most[name], value)
        if verdict.bad:
            self.bad += 1
            if self.bad <= SHOWN:
                found = {k: v for k, v in asdict(verdict).items() if v and k != "words"}
                words = " ".join(verdict.words[:2])
                say(f"  BAD {self.title} at {at} (exit {status}): {json.dumps(found)} {words}")

    def line(self) -> None:
        """Print the counts."""
        counts = ", ".join(f"{self.counts[name]} {name.replace('_', ' ')}" for name in self.names)
        hung = f", {self.hung} hung" if self.hung else ""
        doubt = f" (at most {self.most['in_doubt']} in one run)" if self.counts["in_doubt"] else ""
        say(f"{self.title}: {self.runs} runs, {self.killed} killed{hung}: {counts}{doubt}"
            f"{'' if self.bad == 0 else f'; {self.bad} RUNS BAD'}")  # fmt: skip
