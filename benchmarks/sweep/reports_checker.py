"""The checker of reports: reads the database by plain SQL, opens the sealed bytes with the key
file, and says which reports were lost, doubled or cut (I-1, I-2, I-5, I-11).

It knows nothing of the application but the names of tables and how a sealed value is made.
"""

import hashlib
import sqlite3
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


@dataclass
class Verdict:
    """Counts of one run; of them `bad` adds up what must not be."""

    sent: int = 0  # reports or mails that were sent in
    promised: int = 0  # of them, with a receipt shown, or marked in the mailbox
    kept: int = 0
    lost: int = 0  # promised, and not there whole
    doubles: int = 0  # more than one report of one sending
    cut: int = 0  # there, without its file or with another, and nobody told
    marked: int = 0  # not read whole, marked so for staff; the mail itself is kept
    orphans: int = 0  # files without a report, or reports whose bytes are gone
    unlogged: int = 0  # reports without exactly one entry, or entries without a report
    open_words: int = 0  # files of the instance in which a story stands to be read
    words: list[str] = field(default_factory=list)

    @property
    def bad(self) -> int:
        """How much of it must not be."""
        return self.lost + self.doubles + self.cut + self.orphans + self.unlogged + self.open_words


@dataclass(frozen=True)
class Sending:
    """One report or mail that somebody sent: SHA-256 of its file; whether we said we have it."""

    sha256: str
    promised: bool


class Store:
    """A database and its key, opened for reading."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.connection = sqlite3.connect(folder / "tocsin.db")
        lines = (folder / "data.key").read_text().split()
        pairs = zip(lines[::2], lines[1::2], strict=True)
        self.keys = {int(number): AESGCM(bytes.fromhex(key)) for number, key in pairs}

    def close(self) -> None:
        """Let go of the file."""
        self.connection.close()

    def rows(self, statement: str) -> list[tuple]:
        """All rows."""
        return self.connection.execute(statement).fetchall()

    def opened(self, uid: str, sealed: bytes) -> bytes | None:
        """The bytes of a blob; None when they do not open."""
        try:
            place = f"blob.content.{uid}".encode()
            return self.keys[sealed[0]].decrypt(sealed[1:13], sealed[13:], place)
        except (KeyError, IndexError, InvalidTag, TypeError):
            return None

    def whole(self) -> dict[int, str]:
        """Blobs that open to what they say they are: id -> SHA-256."""
        found = {}
        for number, uid, sha256, sealed in self.rows(
            "SELECT id, uid, sha256, content_sealed FROM blob"
        ):
            content = self.opened(uid, sealed)
            if content is not None and hashlib.sha256(content).hexdigest() == sha256:
                found[number] = sha256
        return found

    def readable(self, words: bytes) -> int:
        """In how many files of the instance these words stand in the clear."""
        files = [file for file in self.folder.rglob("*") if file.is_file()]
        return sum(words in file.read_bytes() for file in files)


def check(folder: Path, sendings: Iterable[Sending], story: bytes, mail: bool = False) -> Verdict:
    """Judge an instance folder in which all is over. Each sending had a file of its own; `mail`:
    its SHA-256 is that of the whole mail instead. `story`: words that every sending had in it."""
    store = Store(folder)
    try:
        return _check(store, list(sendings), story, mail)
    finally:
        store.close()


def _check(store: Store, sendings: list[Sending], story: bytes, mail: bool) -> Verdict:
    out = Verdict(sent=len(sendings), promised=sum(one.promised for one in sendings))
    whole = store.whole()
    files = store.rows("SELECT report_id, blob_id FROM attachment")
    raws = store.rows("SELECT id, raw_id FROM report")
    out.kept = len(raws)
    owners: dict[str, set[int]] = {}
    for report, blob in raws if mail else files:
        owners.setdefault(whole.get(blob, ""), set()).add(report)
    for one in sendings:
        got = owners.get(one.sha256, set())
        out.lost += one.promised and not got
        out.doubles += max(0, len(got) - 1)
    known = {one.sha256 for one in sendings}
    for sha256, reports in owners.items():
        if sha256 not in known:
            out.cut += len(reports)
            out.words.append(f"a report with a file of other bytes: {sorted(reports)[:3]}")
    counted = Counter(report for report, _ in files)
    marks = dict(store.rows("SELECT id, mark FROM report"))
    for report, _ in raws:
        if not counted[report]:
            told = mail and marks[report]
            out.marked += bool(told)
            out.cut += not told
    out.orphans = _orphans(store, whole)
    out.unlogged = _unlogged(store, [report for report, _ in raws])
    out.open_words = store.readable(story)
    return out


def _orphans(store: Store, whole: dict[int, str]) -> int:
    """Blobs nobody names, and names of blobs that are not there whole."""
    named: set[int] = set()
    for (table,) in store.rows("SELECT name FROM sqlite_master WHERE type = 'table'"):
        for _, column, target, *_rest in _keys(store, table):
            if target == "blob":
                values = store.rows(f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL")
                named |= {value for (value,) in values}
    there = {number for (number,) in store.rows("SELECT id FROM blob")}
    return len(there - named) + len(named - whole.keys())


def _keys(store: Store, table: str) -> list[tuple[str, str, str]]:
    rows = store.rows(f"PRAGMA foreign_key_list({table})")
    return [(table, row[3], row[2]) for row in rows]


def _unlogged(store: Store, reports: list[int]) -> int:
    """Reports without their one entry, and entries of reports that are not there."""
    entries = store.rows("SELECT report_id FROM entry WHERE verb = 'report.received'")
    counted = Counter(report for (report,) in entries)
    missing = sum(counted[report] != 1 for report in reports)
    return missing + sum(report not in set(reports) for report in counted)
