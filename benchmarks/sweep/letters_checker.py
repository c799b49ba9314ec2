"""The checker of a run of letters: reads the database by plain SQL and the sink's dump, nothing
else, and says what was lost, doubled or misdirected (invariants I-3 and I-4).

It knows which row a mail belongs to by its Message-ID, which holds the row's uid:
"<l-UID-...@...>"; and whom the row is by the one address to which its mails went.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from benchmarks.people import Person
from benchmarks.verify import Arrived, wrong

STATES = {"queued", "sending", "sent", "deferred", "failed", "in_doubt", "cancelled"}
OPEN = {"queued", "sending", "deferred"}
ROW = re.compile(r"<l-([0-9a-f]{16})-")


@dataclass
class Verdict:
    """Counts of one run; only `in_doubt` and `doubt_taken` may be other than 0."""

    people: int = 0
    sent: int = 0
    in_doubt: int = 0
    doubt_taken: int = 0  # of those in doubt, how many the server had taken
    missing: int = 0  # rows that are not there, or are in no known state
    lost: int = 0  # said to be sent, and never arrived
    stuck: int = 0  # neither sent nor held when all was over
    failed: int = 0
    copies: int = 0  # more than one mail to one person
    wrong: int = 0  # envelope, address, name and row are not of one person
    unknown: int = 0  # arrived, but the row is neither sent nor in doubt
    excess: int = 0  # in doubt beyond one for each open connection and crash
    unfinished: int = 0  # "done" with open rows, or not done without any
    silent: int = 0  # sent, and nothing tells the server's answer
    words: list[str] = field(default_factory=list)

    @property
    def bad(self) -> int:
        """How much of it must not be."""
        return (
            self.missing + self.lost + self.stuck + self.failed + self.copies + self.wrong
            + self.unknown + self.excess + self.unfinished + self.silent
        )  # fmt: skip


def check(
    rows: dict[str, str],
    notice: str,
    answered: Iterable[str],
    mails: Sequence[Arrived],
    people: Sequence[Person],
    allowed: int,
) -> Verdict:
    """Judge a run that is over.

    `rows`: uid -> state; `notice`: its state; `answered`: those of which the answer is kept;
    `allowed`: how many may be in doubt, open connections times crashes.
    """
    out = Verdict(people=len(people))
    states = Counter(rows.values())
    out.sent, out.in_doubt = states["sent"], states["in_doubt"]
    out.failed = states["failed"] + states["cancelled"]
    out.missing = abs(len(people) - len(rows))
    out.missing += sum(count for state, count in states.items() if state not in STATES)
    out.stuck = sum(states[state] for state in OPEN)
    out.excess = max(0, out.in_doubt - allowed)
    still_open = out.stuck + out.in_doubt
    out.unfinished = int((notice == "done") != (still_open == 0))
    told = set(answered)
    out.silent = sum(state == "sent" and uid not in told for uid, state in rows.items())

    taken: Counter[str] = Counter()
    whose: dict[str, set[str]] = defaultdict(set)
    by_address = {person.address: person for person in people}
    for mail in mails:
        if not mail.complete:
            continue
        found = wrong(mail, by_address)
        row = ROW.match(mail.message_id)
        if row is None or row[1] not in rows:
            found.append(f"the Message-ID {mail.message_id!r} is of no row")
        else:
            taken[row[1]] += 1
            whose[mail.to].add(row[1])
        out.wrong += bool(found)
        out.words += found
    out.wrong += sum(len(uids) > 1 for uids in whose.values())
    got = Counter(mail.to for mail in mails if mail.complete)
    out.copies = sum(count - 1 for count in got.values())
    for uid, state in rows.items():
        out.lost += state == "sent" and not taken[uid]
        out.unknown += state not in ("sent", "in_doubt") and taken[uid] > 0
        out.doubt_taken += state == "in_doubt" and taken[uid] > 0
    return out
