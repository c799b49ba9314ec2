"""Named places at which a test may let a process die, to see that nobody is lost: the worker at
claimed, marking and marked, at all others the one that has the wire.

TOCSIN_FAULT=dot flask mail send       at the first letter whose end was sent
TOCSIN_FAULT=dot:40 flask mail send    at the fortieth
"""

import os
import signal
from collections.abc import Callable

POINTS = (
    *("claimed", "connect", "ehlo", "mail", "rcpt", "data", "half", "dot", "taken"),
    *("marking", "marked", "quit"),
)

_point, _, _time = os.environ.get("TOCSIN_FAULT", "").partition(":")
_left = int(_time or 1)
ARMED = bool(_point)  # for who is asked so often that the call itself counts


def at(point: str, first: Callable[[], object] | None = None) -> None:
    """Die here, killed, when TOCSIN_FAULT says so; `first` is done just before.

    claimed: the claim is stored; connect, ehlo, mail, rcpt, data: that step was answered; half of
    a text, or all of it and its dot, has left; taken: its 250 was read; marking, marked: before
    and after the outcomes are stored; quit was said.
    """
    global _left
    if point != _point:
        return
    _left -= 1
    if _left == 0:
        if first is not None:
            first()
        os.kill(os.getpid(), signal.SIGKILL)
