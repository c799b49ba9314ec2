"""What a return says to machines: delivery status (RFC 3464) and complaints (RFC 5965)."""

import re
from collections.abc import Iterator
from dataclasses import replace

from notifications.reading import mime, words
from notifications.returned import addresses, commands
from notifications.returned.judge import Case
from notifications.returned.paper import Paper

_COMMENT = re.compile(r"\(([^()]{5,200})\)")
_SPELLED = re.compile(r"\\x\{((?:10|[1-9A-F])?[0-9A-F]{1,4})\}", re.IGNORECASE)


def cases(paper: Paper) -> list[Case]:
    """One case for each recipient of the delivery reports; two where a mail was passed on: for the
    address where it ended, and for the one that it was sent to."""
    found: list[Case] = []
    known: set[tuple[str | None, str]] = set()
    for report in paper.reports[:10]:
        for block in re.split(rb"\n[ \t]*\n", report.replace(b"\r\n", b"\n").strip())[:500]:
            fields, _ = mime.split(memoryview(block + b"\n"))
            for case in _cases(fields, paper):
                if (case.recipient, case.action) not in known:
                    known.add((case.recipient, case.action))
                    found.append(case)
    if len(found) == 1 and not found[0].said:
        found[0].around = paper.text[:6000]
    return found


def _cases(fields: mime.Headers, paper: Paper) -> Iterator[Case]:
    action = _action(fields.text("action"))
    final, first = _typed(fields, "final-recipient"), _typed(fields, "original-recipient")
    route = fields.text("final-recipient").partition(";")[2].strip().startswith("@")
    shown = "" if route else final
    if not (action or final or first or fields.first("status")) or (
        fields.first("reporting-mta") and not (final or first)
    ):
        return
    status = re.search(r"[245]\.\d{1,3}\.\d{1,3}", fields.text("status"))
    kind, _, said = fields.text("diagnostic-code").partition(";")
    if not kind and (comment := _COMMENT.search(fields.text("status")[:500])):
        said = comment[1]
    recipient = shown or first or final or None
    case = Case(recipient, action or "", status[0] if status else "", said.strip() or kind.strip())
    case.local = kind.strip().lower() == "x-unix" and bool(said.strip())
    case.around = _around(paper.text, recipient)
    case.command = commands.answered(f"{case.said}\n{case.around}")
    yield case
    if first and first != recipient:
        yield replace(case, recipient=first)


def _action(told: str) -> str:
    """The action as RFC 3464 section 2.3.3 spells it, where a server spells it its own way."""
    word = told.split("(")[0].strip().lower()
    if word.startswith("error"):
        return "failed"
    known = ("failed", "delayed", "delivered", "relayed", "expanded")
    return next((name for name in known if word.startswith(name[:4])), word)


def _typed(fields: mime.Headers, name: str) -> str:
    """The address in "rfc822; name@host", or in "utf-8; \\x{EB}@host" (RFC 6533 section 3)."""
    text = words.decode(fields.first(name), None)  # no encoded word: what looks like one is none
    kind, _, rest = text.partition(";")
    if kind.strip().lower() == "utf-8":
        rest = _SPELLED.sub(lambda found: chr(int(found[1], 16)), rest[:2000])
    return addresses.first(rest or text)


def _around(text: str, recipient: str | None) -> str:
    """What the notice says of one recipient, from its name to the next blank line or so."""
    position = text.lower().find(recipient) if recipient else -1
    return text[position : position + 3000] if position >= 0 else text[:6000]


def complaints(paper: Paper) -> Iterator[str | None]:
    """Of whose mail somebody complains (ARF); None where the report hides it."""
    for report in paper.complaints[:10]:
        fields, _ = mime.split(memoryview(report))
        named = [
            addresses.first(words.header(value))
            for name in ("original-rcpt-to", "removal-recipient", "x-hmxmroriginalrecipient")
            for value in fields.all(name)
        ]
        named = list(dict.fromkeys(filter(None, named)))
        if not named:
            named = [a for value in paper.original.all("to")[:1] for a in addresses.every(value)][
                :1
            ]
        if not named:
            yield None
        yield from named
