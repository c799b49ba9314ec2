"""The memo of a decision, kept once and never set anew."""

from datetime import datetime

from flask_babel import get_locale

from incidents import memo
from incidents.actions.files import keep
from incidents.audit import record
from incidents.db import db
from incidents.models import Blob, Decision, User


def make(decision: Decision, by: User, at: datetime, at_once: bool = False) -> Blob:
    """The memo of a decision as it is kept; set now, in the reader's language, if there is none.

    Its SHA-256 goes into the chain. `at_once` when the decision is just being taken.
    """
    if decision.memo is not None:
        return decision.memo
    decision.memo = keep(memo.as_pdf(decision, str(get_locale() or "en"), at_once))
    db.session.flush()
    record(
        "memo.made",
        by=by,
        at=at,
        incident=decision.incident,
        decision=decision.uid,
        sha256=decision.memo.sha256,
    )
    return decision.memo
