"""What a worker was just about to do, in a file that outlives it.

The books are kept in transactions of a few hundred letters; between two of them this file knows
of each letter whether its text was begun, and what was answered. One short line a step, written
before the network hears of it: it survives the death of the process. It is not flushed to the
disk, so after a power cut it is not believed where it says that nothing was begun; the boot id in
its first line tells the two apart. The process that has the wire writes it, and holds a lock on it
as long as it lives.
"""

import errno
import fcntl
import logging
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal, Self

log = logging.getLogger(__name__)

LIMIT = 4_000_000  # bytes after which what is settled is left out
BOOT = Path("/proc/sys/kernel/random/boot_id")

BOOKS = ".books"  # of who keeps the books that go with a journal: locked as long as that lasts
HEAD = "tocsin-2"  # what the lines below the first are like

Step = Literal["begun", "taken", "answered"]
_STEPS: dict[str, Step] = {"b": "begun", "t": "taken", "a": "answered"}


def boot_id() -> str:
    """What names this run of the machine; "" where nothing does."""
    with suppress(OSError):
        return BOOT.read_text().strip()
    return ""


class Journal:
    """The open journal of one lease.

    Steps are noted, and written by `flush`, many in one write: before any byte of those texts
    leaves. What may be lost is the last answer on each connection: that letter is in doubt. Each
    step names the attempt, which every claim of a row makes a new one."""

    def __init__(self, folder: Path, lease: str) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path = _path(folder, lease)
        self._head = f"{HEAD} {boot_id()} {lease}\n"
        self._last: dict[int, str] = {}  # letter -> its last line
        self._noted: list[str] = []  # not written yet
        self._file = self._new()

    def begun(self, letter: int, attempt: int) -> None:
        """Its text is about to be sent."""
        self._note(letter, f"b {letter} {attempt}\n")

    def taken(self, letter: int, attempt: int, answer: str) -> None:
        """The server took it over. An answer that may repeat the address is cut to its code."""
        self._note(letter, f"t {letter} {attempt} {answer[:3] if '@' in answer else answer}\n")

    def answered(self, letter: int, attempt: int) -> None:
        """It was begun, and surely not taken over."""
        self._note(letter, f"a {letter} {attempt}\n")

    def flush(self) -> None:
        """Write what was noted. Raises OSError."""
        if not self._noted:
            return
        raw = "".join(self._noted).encode()
        written = os.write(self._file, raw)
        self._size += written
        if written < len(raw):
            if self._noted[0] != "\n":  # so that what is tried again begins a line of its own
                self._noted.insert(0, "\n")
            raise _full()
        self._noted.clear()

    def settled(self, letters: Iterable[int]) -> None:
        """What became of these stands in the database."""
        for letter in letters:
            self._last.pop(letter, None)
        if self._size > LIMIT:
            with suppress(OSError):  # the old one says it all, and is renewed once there is room
                old, self._file = self._file, self._new()
                os.close(old)

    def close(self, settled: bool) -> None:
        """The end. The file goes when everything that was claimed is `settled`, in it or not."""
        if settled:
            self.path.unlink(missing_ok=True)
        os.close(self._file)

    def _new(self) -> int:
        """A file of only what is open, locked before it can be found, in place of the old one."""
        draft = self.path.with_suffix(".new")
        file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
        text = (self._head + "".join(self._last.values())).encode()
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.write(file, text) < len(text):
                raise _full()
            draft.rename(self.path)
        except OSError:
            os.close(file)
            with suppress(OSError):
                draft.unlink()
            raise
        self._size = len(text)
        return file

    def _note(self, letter: int, line: str) -> None:
        self._last[letter] = line
        self._noted.append(line)


def _path(folder: Path, lease: str) -> Path:
    return folder / (re.sub(r"[^A-Za-z0-9.-]", "_", lease) + ".journal")


def _full() -> OSError:
    return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@contextmanager
def books(folder: Path, lease: str) -> Iterator[None]:
    """While this lasts a worker may claim letters under a lease, so nobody else reads its journal,
    though the process that wrote it be dead: what is claimed later would be known to no journal."""
    file, path = None, _path(folder, lease).with_suffix(BOOKS)
    draft = path.with_suffix(".draft")
    with suppress(OSError):  # then no journal can be written either
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.open(draft, os.O_WRONLY | os.O_CREAT, 0o600)
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # before it can be found
        draft.rename(path)
    try:
        yield
    finally:
        if file is not None:
            path.unlink(missing_ok=True)
            os.close(file)


class Left:
    """The journal of a worker that is gone. `reliable`: the machine has not been cut off since,
    so that a letter of which nothing stands here was not begun. `steps`: the last one of each
    letter and attempt, and the server's words."""

    def __init__(self, path: Path, lease: str, reliable: bool, file: int) -> None:
        self.path, self.lease, self.reliable = path, lease, reliable
        self.steps: dict[tuple[int, int], tuple[Step, str]] = {}
        self._file = file

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._file)

    def forget(self) -> None:
        """Its letters are seen to."""
        self.path.unlink(missing_ok=True)
        for other in (".new", BOOKS):
            self.path.with_suffix(other).unlink(missing_ok=True)


def left(folder: Path) -> Iterator[Left]:
    """The journals in a folder whose workers are gone, each locked while it is looked at."""
    for path in sorted(folder.glob("*.journal")):
        try:
            found = _opened(path)
        except FileNotFoundError:
            continue
        except OSError as error:  # somebody else's: what it is about is in doubt after its lease
            log.error("The journal %s cannot be read: %s", path.name, error.strerror)
            continue
        if found is not None:
            with found:
                yield found
    for path in folder.glob(f"*{BOOKS}"):  # of workers that were killed and left no journal
        with suppress(OSError):
            if not (path.with_suffix(".journal").exists() or _kept(path)):
                path.unlink()


def _opened(path: Path) -> Left | None:
    """A journal and what it says, locked; None when its worker lives, or has just renewed it."""
    file = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(file).st_ino == path.stat().st_ino and not _kept(path.with_suffix(BOOKS)):
            return _read(path, file)
    except BlockingIOError:
        pass
    except OSError:
        os.close(file)
        raise
    os.close(file)
    return None


def _kept(path: Path) -> bool:
    """Whether the `books` lives that go with a journal."""
    try:
        file = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(file)
    return False


def _read(path: Path, file: int) -> Left:
    head, *lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
    kind, boot, lease = (*head.split(" ", 2), "", "")[:3]
    known = kind == HEAD  # one of an older version says nothing that can be believed
    found = Left(path, lease, known and bool(boot) and boot == boot_id(), file)
    for line in lines[:-1]:  # a line without its end was not written whole: it does not count
        mark, letter, attempt, answer = (*line.split(" ", 3), "", "", "")[:4]
        if known and mark in _STEPS and letter.isdecimal() and attempt.isdecimal():
            found.steps[int(letter), int(attempt)] = _STEPS[mark], answer
    return found
