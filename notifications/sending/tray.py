"""The letters that may go now, and what became of the others: on the wire's side.

One thread fills it, takes from it and empties it.
"""

from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable
from time import monotonic

from notifications.relay import Outcome

REFUSALS = 10  # people refused in a row: then it is not about the people


class Ready:
    """One claimed letter. `attempt`: which claim of its row it is; `raw`: what is said after DATA,
    once its `own` pieces stand in the places of its `text`: that text's pieces, and its places.
    `losses`: connections that ended before its text was begun."""

    __slots__ = ("attempt", "id", "losses", "notice", "own", "raw", "sender", "text", "to")

    def __init__(
        self,
        id: int,
        notice: int,
        attempt: int,
        sender: bytes,
        to: bytes,
        text: tuple[list[bytes], tuple[int, ...]] = ([], ()),
        own: tuple[bytes, ...] = (),
        raw: bytes = b"",
    ) -> None:
        self.id, self.notice, self.attempt = id, notice, attempt
        self.sender, self.to = sender, to
        self.text, self.own, self.raw, self.losses = text, own, raw, 0


class Tray:
    """`per_minute` spreads the letters evenly; None gives them as fast as they are taken."""

    def __init__(
        self, per_minute: float | None = None, clock: Callable[[], float] = monotonic
    ) -> None:
        self.closed = False  # nothing is given out any more
        self.held: set[int] = set()  # runs of which nothing is given out until the books decide
        self._ready: deque[Ready] = deque()
        self._going: Collection[int] | None = None  # runs; None: all
        self.results: list[tuple[Ready, Outcome]] = []  # what `collect` will give
        self._refusals: Counter[int] = Counter()  # by run, in a row
        self._gap = 60 / per_minute if per_minute else 0.0
        self._clock = clock
        self._next = clock()

    def __len__(self) -> int:
        return len(self._ready)

    # The books' side.

    def add(self, letters: Iterable[Ready]) -> None:
        """More letters that may go."""
        for letter in letters:
            if self._goes(letter):
                self._ready.append(letter)
            else:
                self.results.append((letter, HELD))

    def collect(self) -> list[tuple[Ready, Outcome]]:
        """What became of letters since the last time; HELD: it was not begun, and will not be."""
        results, self.results = self.results, []
        return results

    def keep(self, going: Collection[int]) -> None:
        """Hold the letters that were not begun, and those to come, but for those of these runs."""
        self._going = () if self.closed else going
        ready, self._ready = self._ready, deque()
        self.add(ready)

    def free(self, notices: Iterable[int]) -> None:
        """Give out letters of these runs, whatever was refused before."""
        for notice in notices:
            self.held.discard(notice)
            del self._refusals[notice]

    def close(self) -> None:
        """Give nothing out any more."""
        self.closed = True
        self.keep(())

    # The wire's side.

    def take(self) -> Ready | None:
        """The next letter that may go now."""
        if not self._ready or (self._gap and not self._in_time()):
            return None
        while self._ready:
            letter = self._ready.popleft()
            if letter.notice not in self.held:
                return letter
            self.results.append((letter, HELD))
        return None

    def wait(self) -> float | None:
        """Seconds until the next letter may go, or None where no clock is waited for."""
        if not self._gap or not self._ready:
            return None
        return max(0.0, self._next - self._clock())

    def back(self, letter: Ready, last: bool = False) -> None:
        """A letter that was taken and not begun: it goes next, or last; not at all when its run
        was stopped meanwhile."""
        if not self._goes(letter):
            self.results.append((letter, HELD))
        elif last:
            self._ready.append(letter)
        else:
            self._ready.appendleft(letter)

    def _goes(self, letter: Ready) -> bool:
        return self._going is None or letter.notice in self._going

    def holds(self, letter: Ready) -> bool:
        """Whether a letter may not be begun any more."""
        return letter.notice in self.held

    def done(self, letter: Ready, outcome: Outcome) -> None:
        """What became of a letter that was taken. After ten people refused in a row, or one
        refusal of us, no more of that run is given out: the books decide."""
        letter.raw = b""  # it is not sent from here again
        self.results.append((letter, outcome))
        if outcome.state == "sent":
            if self._refusals:
                del self._refusals[letter.notice]
        elif outcome.state in ("failed", "refused"):
            self._refusals[letter.notice] += 1
            if outcome.state == "refused" or self._refusals[letter.notice] >= REFUSALS:
                self.held.add(letter.notice)

    def _in_time(self) -> bool:
        at = self._clock()
        if at < self._next:
            return False
        self._next = max(self._next, at - self._gap) + self._gap
        return True


# Of a letter that was given to the tray and never begun.
HELD = Outcome("held", "", alive=True)
