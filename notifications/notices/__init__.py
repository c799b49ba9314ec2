"""What is done with a letter to many before it is sent: drafted, worded, approved.

Words and list can change while the notice is a draft or approved; a change of either voids the
approval. How it is sent stands in `outbox`.
"""

from notifications.notices.approval import (
    APPROVABLE,
    OPEN,
    STANDS,
    Fingerprint,
    approve,
    changing,
    checks,
    checks_of,
    fingerprint,
    is_approved,
    missing,
    preimage,
    surroundings,
)
from notifications.notices.drafting import draft
from notifications.notices.texts import change

__all__ = [
    "APPROVABLE",
    "OPEN",
    "STANDS",
    "Fingerprint",
    "approve",
    "change",
    "changing",
    "checks",
    "checks_of",
    "draft",
    "fingerprint",
    "is_approved",
    "missing",
    "preimage",
    "surroundings",
]
