"""Pure: which of millions of keys were seen before, in some 16 bytes each."""

import struct
from array import array

SOME = 40_000  # keys for which there is room where nobody says how many will come
_halves = struct.Struct("=QQ").unpack  # of a key: its value, and where it is looked for


class Seen:
    """A set of keyed hashes (16 bytes) in tables of numbers. Eight bytes of each are kept, and
    some twenty bits of the others say where: two of ten million are taken for each other with a
    chance of one in ten thousand million. A set of Python would take 80 bytes a key.

    `expected`: how many will come. With more it is slower, since they begin another table.
    """

    def __init__(self, expected: int = SOME) -> None:
        self._full: list[array[int]] = []
        self._begin(max(expected, SOME))

    def _begin(self, expected: int) -> None:
        size = 1 << (expected * 4 // 3).bit_length()
        self._table, self._mask, self._left = array("Q", (0,)) * size, size - 1, expected

    def add(self, key: bytes) -> bool:
        """Take a key in; False when it was in already."""
        if self._full and any(_holds(table, key) for table in self._full):
            return False
        # What `_holds` does, but here: a million keys come this way.
        value, at = _halves(key)
        table, mask = self._table, self._mask
        value, at = value or 1, at & mask
        while found := table[at]:
            if found == value:
                return False
            at = at + 1 & mask
        table[at] = value
        self._left -= 1
        if not self._left:
            self._full.append(table)
            self._begin(len(table))
        return True

    def __contains__(self, key: object) -> bool:
        if not isinstance(key, bytes):
            return False
        return any(_holds(table, key) for table in (*self._full, self._table))


def _holds(table: "array[int]", key: bytes) -> bool:
    """Whether a key is in a table: at its place, or in one of the next up to the first empty one
    (0)."""
    value, at = _halves(key)
    mask = len(table) - 1
    value, at = value or 1, at & mask
    while found := table[at]:
        if found == value:
            return True
        at = at + 1 & mask
    return False
