"""Pure: what was found in a list: how many rows are what, and the first that are in the way."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from notifications.recipients import addresses
from notifications.recipients.seen import Seen
from notifications.recipients.sift import Row, whole

# "new" rows become people with an e-mail address, "paper" rows people without.
OUTCOMES = ("new", "paper", "known", "duplicate", "invalid", "missing")
TAKEN = ("new", "paper")
SHOWN = 100  # problems kept with the preview; all of them stand in the download
TWINS = 20  # lines with an address like another's that are kept


@dataclass
class Findings:
    """What a list holds: counts by outcome, group and language, and the first problems."""

    # By outcome, group and language of people ("" = not said), and whether they have a name.
    tally: dict[tuple[str, int, str, bool], int] = field(default_factory=dict)
    incomplete: int = 0  # people without an e-mail address whose letter needs one looked up
    problems: list[tuple[int, str]] = field(default_factory=list)
    twins: int = 0
    twin_lines: list[int] = field(default_factory=list)
    filled: dict[str, int] = field(default_factory=dict)  # people by free column they have
    twins_seen: Seen = field(default_factory=Seen)

    def take(self, row: Row) -> None:
        """Count one row."""
        _line, outcome, _key, parts, group, reason = row
        if parts:
            if parts[5]:
                for name in parts[5]:
                    self.filled[name] = self.filled.get(name, 0) + 1
            if outcome == "paper" and not whole(parts[6]):
                self.incomplete += 1
            kind = outcome, group, parts[2], parts[1] is not None
        else:
            kind = outcome, 0, "", True
            if reason and len(self.problems) < SHOWN:
                self.problems.append((row.line, reason))
        try:
            self.tally[kind] += 1
        except KeyError:
            self.tally[kind] = 1

    def compare(self, row: Row) -> None:
        """Count an address that differs from one before it only by dots or a plus: shown, and
        never merged, since with most providers these are two people."""
        if row.outcome != "new":
            return
        hashed = hash(addresses.twin(row.parts[0]))
        if not self.twins_seen.add(hashed.to_bytes(8, "big", signed=True) * 2):
            self.twins += 1
            if len(self.twin_lines) < TWINS:
                self.twin_lines.append(row.line)

    def as_json(self) -> dict[str, Any]:
        """Numbers, and lines with their reasons; nothing of the people themselves."""
        outcomes, languages, unnamed = Counter[str](), Counter[str](), 0
        groups = Counter[tuple[int, str]]()
        for (outcome, group, language, named), count in self.tally.items():
            outcomes[outcome] += count
            if outcome in TAKEN:
                languages[language] += count
                groups[group, language] += count
                unnamed += 0 if named else count
        return {
            **{outcome: outcomes[outcome] for outcome in OUTCOMES},
            "rows": outcomes.total(),
            "languages": dict(languages),
            "groups": [[*key, count] for key, count in sorted(groups.items())],
            "unnamed": unnamed,
            "incomplete": self.incomplete,
            "filled": self.filled,
            "problems": [list(problem) for problem in self.problems],
            "twins": self.twins,
            "twin_lines": self.twin_lines,
        }
