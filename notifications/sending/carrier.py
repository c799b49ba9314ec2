"""The wire, seen from the books: a process of its own, which gets letters and tells what became
of them. It has no application, and no key but the relay's password.

While one core keeps the books, another one talks to the server. When either process dies the other
one ends in good order, and the journal tells what stands in no book.
"""

import contextlib
import fcntl
import logging
import os
import select
import subprocess
import sys
from collections.abc import Collection, Sequence
from pathlib import Path
from time import monotonic

from notifications.relay import Outcome, Relay, Unreachable
from notifications.sending.across import PIPE, Message, Own, Text, Unpacked, packed
from notifications.wording import N_

log = logging.getLogger(__name__)

ROOT = Path(__file__).parent.parent.parent
# What a process needs to run and to trust servers; no secret and no setting goes along.
TAKEN_ALONG = ("SSL_CERT_FILE", "SSL_CERT_DIR", "TOCSIN_FAULT")
NO_PROCESS = N_("The part of this program that talks to the server could not start.")
LAST_WORDS = 10  # seconds that it may take to end, when no letter is under way
# It says every five seconds that it lives, however slow the server is. One that was listened to for
# so long, and said nothing, hangs, and is ended: the journal tells how far it came.
SILENCE = 120.0
SLICE = 5.0  # seconds of listening; in a machine that slept meanwhile they count once


class Carrier:
    """Sends the letters of one lease; use it in a `with`, which may raise Unreachable, and wait
    until it is `ready`.

    `closed`: nothing more is begun. `over`: nothing more is heard but of what was begun, if
    anything. `failure`: why the server cannot be used any more, in its words. `died`: it ended, or
    was ended, without having said what became of all letters. `held`: runs of which it begins
    nothing, since they were refused; say by `go` which are free.
    """

    def __init__(self, relay: Relay, per_minute: float | None, journals: Path, lease: str) -> None:
        self.closed = self.over = self.died = False
        self.failure: str | None = None
        self.held: set[int] = set()
        self._question = {
            "relay": relay._asdict(), "per_minute": per_minute,
            "journals": str(journals), "lease": lease,
        }  # fmt: skip
        self._came = Unpacked()
        self._done: list[tuple[int, Outcome]] = []
        self._open = 0  # letters handed over of which nothing was heard
        self._going: frozenset[int] = frozenset()
        self._silent = 0.0  # seconds for which it was listened to in vain

    def __enter__(self) -> "Carrier":
        env = {name: os.environ[name] for name in TAKEN_ALONG if name in os.environ}
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-E", "-s", "-m", "notifications.sending"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                cwd=ROOT,
                env={"PATH": os.defpath, **env},
                bufsize=0,
            )
        except OSError as error:
            raise Unreachable("connect", NO_PROCESS) from error
        assert self._process.stdin and self._process.stdout
        self._out, self._in = self._process.stdin.fileno(), self._process.stdout.fileno()
        for pipe in (self._out, self._in):
            with contextlib.suppress(OSError, AttributeError):
                fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE)
            os.set_blocking(pipe, False)
        self._heard, self._room = select.poll(), select.poll()
        self._heard.register(self._in, select.POLLIN)
        self._room.register(self._out, select.POLLOUT)
        self._why: Message | None = None
        self._say("open", self._question)
        return self

    def ready(self) -> None:
        """Wait until the server can be used. Raises Unreachable."""
        while self._why is None and not self.died:
            self._hear(None)
        if self._why or self.died:
            raise Unreachable(*(self._why or ("connect", NO_PROCESS)))

    def __exit__(self, *_: object) -> None:
        """It sees that nobody speaks any more, and ends."""
        self._process.stdin.close()  # type: ignore[union-attr]
        try:
            self._process.wait(LAST_WORDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            with contextlib.suppress(subprocess.TimeoutExpired):  # what waits for a disk stays
                self._process.wait(LAST_WORDS)
        self._process.stdout.close()  # type: ignore[union-attr]

    def hand(self, texts: Sequence[Text], letters: Sequence[Own]) -> int:
        """More letters that may go, and the texts of them that are new; returns the bytes of the
        letters, about."""
        if not texts and not letters:
            return 0
        self._open += len(letters)  # a text is told once, whatever becomes of the letters
        said = self._say("letters", texts, letters)
        return said - sum(len(piece) for _number, pieces, _places in texts for piece in pieces)

    def collect(self, enough: int, seconds: float) -> list[tuple[int, Outcome]]:
        """What became of letters since the last time, by number: as soon as there are so many, or
        whatever there is after so many seconds, or when nothing more comes."""
        end = monotonic() + seconds
        while self._hear(0):
            pass
        while len(self._done) < enough and not self.over:
            if not self._hear(end - monotonic()):
                break
        done, self._done = self._done, []
        return done

    def rest(self) -> list[tuple[int, Outcome]]:
        """After `close`: what became of all others."""
        while not self.died and (self._open or not self.over):
            self._hear(None)
        done, self._done = self._done, []
        return done

    def go(self, going: Collection[int], free: Collection[int]) -> None:
        """Begin no letters but those of the runs that are `going`; those that are `free` were
        refused, and are tried again all the same."""
        now = frozenset(going)
        if free or now != self._going:
            self._going = now
            self.held.difference_update(free)
            self._say("go", [*now], [*free])

    def close(self) -> None:
        """Begin nothing more."""
        if not self.closed:
            self.closed = True
            self._say("close")

    def settled(self, numbers: list[int]) -> None:
        """What became of these letters stands in the database."""
        if numbers:
            self._say("settled", numbers)

    def end(self) -> None:
        """Of all letters it is known what became of them, and stands in the database."""
        self._say("end")

    def _say(self, *message: object) -> int:
        """Say it, and return how long it is."""
        whole = packed(message)
        view = memoryview(whole)
        try:
            while view and not self.died:
                try:
                    view = view[os.write(self._out, view) :]
                except BlockingIOError:
                    self._wait(self._room, None)
        except OSError:
            self._process.kill()  # half a message is none: it is found dead by its silence
        return len(whole)

    def _hear(self, seconds: float | None) -> bool:
        """Take what has come, waiting so long for it, or as long as it lives; False when nothing
        has."""
        if not self._wait(self._heard, seconds):
            return False
        piece = os.read(self._in, PIPE)
        if not piece:
            self.died = self.over = self.closed = True
            return False
        for kind, *rest in self._came.take(piece):
            if kind == "done":
                results, held = rest
                self._open -= len(results)
                self._done += [(number, Outcome(*said)) for number, *said in results]
                self.held.update(held)
            elif kind == "open":
                self._why = tuple(rest[0] or ())
            elif kind == "over":
                self.over = self.closed = True
                (self.failure,) = rest
        return True

    def _wait(self, pipe: select.poll, seconds: float | None) -> bool:
        """Wait for it so long, or until it is given up; False when it did nothing."""
        wait = SLICE if seconds is None else max(0.0, seconds)
        while not self.died:
            if pipe.poll(wait * 1000):
                self._silent = 0.0
                return True
            self._silent += wait
            if self._silent > SILENCE:
                log.error("The sending process gave no sign of life, and was ended.")
                self._process.kill()
                self.died = self.over = self.closed = True
            if seconds is not None:
                break
        return False
