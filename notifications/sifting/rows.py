"""Pure: rows of the outbox, made of the rows of a file: everybody who is to be told, sealed."""

import os
from collections.abc import Iterable, Iterator
from itertools import chain, islice, repeat
from operator import itemgetter

from notifications.recipients.findings import Findings
from notifications.recipients.person import NONCE, PeopleSeal, compact
from notifications.recipients.sift import Row

# address_key, language, group, state, person_sealed
Line = tuple[bytes, str, int, str, bytes]
BATCH = 2_000  # people for whom random numbers are drawn at once
RUN = 32_000  # rows that are put in order together at most: some 11 MB
FIRST = 2_000  # the first lot is small and each next one larger, so that writing begins soon


def lines(
    found: Iterable[Row], findings: Findings, seal: PeopleSeal, otherwise: str
) -> Iterator[Line]:
    """The people among the rows of a file; all rows are counted in `findings`.

    `otherwise`: the language of those whose own the file does not say.
    """
    take, close = findings.take, seal.close_text
    nonces, at, end = b"", 0, 0
    for row in found:
        take(row)
        _line, outcome, key, parts, group, _reason = row
        if not parts:
            continue
        if at == end:
            nonces, at, end = os.urandom(NONCE * BATCH), 0, NONCE * BATCH
        sealed = close(compact(*parts), key, nonces[at : at + NONCE])
        at += NONCE
        state = "queued" if outcome == "new" else "paper"
        yield key, parts[2] or otherwise, group, state, sealed


def runs(made: Iterator[Line], size: int = RUN) -> Iterator[list[Line]]:
    """Rows by so many at most, each lot in the order of the unique index: a database that takes
    them so goes over its index once a lot, and not once a row."""
    for count in chain((FIRST << n for n in range(20) if FIRST << n < size), repeat(size)):
        run = list(islice(made, count))
        if not run:
            return
        run.sort(key=itemgetter(0))
        yield run
        del run  # or two of them would be in memory
