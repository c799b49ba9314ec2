"""What the controller approves: exactly these words, to exactly these people, from this sender.

The approval is a SHA-256 over all of it. It is computed again before a run starts, so that a
change by whatever way voids it, even one that no page knows of. Whoever wrote the text or made
the list does not approve it alone where a second person may.
"""

import hmac
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import or_, select

from incidents.again import Proof
from incidents.audit import record
from incidents.db import db
from incidents.models import User
from incidents.refusal import Refused, Stale
from notifications import compose
from notifications.models import Notice
from notifications.notices.checking import missing
from notifications.notices.fingerprint import Fingerprint, fingerprint, hash_of, settings

# States in which words and list can still be changed.
OPEN = ("draft", "approved")
# States in which it can be approved: a run that is paused or over again, when Settings have changed
# under it, so that those it did not reach can be told by a letter that stands.
APPROVABLE = (*OPEN, "paused", "done")
# States in which an approval stands, or stood when the run began.
STANDS = ("approved", "sending", "paused", "done", "published")


def approvers() -> list[User]:
    """The people who may approve."""
    query = select(User).where(User.role == "controller", User.active.is_(True))
    return list(db.session.scalars(query.order_by(User.name, User.id)))


def others(notice: Notice, by: User) -> list[User]:
    """Who must approve beside `by`: empty when `by` wrote neither text nor list, or when there is
    nobody else."""
    if by.id not in notice.authors:
        return []
    return [user for user in approvers() if user.id != by.id]


def waiting_for(by: User) -> list[Notice]:
    """The letters that somebody approved first, and that wait for `by` as the second person."""
    if not by.is_controller:
        return []
    open_yet = or_(Notice.approval.is_(None), Notice.approval != Notice.first_approval)
    query = select(Notice).where(
        Notice.first_by_id != by.id, Notice.state.in_(APPROVABLE), open_yet
    )
    return list(db.session.scalars(query.order_by(Notice.first_at, Notice.id)))


def first_stands(notice: Notice, found: Fingerprint) -> bool:
    """Whether a first approval, by an author, is there for what would be approved now."""
    return notice.first_approval == found.hash and notice.first_by_id is not None


def approve(notice: Notice, seen_hash: str, by: User, at: datetime, proof: Proof) -> bool:
    """Approve the words, the list and the sender as they were shown under `seen_hash`.

    An author's approval is the first of two where somebody else may approve: False, and nothing
    can be sent until a second person approves the same. True when the letter is approved.
    `proof`: that `by` has just said who it is, by code or password; the file notes which.

    Refused for anybody but an active controller, with the proof of somebody else, with an empty
    list, while an element of GDPR Art. 34(2) is missing, to the same person twice, and (Stale)
    when anything has changed since the page was shown.
    """
    if not (by.is_controller and by.active and isinstance(proof, Proof) and proof.is_of(by)):
        raise Refused(_("Only the controller approves."))
    if notice.state not in APPROVABLE:
        if notice.state == "sending":
            raise Refused(_("This letter is on its way. Pause it, then approve it again."))
        raise Refused(_("This letter was cancelled or published. It cannot be approved again."))
    found = fingerprint(notice)
    if lacking := missing(notice, found):
        raise Refused(_("The letter cannot be approved yet."), missing=lacking)
    if not hmac.compare_digest(found.hash.encode(), seen_hash.encode("utf-8", "replace")):
        raise Stale(
            _(
                "The text, the list or the sender has changed since this page was shown. "
                "Nothing was approved: look at it again below, then approve."
            )
        )
    rest = others(notice, by)
    first = first_stands(notice, found) and notice.first_by_id != by.id
    if first and notice.first_by_id is not None:
        giver = db.session.get(User, notice.first_by_id)
        first = giver is not None and giver.active and giver.is_controller
    if rest and not first:
        return _first(notice, found, by, at, proof)
    notice.approval = found.hash
    if notice.state in OPEN:
        notice.state, notice.domain = "approved", compose.domain()
    notice.approved_at, notice.approved_by = at, by
    db.session.flush()
    _record("notice.approved", notice, found, by, at, proof, settings=settings(notice))
    return True


def _first(notice: Notice, found: Fingerprint, by: User, at: datetime, proof: Proof) -> bool:
    if first_stands(notice, found) and notice.first_by_id == by.id:
        raise Refused(
            _(
                "You have approved this already, and you worked on its text or list. A second "
                "person must approve it too: %(names)s.",
                names=", ".join(user.name or user.email for user in others(notice, by)),
            )
        )
    notice.first_approval, notice.first_at, notice.first_by = found.hash, at, by
    db.session.flush()
    _record("notice.approved_first", notice, found, by, at, proof)
    return False


def _record(
    verb: str,
    notice: Notice,
    found: Fingerprint,
    by: User,
    at: datetime,
    proof: Proof,
    **more: Any,
) -> None:
    record(
        verb,
        by=by,
        at=at,
        incident=notice.incident,
        notice=notice.uid,
        hash=found.hash,
        people=found.people,
        languages=found.languages,
        proof=proof.by,
        **more,
    )


def not_proven(notice: Notice, by: User, at: datetime, asked: str) -> None:
    """Write down that somebody at a controller's open session did not prove who it is, and
    approved nothing. No commit. `asked`: for "code" or "password"."""
    record(
        "notice.not_proven",
        by=by,
        at=at,
        incident=notice.incident,
        notice=notice.uid,
        asked=asked,
    )


def is_approved(notice: Notice) -> bool:
    """Whether the approval stands for what would be sent now. Reads the whole list."""
    if notice.approval is None or notice.state not in STANDS:
        return False
    return hmac.compare_digest(hash_of(notice), notice.approval)


def changing(notice: Notice, by: User, at: datetime) -> None:
    """Say that words or list are about to change: refused on its way, voids an approval, and
    makes whoever changes them an author."""
    if notice.state not in OPEN:
        raise Refused(
            _(
                "This letter is on its way or done: its text and its list cannot be changed. "
                "Draft another letter instead."
            )
        )
    if by.id not in notice.authors:
        notice.authors = [*notice.authors, by.id]
    if was := notice.approval or notice.first_approval:
        notice.state, notice.approval, notice.first_approval = "draft", None, None
        notice.approved_at, notice.approved_by = None, None
        notice.first_at, notice.first_by = None, None
        record(
            "notice.approval_voided",
            by=by,
            at=at,
            incident=notice.incident,
            notice=notice.uid,
            hash=was,
        )
