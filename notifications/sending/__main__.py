"""The wire as a process of its own: letters on standard input, what became of them on standard
output, as `across` has it. It imports no application, so that it starts at once and stays small.

Only who started it ends it: by closing the pipe. Then nothing more is begun, and what was begun is
waited for and written into the journal.
"""

import logging
import os
import resource
import select
import signal
import smtplib
import sys
from pathlib import Path
from threading import Thread
from time import monotonic
from typing import Any

from notifications.relay import Relay, Unreachable, opened
from notifications.sending import faults
from notifications.sending.across import PIPE, Message, Unpacked, packed
from notifications.sending.journal import Journal
from notifications.sending.tray import Ready, Tray
from notifications.sending.unhurried import unhurried
from notifications.sending.wire import NOT_NOTED, Wire

log = logging.getLogger(__name__)

TOGETHER = 100  # letters of which is told at once
SOON = 0.02  # seconds that the first of fewer may wait
ALIVE = 5.0  # seconds after which we say so; the books give up who is silent far longer


class Books:
    """The other end, in a file descriptor each way. `settled`: of all letters it is known there
    what became of them; `gone`: nothing more comes from there."""

    def __init__(self, source: int, sink: int) -> None:
        self.settled = self.gone = False
        self.tray = Tray()
        self.journal: Journal | None = None
        self._source, self._sink = source, sink
        self._came = Unpacked()
        self._out = bytearray()
        self._held: set[int] = set()  # as was said
        self._told = 0.0
        self._texts: dict[int, tuple[list[bytes], tuple[int, ...]]] = {}

    def fileno(self) -> int:
        """Where it is heard that something comes."""
        return self._source

    @property
    def waiting(self) -> bool:
        """Whether something is still to be said."""
        return bool(self._out or self.tray.results)

    def open(self) -> dict[str, Any]:
        """The question that begins it all. Raises EOFError."""
        messages: list[Message] = []
        while not messages:
            piece = os.read(self._source, PIPE)
            if not piece:
                raise EOFError
            messages = self._came.take(piece)
        (_open, question), *more = messages
        self.tray = Tray(question["per_minute"])
        self.journal = Journal(Path(question["journals"]), question["lease"])
        os.set_blocking(self._source, False)
        os.set_blocking(self._sink, False)
        for message in more:
            self._do(*message)
        return question

    def hear(self) -> None:
        """Do what is asked."""
        try:
            piece = os.read(self._source, PIPE)
        except BlockingIOError:
            return
        if not piece:
            self.gone = True
            self.tray.close()
        for message in self._came.take(piece):
            self._do(*message)

    def _do(self, kind: str, *rest: Any) -> None:
        assert self.journal is not None
        if kind == "letters":
            texts, letters = rest
            for number, pieces, places in texts:
                self._texts[number] = pieces, places
            self.tray.add(
                [
                    Ready(number, run, attempt, sender, to, self._texts[text], own)
                    for number, run, attempt, sender, to, text, own in letters
                ]
            )
        elif kind == "settled":
            self.journal.settled(rest[0])
        elif kind == "go":
            going, free = rest
            self.tray.keep(going)
            self.tray.free(free)
            self._held.difference_update(free)
        elif kind == "close":
            self.tray.close()
        elif kind == "end":
            self.settled = True

    def tell(self, at_once: bool = False) -> None:
        """Say what became of letters, as far as the pipe takes it now. Many together, and none
        late: each time wakes the other end, which has enough to do."""
        held = self.tray.held - self._held
        if held or self._is_time(at_once):
            self._held |= held
            said = [(letter.id, end.state, end.answer) for letter, end in self.tray.collect()]
            self._told = monotonic()
            self.say("done", said, [*held])
        elif self._out:
            self._flush()
        elif monotonic() - self._told > ALIVE:
            self._told = monotonic()
            self.say("alive")

    def _is_time(self, at_once: bool) -> bool:
        if not self.tray.results:
            return False
        enough = at_once or len(self.tray.results) >= TOGETHER or not len(self.tray)
        return enough or monotonic() - self._told > SOON

    def say(self, *message: object) -> None:
        """Say anything."""
        self._out += packed(message)
        self._flush()

    def until_gone(self) -> None:
        """Nothing is sent any more: only hear and tell until the other end has closed."""
        while not self.gone:
            self.tell(at_once=True)
            select.select([self._source], [self._sink] if self._out else [], [])
            self.hear()

    def _flush(self) -> None:
        try:
            while self._out:
                del self._out[: os.write(self._sink, self._out)]
        except BlockingIOError:
            pass
        except BrokenPipeError:
            self._out.clear()


def _opened(relay: Relay, books: Books) -> smtplib.SMTP:
    """The first connection; while the server takes its time, the books hear that we live. Raises
    Unreachable."""
    came: list[smtplib.SMTP | Exception] = []

    def open_it() -> None:
        try:
            came.append(opened(relay, faults.at))
        except Exception as error:
            came.append(error)

    thread = Thread(target=open_it, daemon=True)
    thread.start()
    while thread.join(ALIVE) or thread.is_alive():  # type: ignore[func-returns-value]
        books.say("alive")
    if isinstance(came[0], Exception):
        raise came[0]
    return came[0]


def main() -> None:
    """Send what comes."""
    for sign in (signal.SIGINT, signal.SIGTERM):  # given to all at once; the books end it
        signal.signal(sign, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # it would hold letters in the clear
    books = Books(sys.stdin.fileno(), sys.stdout.fileno())
    try:
        relay = Relay(**books.open()["relay"])
    except OSError:
        books.say("open", ("connect", NOT_NOTED))
        return
    assert books.journal is not None
    try:
        first = _opened(relay, books)
    except Unreachable as error:
        books.journal.close(settled=True)
        books.say("open", (error.step, error.answer))
        return
    books.say("open", None)
    wire = Wire(relay, books.tray, books.journal, books)
    with unhurried():
        wire.run(first)
    books.tray.close()
    books.tell(at_once=True)
    books.say("over", wire.failure)
    books.until_gone()
    books.journal.close(books.settled)


if __name__ == "__main__":
    try:
        main()
    except EOFError:
        pass
    except Exception as error:  # its words may hold an address
        log.error("Sending failed: %s", type(error).__name__)
        raise SystemExit(1) from None
