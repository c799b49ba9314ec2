"""Whether the letters of a run are still what was approved, asked before each one leaves.

The texts and the list cannot change under a run; Settings can: the sender, the contact, the
authority. Reading a whole list takes seconds, so a process does it once for each approval, and
compares only what can change after that.
"""

from datetime import datetime
from typing import Any

from notifications import notices, runs
from notifications.models import Notice, Recipient

_stood: dict[int, tuple[Any, ...]] = {}  # run -> its approval and what surrounded it then


def known(notice: Notice) -> bool:
    """Whether this process found the approval to stand, and nothing has changed since."""
    return _stood.get(notice.id) == _now(notice)


def confirmed(notice: Notice) -> bool:
    """Whether the approval stands now, by reading the whole list; remembered for `known`."""
    if not notices.is_approved(notice):
        return False
    _stood[notice.id] = _now(notice)
    return True


def put_back(letter: Recipient, at: datetime) -> None:
    """Let a claimed letter wait, and its run until it is approved again. No commit."""
    letter.state, letter.attempts = "queued", letter.attempts - 1
    letter.lease_by = letter.lease_until = None
    runs.stop_for(letter.notice, "changed", at)


def _now(notice: Notice) -> tuple[Any, ...]:
    return notice.uid, notice.approval, notices.surroundings(notice)
