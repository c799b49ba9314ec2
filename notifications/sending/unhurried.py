"""How both processes of a run share the machine: each does many letters at a time, so neither gains
by being hurried, and those who wait for single answers have the processor first."""

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache

# New objects after which the young ones are looked through: the letters of a batch are no cycles.
YOUNG = 10_000


@contextmanager
def unhurried() -> Iterator[None]:
    """Work through letters without interrupting anybody.

    The books have two batches in hand, so that they can wait, and the wire and pages cannot. The
    wire, when an answer wakes it, lets a server on the same machine first read what else it was
    given: then eight answers are there at once, and are written down together, not eight times
    one. Of memory, only what is new is looked through.
    """
    _freeze()
    often = gc.get_threshold()
    gc.set_threshold(YOUNG, *often[1:])
    usual = _schedule(os.SCHED_BATCH) if hasattr(os, "SCHED_BATCH") else None
    try:
        yield
    finally:
        if usual is not None:
            _schedule(usual)
        gc.set_threshold(*often)


# Once: thawed, all of the application would be looked through at the end of every round.
_freeze = cache(gc.freeze)


def _schedule(policy: int) -> int | None:
    """Let the system run this thread by another policy; returns the one before, None when it is
    not to be changed."""
    with suppress(OSError):
        before = os.sched_getscheduler(0)
        if before in (os.SCHED_OTHER, os.SCHED_BATCH):
            os.sched_setscheduler(0, policy, os.sched_param(0))
            return before
    return None
