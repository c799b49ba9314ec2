"""The connections to the outgoing server: several at once, in one thread, none waited for.

A connection is opened by smtplib in a thread of its own (greeting, TLS, login), then its socket
is taken over and watched with the others, and with the pipe to the books. The journal hears of
each text before its first byte.
"""

import logging
import selectors
import smtplib
import socket
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from time import monotonic
from typing import Protocol

from notifications.relay import Outcome, Relay, Unreachable, opened
from notifications.sending import faults
from notifications.sending.across import filled
from notifications.sending.dialogue import Ended
from notifications.sending.journal import Journal
from notifications.sending.line import CLOSED, Line
from notifications.sending.tray import Ready, Tray
from notifications.smtp import words
from notifications.wording import N_

log = logging.getLogger(__name__)

EACH = 5  # letters that wait for each connection that is opened: twelve do not need eight
GOOD_BYE = 5.0  # seconds for the answer to QUIT
AGAIN = 100  # letters taken over, after which one connection more is tried again
STRIKES = 6  # of connections in a row that took no letter; then the server cannot be used now.
# One that ended at an envelope has one, since it may be that person; others have three.
LOSSES = 4  # after which a letter waits; on a connection that took nothing, two at once
NOT_NOTED = N_("What is being sent could not be written down. Is the disk full?")
SILENT = N_("The server did not answer in time.")


class Books(Protocol):
    """Who fills the tray: heard as soon as it speaks, told after each turn. `waiting`: not
    all was said. `gone`: it will not speak again."""

    gone: bool

    @property
    def waiting(self) -> bool: ...
    def fileno(self) -> int: ...
    def hear(self) -> None: ...
    def tell(self) -> None: ...


class Wire:
    """Hands the letters of a tray over. `run` ends by itself once the tray is closed or no
    connection can be had; `failure` then says why, in the server's words."""

    def __init__(self, relay: Relay, tray: Tray, journal: Journal, books: Books) -> None:
        self.failure: str | None = None
        self._relay = relay
        self._tray = tray
        self._journal = journal
        self._books = books
        self._most = max(1, relay.connections)
        self._wanted = 1  # one more with each letter that was taken over, up to the most
        self._selector = selectors.DefaultSelector()
        self._lines: set[Line] = set()
        self._opening = 0
        self._opened: deque[smtplib.SMTP | Unreachable] = deque()
        self._mute = False  # nothing can be written down, so no text may be begun
        self._strikes = self._taken = 0
        self._looked = 0.0
        self._wake, self._waker = socket.socketpair()
        self._wake.setblocking(False)
        self._waker.setblocking(False)
        self._selector.register(self._wake, selectors.EVENT_READ, self._awake)
        self._selector.register(books, selectors.EVENT_READ, self._spoken)

    def run(self, first: smtplib.SMTP) -> None:
        """Send until the tray is closed. `first` is a connection that was opened already."""
        try:
            self._add(first)
            while self._goes_on():
                self._offer()
                ready = self._selector.select(self._patience())
                # One thing for all connections, then the next, as in `writing`.
                read = [key.data for key, mask in ready if self._read(key.data, mask)]
                self._flush([line for line in read if self._kept(line, line.hear)])
                self._look_round()
                self._books.tell()
        except Exception as error:
            log.error("Sending failed: %s", type(error).__name__)
            self.failure = self.failure or words(error)
        finally:
            for line in list(self._lines):
                with suppress(OSError):
                    self._drop(line, CLOSED)
            for opened in self._opened:
                if isinstance(opened, smtplib.SMTP):
                    opened.close()
            with suppress(OSError):
                self._journal.flush()
            self._selector.close()
            self._wake.close()
            self._waker.close()

    # What the dialogues ask for.

    def take(self) -> Ready | None:
        """The next letter."""
        letter = self._tray.take()
        if letter is not None and not letter.raw:
            letter.raw = filled(*letter.text, letter.own)
        return letter

    def holds(self, letter: Ready) -> bool:
        """Whether it may not be begun any more."""
        return self._mute or self._tray.holds(letter)

    def begun(self, letter: Ready) -> None:
        """Its text is about to be said."""
        self._journal.begun(letter.id, letter.attempt)

    def done(self, letter: Ready, outcome: Outcome) -> None:
        """What became of it."""
        try:
            if outcome.state == "sent":
                self._journal.taken(letter.id, letter.attempt, outcome.answer)
                self._taken += 1
                if not self._taken % AGAIN:
                    self._most = min(self._most + 1, self._relay.connections)
                if self._wanted < self._most:
                    self._wanted += 1
            elif outcome.state != "in_doubt":
                self._journal.answered(letter.id, letter.attempt)
            if outcome.alive:
                self._strikes = 0
        finally:
            self._tray.done(letter, outcome)

    def _goes_on(self) -> bool:
        while self._opened:
            self._opening -= 1
            opened = self._opened.popleft()
            if isinstance(opened, Unreachable):
                self._struck(opened.answer)
            else:
                self._add(opened)
        if self.failure is None and not self._tray.closed:
            target = min(self._wanted, -(-len(self._tray) // EACH))
            for _ in range(target - len(self._lines) - self._opening):
                self._opening += 1
                Thread(target=self._open, daemon=True).start()
        return bool(self._lines or self._opening) or (
            self.failure is None and not self._tray.closed
        )

    def _open(self) -> None:
        try:
            self._opened.append(opened(self._relay, faults.at))
        except Unreachable as error:
            self._opened.append(error)
        except Exception as error:
            self._opened.append(Unreachable("connect", words(error)))
        with suppress(OSError):
            self._waker.send(b"!")

    def _awake(self) -> None:
        with suppress(BlockingIOError):
            self._wake.recv(4096)

    def _spoken(self) -> None:
        self._books.hear()
        if self._books.gone:  # an end that is closed would wake us again and again
            self._selector.unregister(self._books)

    def _add(self, host: smtplib.SMTP) -> None:
        line = Line(host, self)
        self._lines.add(line)
        self._selector.register(line.sock, selectors.EVENT_READ, line)

    def _struck(self, answer: str, strikes: int = 3) -> None:
        """A connection could not be had, or took nothing: ask for fewer."""
        self._strikes += strikes
        self._wanted = self._most = max(1, len(self._lines))
        if self._strikes >= STRIKES and not self._lines and not self._opening:
            self.failure = answer

    def _drop(self, line: Line, answer: str) -> None:
        """A connection has ended."""
        self._lines.discard(line)
        self._selector.unregister(line.sock)
        line.sock.close()
        at_envelope = not line.talk.final and answer != SILENT
        unsent = line.talk.end(answer)
        if not line.talk.answers and not line.talk.quitting:
            self._struck(answer, 1 if at_envelope else 3)
        for letter in reversed(unsent):
            self._journal.answered(letter.id, letter.attempt)
            letter.losses += 1 if line.talk.answers else 2
            goes = letter.losses < LOSSES and self.failure is None
            if goes or self.holds(letter) or line.talk.quitting:
                self._tray.back(letter, last=not line.talk.answers)  # it may be why nothing goes
            else:
                self._tray.done(letter, Outcome("lost", answer, alive=False))

    # Talking.

    def _offer(self) -> None:
        """Give the connections that are idle something to say."""
        last = self._tray.closed or self.failure is not None
        for line in list(self._lines):
            if line.talk.idle:
                if not line.talk.go():
                    if not last:
                        continue
                    line.talk.quit()
                line.heard_at = monotonic()
                self._flush([line])

    def _read(self, line: Line | Callable[[], None], mask: int) -> bool:
        """Take what came; whether it is a connection, and still there."""
        if not isinstance(line, Line):
            line()
            return False
        return not mask & selectors.EVENT_READ or self._kept(line, line.read)

    def _kept(self, line: Line, step: Callable[[], None]) -> bool:
        """Take a step with a connection; whether it is still there."""
        try:
            step()
        except Ended as end:
            self._drop(line, str(end) or CLOSED)
            return False
        except OSError as error:
            self._drop(line, words(error))
            return False
        return True

    def _flush(self, lines: list[Line]) -> None:
        """Send as much as the network takes now, once the journal has it: written once for all."""
        try:
            self._journal.flush()
        except OSError:
            self._hush()
        for line in lines:
            if line in self._lines and self._kept(line, line.flush):
                self._watch(line)

    def _watch(self, line: Line) -> None:
        """See to it that we hear when the network takes more, if there is more."""
        if bool(line.talk.out) is not line.writing:
            line.writing = not line.writing
            mask = selectors.EVENT_READ | (selectors.EVENT_WRITE if line.writing else 0)
            self._selector.modify(line.sock, mask, line)

    def _hush(self) -> None:
        """Nothing can be written down: begin nothing, and wait for the answers to what was."""
        self._mute, self.failure = True, self.failure or NOT_NOTED
        self._tray.close()
        for line in list(self._lines):
            if line.talk.fresh:
                self._drop(line, CLOSED)

    def _patience(self) -> float:
        """Seconds to wait for the network before looking round again."""
        wait = 0.01 if self._books.waiting else self._tray.wait()
        if wait == 0 and not any(line.talk.idle for line in self._lines):
            wait = None  # the next letter's time has come, and nobody can take it yet
        return min(0.25, self._relay.answer_timeout / 4, 0.25 if wait is None else wait + 0.001)

    def _look_round(self) -> None:
        """Drop the connections that have been silent for too long."""
        at = monotonic()
        if at - self._looked < 0.05:
            return
        self._looked = at
        for line in list(self._lines):
            if line.talk.idle:
                continue
            limit = self._relay.final_timeout if line.talk.final else self._relay.answer_timeout
            if at - line.heard_at > (GOOD_BYE if line.talk.quitting else limit):
                self._drop(line, SILENT)
