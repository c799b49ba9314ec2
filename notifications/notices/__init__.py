"""What is done with a letter to many before it is sent: drafted, worded, approved.

Words and list can change while the notice is a draft or approved; a change of either voids the
approval. How it is sent stands in `outbox`.
"""

from notifications.notices.approval import (
    APPROVABLE,
    OPEN,
    STANDS,
    approve,
    changing,
    first_stands,
    is_approved,
    not_proven,
    others,
    waiting_for,
)
from notifications.notices.checking import (
    checks,
    checks_of,
    lacking,
    missing,
    parts_of,
    say,
    used_groups,
)
from notifications.notices.drafting import draft
from notifications.notices.fingerprint import (
    Fingerprint,
    fingerprint,
    preimage_in_parts,
    settings,
    surroundings,
)
from notifications.notices.parts import furnish
from notifications.notices.texts import add_language, change, seen_of

__all__ = [
    "APPROVABLE",
    "OPEN",
    "STANDS",
    "Fingerprint",
    "add_language",
    "approve",
    "change",
    "changing",
    "checks",
    "checks_of",
    "draft",
    "fingerprint",
    "first_stands",
    "furnish",
    "is_approved",
    "lacking",
    "missing",
    "not_proven",
    "others",
    "parts_of",
    "preimage_in_parts",
    "say",
    "seen_of",
    "settings",
    "surroundings",
    "used_groups",
    "waiting_for",
]
