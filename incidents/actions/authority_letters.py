"""What the authority answers: letters and requests, and our answers to them."""

from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _

from incidents.audit import record
from incidents.db import db
from incidents.intake import clean, one_line
from incidents.models import AuthorityLetter, Incident, User
from incidents.refusal import Refused


def log(
    incident: Incident, words: dict[str, Any], by: User, at: datetime, uid: str | None = None
) -> AuthorityLetter:
    """Write down what the authority wrote. `words`: kind, received_on, reference, text, due_on.

    A closed case can be written to: the authority may ask years later. Refused for a due day
    before the letter's own.
    """
    due_on, received_on = words["due_on"], words["received_on"]
    if due_on and due_on < received_on:
        raise Refused(_("An answer cannot be due before the letter came."))
    if not clean(words["text"]) and not one_line(words["reference"]):
        raise Refused(_("Say what the authority wrote, or give its reference."))
    letter = AuthorityLetter(
        uid=uid, kind=words["kind"], received_on=received_on, due_on=due_on, by=by
    )
    letter.reference = one_line(words["reference"], 200)
    letter.text = clean(words["text"])
    incident.authority_letters.append(letter)
    db.session.flush()
    record(
        "authority.wrote",
        by=by,
        at=at,
        incident=incident,
        kind=letter.kind,
        received_on=received_on,
        due_on=due_on,
        reference=letter.reference,
        text=letter.text,
    )
    return letter


def answer(letter: AuthorityLetter, on: date, text: str | None, by: User, at: datetime) -> None:
    """Say that a letter of the authority was answered, on which day and how."""
    if letter.answered_on is not None:
        raise Refused(_("This letter is marked as answered already."))
    if on < letter.received_on:
        raise Refused(_("It cannot have been answered before it came."))
    if not clean(text):
        raise Refused(_("Say what was answered, and how."))
    letter.answered_on, letter.answer = on, clean(text)
    record(
        "authority.answered",
        by=by,
        at=at,
        incident=letter.incident,
        kind=letter.kind,
        on=on,
        reference=letter.reference,
        text=letter.answer,
    )
