"""Pure: which letters stand within a claim. Between the rows of a list may be those of another."""

from collections.abc import Collection, Iterator, Mapping
from itertools import groupby

Runs = Mapping[int, int]  # of letters, by their numbers
ONE: Runs = {}  # where all are of one run


def within(
    numbers: Collection[int], first: int, last: int, run: int, runs: Runs = ONE
) -> Iterator[int]:
    """Those that stand within a claim on letters of a run.

    >>> list(within([1, 2, 3, 4], 2, 4, 7, {1: 7, 2: 7, 3: 8, 4: 7}))
    [2, 4]
    """
    run_of = runs.get
    return (number for number in numbers if first <= number <= last and run_of(number, run) == run)


def stretches(within: list[int], cuts: list[int]) -> Iterator[tuple[int, int]]:
    """From which to which number those `within` follow each other with no cut between them.

    >>> list(stretches([1, 2, 4, 9], [3, 5]))
    [(1, 2), (4, 4), (9, 9)]
    """
    cut = set(cuts)
    for free, numbers in groupby(sorted([*within, *cuts]), cut.__contains__):
        if not free:
            stretch = [*numbers]
            yield stretch[0], stretch[-1]
