"""Wrong codes get slower: after a few, each one more must wait twice as long as the one before.

Counted in memory by the throttle's daily name of a network; a person elsewhere never waits.
"""

import threading
import time

FREE = 5  # wrong codes without any waiting
LONGEST = 300.0  # seconds between two tries, at most
FORGOTTEN = 1800.0  # seconds after which wrong codes no longer count
MOST = 50_000  # networks remembered


class Guesses:
    """The wrong codes of each network."""

    def __init__(self) -> None:
        self._wrong: dict[str, tuple[int, float]] = {}  # network -> how many, when last
        self._lock = threading.Lock()

    def wait(self, who: str) -> int:
        """For how many seconds a network must wait before its next try; 0 when it need not."""
        count, last = self._wrong.get(who, (0, 0.0))
        passed = time.monotonic() - last
        if count < FREE or passed > FORGOTTEN:
            return 0
        return max(0, round(min(2.0 ** (count - FREE + 1), LONGEST) - passed + 0.5))

    def wrong(self, who: str) -> None:
        """Count a code that opened nothing."""
        moment = time.monotonic()
        with self._lock:
            if len(self._wrong) >= MOST:
                old = [one for one, (_, last) in self._wrong.items() if moment - last > FORGOTTEN]
                for one in old or list(self._wrong)[: MOST // 10]:
                    del self._wrong[one]
            count, last = self._wrong.get(who, (0, moment))
            self._wrong[who] = (1 if moment - last > FORGOTTEN else count + 1), moment
