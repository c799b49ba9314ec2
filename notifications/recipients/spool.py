"""The rows of a list on their way into the outbox: made ready first, then written at one go.

Checking and sealing a million people takes longer than others can wait for the one writer of
SQLite. So their rows are made beside the database, in a file without a name that goes with the
process, and nothing in it is open to read: keyed hashes and what is sealed. The database is held
only while they are copied, by its driver, without an object a row.
"""

import io
import marshal
from collections.abc import Iterable, Iterator
from struct import pack
from tempfile import TemporaryFile

from sqlalchemy import Connection

# address_key, language, group, state, person_sealed
Line = tuple[bytes, str, int, str, bytes]
INSERT = (
    "INSERT INTO recipient"
    " (notice_id, address_key, language, group_number, state, person_sealed, attempts)"
    " VALUES ({notice}, ?, ?, ?, ?, ?, 0)"
)
COPY = (
    "COPY recipient"
    " (notice_id, address_key, language, group_number, state, person_sealed, attempts)"
    " FROM STDIN (FORMAT BINARY)"
)
_BEGIN, _END = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"  # of PostgreSQL's binary COPY
ROOMS = 256  # by the first byte of the key
PILE = 50  # rows of a room that are written down together
CACHE = 16_000  # KiB of SQLite's pages kept while rows are written


class Spool:
    """Rows made ready, in order of their keys when they are read. Close it, or use a `with`."""

    def __init__(self) -> None:
        self.file = TemporaryFile()  # noqa: SIM115 - closed by `close`
        self.waiting: list[list[Line]] = [[] for _ in range(ROOMS)]
        self.places: list[list[tuple[int, int]]] = [[] for _ in range(ROOMS)]

    def __enter__(self) -> "Spool":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Forget the rows."""
        self.file.close()

    def fill(self, lines: Iterable[Line]) -> None:
        """Make rows ready, as they come."""
        waiting = self.waiting
        for line in lines:
            room = waiting[line[0][0]]
            room.append(line)
            if len(room) == PILE:
                self._put_down(line[0][0])

    def _put_down(self, number: int) -> None:
        pile = marshal.dumps(self.waiting[number])
        self.places[number].append((self.file.seek(0, io.SEEK_END), len(pile)))
        self.file.write(pile)
        self.waiting[number].clear()

    def __iter__(self) -> Iterator[Line]:
        # In the order of the unique index, which grows at its end then instead of all over.
        for number in range(ROOMS):
            room = list(self.waiting[number])
            for at, size in self.places[number]:
                self.file.seek(at)
                room += marshal.loads(self.file.read(size))  # noqa: S302 - written above
            room.sort()
            yield from room

    def write(self, connection: Connection, notice_id: int) -> None:
        """Copy all rows into the outbox, in the transaction of this connection."""
        driver = connection.connection.driver_connection
        if driver is None:
            raise RuntimeError("The connection to the database is closed.")
        if connection.dialect.name == "sqlite":
            (usual,) = driver.execute("PRAGMA cache_size").fetchone()
            driver.execute(f"PRAGMA cache_size=-{CACHE}")
            driver.executemany(INSERT.format(notice=int(notice_id)), self)
            driver.execute(f"PRAGMA cache_size={usual}")
            return
        with driver.cursor() as cursor, cursor.copy(COPY) as copy:
            copy.write(_BEGIN)
            for rows in self._binary(notice_id):
                copy.write(rows)
            copy.write(_END)

    def _binary(self, notice_id: int) -> Iterator[bytes]:
        """The rows as COPY takes them in, many at a time: their number of columns, and before each
        value its length. The driver would look at the type of each value of each row."""
        first = pack("!hiii", 7, 4, notice_id, 16)
        last = pack("!ii", 4, 0)
        between: dict[tuple[str, int, str], bytes] = {}
        out: list[bytes] = []
        for key, language, group, state, sealed in self:
            middle = between.get((language, group, state))
            if middle is None:
                words, name = language.encode(), state.encode()
                middle = pack("!i", len(words)) + words + pack("!iii", 4, group, len(name)) + name
                between[language, group, state] = middle
            out += first, key, middle, len(sealed).to_bytes(4), sealed, last
            if len(out) > 3_000:
                yield b"".join(out)
                out.clear()
        yield b"".join(out)
