"""What a returned mail changes: the row of the mail that came back, found by its token alone.

A return that carries no token of ours changes nothing, whatever it says of whom.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from incidents.audit import record
from incidents.db import db
from incidents.models import Report
from notifications import runs
from notifications.models import Attempt, Mail, Recipient, number_of

_NOTED = ("delayed", "complaint", "auto_reply")  # shown beside the letter; it did arrive, or may
# The row before its claim: a worker that marks it meanwhile is done with both, or with neither.
FIRST = {"key_share": True}
_MOST = 3  # times that one of these is noted of one letter


def apply(
    named: list[tuple[str, str]], returned: dict[str, Any], at: datetime
) -> tuple[Report | None, bool]:
    """Write down a return for the mails it names. Returns the report concerned, if one is, and
    whether any mail was ours. No commit.

    `named` as tokens.find gives it; `returned` a returned.Returned as a dict.
    """
    report, ours = None, False
    letters = [number_of(uid) for kind, uid in named[:20] if kind == "letter"]
    if len(letters) > 1:  # all before the first is written down: see sending.order
        all_of_them = select(Recipient.id).where(Recipient.id.in_(letters)).order_by(Recipient.id)
        db.session.execute(all_of_them.with_for_update(key_share=True)).all()
    for kind, uid in named[:20]:
        if kind == "letter":
            recipient = db.session.get(Recipient, number_of(uid), with_for_update=FIRST)
            if recipient is not None:
                ours = True
                _letter(recipient, _row(returned, recipient.address), at)
        else:
            mail = _mail(kind, uid)
            if mail is not None:
                ours = True
                report = db.session.get(Report, mail.report_id) if mail.report_id else None
                _single(mail, report, _row(returned, mail.to), at)
    return report, ours


def _letter(recipient: Recipient, row: dict[str, Any], at: datetime) -> None:
    """A letter to one person came back: the person was not told after all.

    A refusal for good and one for this letter ("soft") are the same to that person: not told.
    """
    if not _has_left(recipient):
        return
    if not _failed(row):
        if row["outcome"] in _NOTED:
            _note(recipient, row, at)
        return
    was, recipient.state = recipient.state, "failed"
    recipient.answer = _words(row)
    recipient.next_try_at = None
    attempt = Attempt(recipient_id=recipient.id, at=at, worker="mailbox", outcome="bounced")
    attempt.answer = recipient.answer
    db.session.add(attempt)
    runs.came_back(recipient.notice, at)
    record(
        "letter.returned",
        by="worker",
        at=at,
        incident=recipient.notice.incident,
        notice=recipient.notice.number,
        recipient=recipient.uid,
        outcome=row["outcome"],
        status=row["status"],
        was=was,
    )


def _has_left(recipient: Recipient) -> bool:
    """Or may have: some servers return a mail before our own note that it left is stored."""
    return recipient.state in ("sent", "in_doubt") or recipient.under_way


def answered(named: list[tuple[str, str]], at: datetime) -> None:
    """Note beside the letters it names that a machine answered for the person. No commit."""
    row = {"outcome": "auto_reply", "status": "", "reason": "", "said": ""}
    for kind, uid in named[:20]:
        recipient = db.session.get(Recipient, number_of(uid)) if kind == "letter" else None
        if recipient is not None and _has_left(recipient):
            _note(recipient, row, at)


def _note(recipient: Recipient, row: dict[str, Any], at: datetime) -> None:
    """What a return says that leaves the letter as it is: still under way, complained of, ..."""
    outcome = row["outcome"]
    same = select(func.count()).where(
        Attempt.recipient_id == recipient.id, Attempt.outcome == outcome
    )
    if (db.session.scalar(same) or 0) >= _MOST:
        return
    attempt = Attempt(recipient_id=recipient.id, at=at, worker="mailbox", outcome=outcome)
    attempt.answer = _words(row) if outcome != "auto_reply" else None
    db.session.add(attempt)
    record(
        f"letter.{outcome}",
        by="worker",
        at=at,
        incident=recipient.notice.incident,
        notice=recipient.notice.number,
        recipient=recipient.uid,
    )


def _failed(row: dict[str, Any]) -> bool:
    """Whether nobody tries any more. One that was only never reached ("delayed") is failed, too,
    once its mail server has given up."""
    return row["outcome"] in ("hard", "soft") or (row["outcome"] == "delayed" and row["final"])


def _single(mail: Mail, report: Report | None, row: dict[str, Any], at: datetime) -> None:
    if not _failed(row) or mail.state == "failed":
        return
    was, mail.state = mail.state, "failed"
    mail.answer = _words(row)
    record(
        "mail.returned",
        by="worker",
        at=at,
        report=report,
        incident=report.incident if report else None,
        mail=mail.kind,
        outcome=row["outcome"],
        status=row["status"],
        was=was,
    )


def _mail(kind: str, uid: str) -> Mail | None:
    if kind == "mail":
        return db.session.scalar(select(Mail).where(Mail.uid == uid))
    about = select(Mail).join(Report, Report.id == Mail.report_id).where(Report.uid == uid)
    return db.session.scalar(about.order_by(Mail.id.desc()).limit(1))


def _row(returned: dict[str, Any], address: str) -> dict[str, Any]:
    """What the return says of one address; a mail of ours has one, so the first will do."""
    rows: list[dict[str, Any]] = returned.get("rows") or []
    nothing = {"recipient": None, "outcome": "soft", "status": "", "said": "", "final": True}
    same = (row for row in rows if (row["recipient"] or "").casefold() == address.casefold())
    return next(same, rows[0] if rows else nothing)


def _words(row: dict[str, Any]) -> str:
    status = "" if row["status"] in row["said"] else row["status"]
    return " ".join(filter(None, (status, row["said"]))) or row["outcome"]
