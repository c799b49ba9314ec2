"""A version as it is frozen: values and words in every language we speak, and its fingerprint."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from incidents.law.portal import Form
from incidents.models import Notification
from incidents.notification.case import Case
from incidents.notification.values import values
from incidents.notification.words import Line, lines
from incidents.pages import LANGUAGES

# What says which version this is, and not what the authority is told.
ABOUT = ("type", "earlier")


def content(case: Case, form: Form, number: int) -> dict[str, Any]:
    """All of a version: {incident, number, phase, authority, form, made_at, values, words}.

    `words` maps a language to a list of {key, section, question, answer, arises}.
    """
    found = values(case)
    return {
        "incident": case.incident.reference,
        "organisation": case.organisation.name,
        "number": number,
        "phase": case.phase,
        "authority": case.organisation.authority,
        "form": form.code,
        "made_at": case.at.isoformat(),
        "why": case.why,
        "values": found,
        "words": {
            language: [_plain(line) for line in lines(form, found, language)]
            for language in LANGUAGES
        },
    }


def _plain(line: Line) -> dict[str, Any]:
    names = ("key", "section", "question", "answer", "arises", "rule", "sure")
    return {name: getattr(line, name) for name in names}


def told(one: Mapping[str, Any], language: str) -> list[Line]:
    """The lines of a frozen version, in a language."""
    return [Line(**row) for row in one["words"][language]]


def fingerprint(one: Mapping[str, Any]) -> str:
    """SHA-256 of a version's content, as JSON with sorted keys. Hex."""
    text = json.dumps(one, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def differences(before: list[Line], after: list[Line]) -> list[tuple[str, str | None, str | None]]:
    """What the authority is told otherwise: (question, before, after), in the order of `after`."""
    was = {line.key: line.answer for line in before}
    return [
        (line.question, was.get(line.key), line.answer)
        for line in after
        if line.key not in ABOUT and was.get(line.key) != line.answer
    ]


def last(notifications: list[Notification]) -> Notification | None:
    """The newest version, or None."""
    return notifications[-1] if notifications else None
