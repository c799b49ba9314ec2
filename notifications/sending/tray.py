"""Between the books and the wire: the letters that may go now, and what became of the others.

The books fill it and empty it from one thread, the wire takes and answers from another.
"""

from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from threading import Event, Lock
from time import monotonic

from notifications.delivery import Outcome

REFUSALS = 10  # people refused in a row: then it is not about the people


@dataclass(slots=True, eq=False)
class Ready:
    """One claimed letter as it goes over the wire: nothing is asked of the database any more."""

    id: int
    notice: int
    sender: bytes
    to: bytes
    raw: bytes
    losses: int = 0  # connections that ended before its text was begun


class Tray:
    """`per_minute` spreads the letters evenly; None gives them as fast as they are taken."""

    def __init__(
        self, per_minute: float | None = None, clock: Callable[[], float] = monotonic
    ) -> None:
        self.closed = False  # nothing is given out any more
        self.more: Callable[[], None] = lambda: None  # told when there are letters again
        self._ready: deque[Ready] = deque()
        self._results: list[tuple[Ready, Outcome]] = []
        self._held: set[int] = set()  # runs
        self._refusals: Counter[int] = Counter()  # by run, in a row
        self._lock = Lock()
        self._enough = 1
        self._heard = Event()
        self._gap = 60 / per_minute if per_minute else 0.0
        self._clock = clock
        self._next = clock()

    def __len__(self) -> int:
        return len(self._ready)

    # The books' side.

    def add(self, letters: Iterable[Ready]) -> None:
        """More letters that may go."""
        with self._lock:
            self._ready.extend(letters)
        self.more()

    def collect(self, enough: int, seconds: float) -> list[tuple[Ready, Outcome]]:
        """What became of letters since the last time: as soon as there are so many, or whatever
        there is after so many seconds, or when the wire has ended."""
        self._enough = enough
        if len(self._results) < enough:
            self._heard.wait(seconds)
        self._heard.clear()
        with self._lock:
            results, self._results = self._results, []
        return results

    def withdraw(self, going: Collection[int] | None = None) -> list[Ready]:
        """Take back the letters that were not begun: of all runs but those `going`, or of all."""
        with self._lock:
            kept: deque[Ready] = deque()
            taken = list[Ready]()
            for letter in self._ready:
                stays = going is not None and letter.notice in going
                (kept if stays and letter.notice not in self._held else taken).append(letter)
            self._ready = kept
        return taken

    def free(self, notices: Collection[int]) -> None:
        """Give out letters of these runs, whatever was refused before."""
        with self._lock:
            for notice in self._held.intersection(notices):
                self._held.discard(notice)
                del self._refusals[notice]

    def close(self) -> None:
        """Give nothing out any more."""
        self.closed = True
        self.more()

    # The wire's side.

    def take(self) -> Ready | None:
        """The next letter that may go now."""
        if self.closed or not self._ready:
            return None
        if self._gap and not self._in_time():
            return None
        with self._lock:
            while self._ready:
                letter = self._ready.popleft()
                if letter.notice not in self._held:
                    return letter
                self._results.append((letter, HELD))
        return None

    def wait(self) -> float | None:
        """Seconds until the next letter may go, or None where no clock is waited for."""
        if not self._gap or self.closed or not self._ready:
            return None
        return max(0.0, self._next - self._clock())

    def back(self, letter: Ready) -> None:
        """A letter that was taken and not begun: it is the next to go."""
        with self._lock:
            self._ready.appendleft(letter)

    def holds(self, letter: Ready) -> bool:
        """Whether a letter may not be begun any more."""
        return letter.notice in self._held

    def done(self, letter: Ready, outcome: Outcome) -> None:
        """What became of a letter that was taken. After ten people refused in a row, or one
        refusal of us, no more of that run is given out: the books decide."""
        letter.raw = b""  # it is not sent from here again
        with self._lock:
            self._results.append((letter, outcome))
            if outcome.state == "sent":
                if self._refusals:
                    del self._refusals[letter.notice]
            elif outcome.state in ("failed", "refused"):
                self._refusals[letter.notice] += 1
                if outcome.state == "refused" or self._refusals[letter.notice] >= REFUSALS:
                    self._held.add(letter.notice)
        if len(self._results) >= self._enough and not self._heard.is_set():
            self._heard.set()

    def ended(self) -> None:
        """The wire is at its end."""
        self.closed = True
        self._enough = 0
        self._heard.set()

    def _in_time(self) -> bool:
        at = self._clock()
        if at < self._next:
            return False
        self._next = max(self._next, at - self._gap) + self._gap
        return True


# Of a letter that was taken from the tray and never begun.
HELD = Outcome("lost", "", alive=True)
