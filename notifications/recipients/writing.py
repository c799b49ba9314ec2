"""Rows that were made ready, copied into the outbox by the database's driver, without an object a
row: `executemany` on SQLite, COPY on PostgreSQL."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from struct import pack
from typing import Any

from sqlalchemy import Connection

from notifications.sifting.rows import Line

INSERT = (
    "INSERT INTO recipient"
    " (notice_id, address_key, language, group_number, state, person_sealed, attempts)"
    " VALUES {rows}"
)
TOGETHER = 50  # rows in one statement: SQLite begins and ends each, however little it does
COPY = (
    "COPY recipient"
    " (notice_id, address_key, language, group_number, state, person_sealed, attempts)"
    " FROM STDIN (FORMAT BINARY)"
)
_BEGIN, _END = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"  # of PostgreSQL's binary COPY
ROOM = {"cache_size": -6_000}  # KiB of SQLite's pages kept while rows are written
# Of rows that count for nothing before a last commit that is durable, as all else: a commit need
# not wait for the disk (NORMAL), and what was written is moved to its place by `settle` alone.
STAGED = ROOM | {"synchronous": 1, "wal_autocheckpoint": 0}


@contextmanager
def tuned(connection: Connection, pragmas: Mapping[str, int] = ROOM) -> Iterator[None]:
    """Let SQLite work otherwise while many rows are written."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = _driver(connection)
    usual = {name: _pragma(driver, name)[0] for name in pragmas}
    try:
        for name, value in pragmas.items():
            _pragma(driver, f"{name}={value}")
        yield
    finally:
        for name, value in usual.items():
            _pragma(driver, f"{name}={value}")


def settle(connection: Connection) -> None:
    """Outside of any transaction: let SQLite move what was written from its log to its place, while
    others may write. A commit would do it before the next writer has its turn."""
    if connection.dialect.name == "sqlite":
        _pragma(_driver(connection), "wal_checkpoint(PASSIVE)")


def _pragma(driver: Any, words: str) -> Any:
    return driver.execute(f"PRAGMA {words}").fetchone()


def soon(connection: Connection) -> None:
    """Let this transaction of PostgreSQL not wait for the disk (see STAGED)."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL synchronous_commit TO off")


def write(connection: Connection, notice_id: int, lines: Sequence[Line]) -> None:
    """Copy rows into the outbox, in the transaction of this connection."""
    driver = _driver(connection)
    if connection.dialect.name == "sqlite":
        whole = len(lines) // TOGETHER * TOGETHER
        for rows, count in (lines[:whole], TOGETHER), (lines[whole:], 1):
            values = ", ".join([f"({int(notice_id)}, ?, ?, ?, ?, ?, 0)"] * count)
            driver.executemany(INSERT.format(rows=values), _joined(rows, count))
        return
    with driver.cursor() as cursor, cursor.copy(COPY) as copy:
        copy.write(_BEGIN)
        for piece in _binary(notice_id, lines):
            copy.write(piece)
        copy.write(_END)


def _joined(lines: Sequence[Line], count: int) -> Iterator[tuple[Any, ...]]:
    """The values of so many rows at a time, one after the other."""
    for at in range(0, len(lines), count):
        yield tuple(chain.from_iterable(lines[at : at + count]))


def _driver(connection: Connection) -> Any:
    driver = connection.connection.driver_connection
    if driver is None:
        raise RuntimeError("The connection to the database is closed.")
    return driver


def _binary(notice_id: int, lines: Iterable[Line]) -> Iterator[bytes]:
    """Rows as COPY takes them in, many at a time: their number of columns, and before each value
    its length. The driver would look at the type of each value of each row."""
    first = pack("!hiii", 7, 4, notice_id, 16)
    last = pack("!ii", 4, 0)
    between: dict[tuple[str, int, str], bytes] = {}
    out: list[bytes] = []
    for key, language, group, state, sealed in lines:
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
