"""Pure: which of millions of keys were seen before, in some 12 bytes each."""

_KEPT = 8  # bytes of a key that are kept beside the two that choose the room


class Seen:
    """A set of keyed hashes (16 bytes), of which ten bytes are compared: two of ten million are
    taken for each other with a chance of one in ten thousand million. A set of Python would take
    100 bytes a key.
    """

    def __init__(self) -> None:
        self._rooms = [bytearray() for _ in range(1 << 16)]

    def add(self, key: bytes) -> bool:
        """Take a key in; False when it was in already."""
        room = self._rooms[key[0] << 8 | key[1]]
        rest = key[2 : 2 + _KEPT]
        at = room.find(rest)
        while at > 0 and at % _KEPT:  # in the middle of two others
            at = room.find(rest, at + 1)
        if at >= 0:
            return False
        room += rest
        return True

    def __contains__(self, key: object) -> bool:
        if not isinstance(key, bytes):
            return False
        room, rest = self._rooms[key[0] << 8 | key[1]], key[2 : 2 + _KEPT]
        at = room.find(rest)
        while at > 0 and at % _KEPT:
            at = room.find(rest, at + 1)
        return at >= 0
