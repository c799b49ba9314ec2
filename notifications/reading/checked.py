"""What mail servers wrote about the sender of a mail (RFC 8601), and what it is worth.

Anybody can write such a line. Only the topmost one that bears the name of our own mail server
counts; that server takes away lines that came with its name from outside (RFC 8601 section 5).
"""

import re
from typing import Any

from notifications.reading import words
from notifications.reading.mime import Headers

_MOST = 20  # lines that are looked at
_METHOD = re.compile(r"^\s*([a-z][a-z0-9-]{0,30})(?:/\d{1,3})?\s*=\s*([a-z]{1,20})", re.IGNORECASE)
_ABOUT = re.compile(
    r"(?:smtp|header|policy)\.([a-z-]{1,30})\s*=\s*\"?([^\s;\"]{1,254})", re.IGNORECASE
)


def results(headers: Headers) -> list[dict[str, Any]]:
    """Each Authentication-Results line, topmost first, as {"by": name, "checks": list}.

    A check is [method, result, domain]: the domain of the envelope (spf), of the signature (dkim)
    or of From (dmarc); "" where the line does not say.
    """
    found = []
    for value in headers.all("authentication-results")[:_MOST]:
        text = _without_comments(words.decode(value, None))
        first, *rest = text.split(";")[:50]
        checks = [check for part in rest if (check := _check(part))]
        if by := (first.split() or [""])[0].strip().lower()[:255]:
            found.append({"by": by, "checks": checks})
    return found


def _check(part: str) -> list[str] | None:
    method = _METHOD.match(part)
    if not method:
        return None
    about = {name.lower(): value.lower() for name, value in _ABOUT.findall(part[:2000])}
    subject = {"spf": "mailfrom", "dkim": "d", "dmarc": "from"}.get(method[1].lower(), "")
    value = about.get(subject) or about.get("i" if subject == "d" else "helo") or ""
    return [method[1].lower(), method[2].lower(), value.rpartition("@")[2].strip(".")]


def _without_comments(text: str) -> str:
    """A header without what stands in parentheses, however deep."""
    kept, depth = [], 0
    for piece in re.split(r"([()])", text):
        if piece == "(":
            depth += 1
        elif piece == ")":
            depth = max(0, depth - 1)
        elif not depth:
            kept.append(piece)
    return "".join(kept)


def verdict(found: list[dict[str, Any]], ours: str, sender: str) -> str:
    """Whether the address in From is who wrote: "verified", "failed", or "unknown".

    `ours` is the name our mail server signs with; `sender` the address in From. Verified when
    DMARC passed, or SPF or DKIM passed for the very domain of the address or one it belongs to.

    >>> line = {"by": "mx.example", "checks": [["dkim", "pass", "shop.example"]]}
    >>> verdict([line], "mx.example", "ada@shop.example"), verdict([line], "", "ada@shop.example")
    ('verified', 'unknown')
    """
    domain = sender.rpartition("@")[2].lower().strip(".")
    ours = ours.strip().lower()
    line = next((one for one in found if ours and one["by"] == ours), None)
    if line is None or not domain:
        return "unknown"
    good = bad = False
    for method, result, about in line["checks"]:
        if method == "dmarc" and result == "pass":
            return "verified"
        if method == "dmarc" and result in ("fail", "permerror"):
            return "failed"
        good = good or (method in ("spf", "dkim") and result == "pass" and _same(about, domain))
        bad = bad or (method == "spf" and result == "fail")
    return "verified" if good else "failed" if bad else "unknown"


def _same(one: str, other: str) -> bool:
    """Whether two domains are the same, or one lies below the other."""
    if not one or "." not in one:
        return False
    return one == other or other.endswith(f".{one}") or one.endswith(f".{other}")
