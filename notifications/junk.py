"""By which rules a mail is set apart as junk: few, plain, and shown to staff beside the mail.

Nothing is thrown away: such a mail is a report that was set aside, with the rule as its reason,
and one click puts it back. A mail that answers ours is never set apart.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from notifications.wording import N_

Facts = dict[str, str]  # headers that mail servers write about junk, name -> value, as read


@dataclass(frozen=True)
class Rule:
    """One rule: its name, in words, and when it holds."""

    name: str
    words: str
    holds: Callable[[Facts], bool]


def _yes(value: str) -> bool:
    return bool(re.match(r"\s*yes\b", value[:20], re.IGNORECASE))


def _level(value: str) -> int:
    found = re.match(r"\s*(\d{1,2})\b", value[:20])
    return int(found[1]) if found else 0


def _refused(value: str) -> bool:
    return bool(re.match(r"\s*(reject|add header|rewrite subject)", value[:40], re.IGNORECASE))


RULES = (
    Rule(
        "flag",
        N_("A mail server marked it as spam (X-Spam-Flag)"),
        lambda facts: _yes(facts.get("x-spam-flag", "")),
    ),
    Rule(
        "status",
        N_("A mail server marked it as spam (X-Spam-Status)"),
        lambda facts: _yes(facts.get("x-spam-status", "")) or _yes(facts.get("x-spam", "")),
    ),
    Rule(
        "action",
        N_("A mail server would have refused it (X-Rspamd-Action)"),
        lambda facts: any(_refused(facts.get(f"x-{by}-action", "")) for by in ("rspamd", "spam")),
    ),
    Rule(
        "level",
        N_("A mail server holds it for junk, level 5 or more (SCL)"),
        lambda facts: _level(facts.get("x-ms-exchange-organization-scl", "")) >= 5,
    ),
)


def rule(facts: Facts) -> Rule | None:
    """The first rule that sets a mail apart, or None."""
    return next((one for one in RULES if one.holds(facts)), None)
