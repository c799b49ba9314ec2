"""Pure: what the books and the wire say to each other, which are two processes.

To the wire: ("open", question), then ("letters", texts that are new, letters), ("go", runs that go,
runs that are free again), ("settled", ids), ("close",), and ("end",) when no letter is left. To the
books: ("open", why it cannot be or None), then ("done", [(id, state, answer), ...], runs held), and
("over", why or None) when nothing more will be begun; ("alive",) where nothing else is to be said.

Each is its length (4 bytes) and itself as `marshal` has it: both ends are one program.
"""

import marshal
import struct
from collections.abc import Iterable
from typing import Any

# Its number, its pieces as they are said, and the places among them of what is a person's own.
Text = tuple[int, list[bytes], tuple[int, ...]]
# Id, run, attempt, envelope sender, address; the text's number, and what stands in its places.
Own = tuple[int, int, int, bytes, bytes, int, tuple[bytes, ...]]
Message = tuple[Any, ...]

PIPE = 1 << 20  # bytes that wait in a pipe while the other end is busy
_HEAD = struct.Struct("!I")


def filled(pieces: list[bytes], places: Iterable[int], own: Iterable[bytes]) -> bytes:
    """A text with what is a person's own in its places."""
    pieces = pieces.copy()
    for place, piece in zip(places, own, strict=True):
        pieces[place] = piece
    return b"".join(pieces)


def packed(message: Message) -> bytes:
    """A message as it goes through a pipe."""
    body = marshal.dumps(message)
    return _HEAD.pack(len(body)) + body


class Unpacked:
    """The messages in what comes through a pipe, in whatever pieces."""

    def __init__(self) -> None:
        self._came = bytearray()

    def take(self, piece: bytes) -> list[Message]:
        """Those that are whole with this piece."""
        came, messages = self._came, list[Message]()
        came += piece
        at = 0
        with memoryview(came) as view:
            while len(came) >= at + _HEAD.size:
                (size,) = _HEAD.unpack_from(view, at)
                start, end = at + _HEAD.size, at + _HEAD.size + size
                if len(came) < end:
                    break
                messages.append(marshal.loads(view[start:end]))  # noqa: S302 - our own program
                at = end
        del came[:at]
        return messages
