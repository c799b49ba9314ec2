"""Wrong codes get slower: after a few, each one more must wait twice as long as the one before.

Counted in memory by the throttle's daily name of a network; a person elsewhere never waits.

While a network waits, a right code is refused like a wrong one: were it let in, guessing would go
on at full speed. So that a family or an office behind one address is not kept out by one of them,
the wait ends at half a minute. It need not be longer, nor outlive a restart: ten thousand guesses
take three days then, and codes have 80 bits (incidents/receipts.py). The throttle's limits, in
memory too, are there for the machine's sake; what must not be guessed does not rest on them.
"""

import threading
import time

FREE = 5  # wrong codes without any waiting
LONGEST = 30.0  # seconds between two tries, at most: others sit behind the same address
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
