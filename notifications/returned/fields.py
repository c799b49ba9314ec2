"""What a return says to machines: delivery status (RFC 3464), complaints (RFC 5965), notifications
of a sending service."""

import json
import re
from collections.abc import Iterator

from notifications.reading import mime, words
from notifications.returned import addresses, commands
from notifications.returned.judge import Case
from notifications.returned.paper import Paper


def cases(paper: Paper) -> list[Case]:
    """One case for each recipient block of the delivery reports."""
    found: list[Case] = []
    for report in paper.reports[:10]:
        for block in re.split(rb"\n[ \t]*\n", report.replace(b"\r\n", b"\n").strip())[:500]:
            fields, _ = mime.split(memoryview(block + b"\n"))
            case = _case(fields, paper)
            if case is not None and (case.recipient, case.action) not in [
                (other.recipient, other.action) for other in found
            ]:
                found.append(case)
    if len(found) == 1 and not found[0].said:
        found[0].around = paper.text[:6000]
    return found


def _case(fields: mime.Headers, paper: Paper) -> Case | None:
    action = fields.text("action").split("(")[0].strip().lower()
    final, first = _typed(fields, "final-recipient"), _typed(fields, "original-recipient")
    route = fields.text("final-recipient").partition(";")[2].strip().startswith("@")
    shown = "" if route else final
    if not (action or final or first or fields.first("status")) or (
        fields.first("reporting-mta") and not (final or first)
    ):
        return None
    status = re.search(r"[245]\.\d{1,3}\.\d{1,3}", fields.text("status"))
    kind, _, said = fields.text("diagnostic-code").partition(";")
    recipient = shown or first or final or None
    case = Case(recipient, action or "", status[0] if status else "", said.strip() or kind.strip())
    case.local = kind.strip().lower() == "x-unix" and bool(said.strip())
    case.around = _around(paper.text, recipient)
    case.command = commands.answered(f"{case.said}\n{case.around}")
    return case


def _typed(fields: mime.Headers, name: str) -> str:
    """The address in "rfc822; name@host"."""
    text = words.decode(fields.first(name), None)  # no encoded word: what looks like one is none
    return addresses.first(text.partition(";")[2] or text)


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


def notified(text: str) -> list[tuple[str, Case]]:
    """What a sending service reports as JSON in the text: (kind, case) for each address."""
    start = text.find('{"')
    if start < 0 or "notificationType" not in text:
        return []
    try:
        told, _ = json.JSONDecoder().raw_decode(re.sub(r"\n ?", "", text[start:]))
    except (ValueError, RecursionError):
        return []
    return list(_notified(told)) if isinstance(told, dict) else []


def _notified(told: dict[str, object]) -> Iterator[tuple[str, Case]]:
    for kind, lists in (
        ("bounce", "bouncedRecipients"),
        ("complaint", "complainedRecipients"),
        ("delivery", "recipients"),
    ):
        about = told.get(kind)
        people = about.get(lists) if isinstance(about, dict) else None
        for person in people if isinstance(people, list) else []:
            facts = person if isinstance(person, dict) else {"emailAddress": person}
            text = {name: str(facts.get(name, ""))[:2000] for name in facts}
            address = addresses.first(text.get("emailAddress", "")) or None
            action = "delivered" if kind == "delivery" else text.get("action", "")
            case = Case(address, action, text.get("status", ""), text.get("diagnosticCode", ""))
            yield kind, case
