"""What a sending service reports as JSON in a mail: what became of ours, for each address.

The shapes are those of Amazon SES: notifications, events, and either inside a message of SNS.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from notifications.returned import addresses
from notifications.returned.judge import Case

_BEGINS = re.compile(r"\{\s{0,20}\"")
_LISTS = {
    # what it is of: (its key, where the addresses stand, what it says without a code)
    "bounce": ("bounce", "bouncedRecipients", "failed"),
    "complaint": ("complaint", "complainedRecipients", "complaint"),
    "delivery": ("delivery", "recipients", "delivered"),
    "deliverydelay": ("deliveryDelay", "delayedRecipients", "delayed"),
}
# What kind of bounce it is, as a status code (RFC 3463), where the server's is not told.
_KINDS = {
    "General": "5.1.1",
    "NoEmail": "5.1.1",
    "MailboxFull": "4.2.2",
    "MessageTooLarge": "5.3.4",
    "ContentRejected": "5.7.1",
    "AttachmentRejected": "5.7.1",
}


def notified(text: str) -> list[tuple[str, Case]]:
    """(kind, case) for each address; kind is a key of _LISTS."""
    if "notificationType" not in text and "eventType" not in text:
        return []
    text = text.lstrip("\ufeff \t\r\n")
    told = _read(text) if _BEGINS.match(text) else {}  # people put words before what they paste
    if isinstance(inner := told.get("Message"), str):
        told = _read(inner)
    return list(_notified(told))


def _read(text: str) -> dict[str, Any]:
    for way in (text, re.sub(r"\r?\n ?", "", text)):  # as it stands, or folded in a string
        try:
            told, _ = json.JSONDecoder(strict=False).raw_decode(way)
        except (ValueError, RecursionError):
            continue
        return told if isinstance(told, dict) else {}
    return {}


def _notified(told: dict[str, Any]) -> Iterator[tuple[str, Case]]:
    kind = str(told.get("notificationType") or told.get("eventType") or "").lower()
    if kind not in _LISTS:
        return
    key, place, said = _LISTS[kind]
    about = told.get(key)
    about = about if isinstance(about, dict) else {}
    people = about.get(place)
    for person in people if isinstance(people, list) else []:
        facts = person if isinstance(person, dict) else {"emailAddress": person}
        text = {name: str(facts.get(name, ""))[:2000] for name in facts}
        status = text.get("status", "")
        if kind == "bounce" and not status and not text.get("diagnosticCode"):
            status = _kind(about)
        action = said if kind != "bounce" else text.get("action", "") or said
        address = addresses.first(text.get("emailAddress", "")) or None
        yield kind, Case(address, action, status, text.get("diagnosticCode", ""))


def _kind(about: dict[str, Any]) -> str:
    kind = _KINDS.get(str(about.get("bounceSubType", "")), "")
    if about.get("bounceType") != "Permanent" and kind.startswith("5.1"):
        return ""
    return kind
