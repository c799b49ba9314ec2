"""The rows of a list on their way into the outbox: made ready first, then written at one go.

Checking and sealing a million people takes longer than others can wait for the one writer of
SQLite. So their rows are made beside the database, in a file without a name that goes with the
process, and nothing in it is open to read: keyed hashes and what is sealed. The database is held
only while they are copied, by its driver, without an object a row.
"""

import io
import marshal
from collections.abc import Iterable, Iterator
from tempfile import TemporaryFile

from sqlalchemy import Connection

# address_key, language, group, state, person_sealed
Line = tuple[bytes, str, int, str, bytes]
INSERT = (
    "INSERT INTO recipient"
    " (notice_id, address_key, language, group_number, state, person_sealed, attempts)"
    " VALUES (?, ?, ?, ?, ?, ?, 0)"
)
COPY = (
    "COPY recipient"
    " (notice_id, address_key, language, group_number, state, person_sealed, attempts)"
    " FROM STDIN (FORMAT BINARY)"
)
_TYPES = ("int4", "bytea", "varchar", "int4", "varchar", "bytea", "int4")
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
        lines = ((notice_id, *line) for line in self)
        if connection.dialect.name == "sqlite":
            (usual,) = driver.execute("PRAGMA cache_size").fetchone()
            driver.execute(f"PRAGMA cache_size=-{CACHE}")
            driver.executemany(INSERT, lines)
            driver.execute(f"PRAGMA cache_size={usual}")
            return
        with driver.cursor() as cursor, cursor.copy(COPY) as copy:
            copy.set_types(_TYPES)
            for line in lines:
                copy.write_row((*line, 0))
