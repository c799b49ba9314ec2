"""The verbs on a run of letters: start, pause, resume, cancel, send again, settle, tell otherwise.

Each checks, changes and records; none commits. The letters themselves are the outbox's: of them
`tries` has the record, here only decisions and counts go to the file.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, case, exists, func, select, update

from incidents import epoch
from incidents.actions import duties
from incidents.audit import record
from incidents.db import db
from incidents.intake import clean, one_line
from incidents.models import User
from incidents.refusal import Refused
from notifications import frozen, jobs, notices, reached
from notifications.models import Attempt, Claim, Notice, Recipient, Server, claimed, on_list, within
from notifications.sending import order

# While a letter is in one of these, its run is not finished.
OPEN = ("queued", "deferred", "in_doubt")
# In which other ways people are told.
WAYS = ("paper", "phone", "person", "other")


def start(notice: Notice, by: User, at: datetime) -> None:
    """Let the approved letters go. Refused unless the approval stands for what would be sent."""
    _only_controller(by)
    hold(notice)
    _not_while_held()
    if notice.state != "approved":
        raise Refused(_("This letter is not approved, or it was started already."))
    if not notices.is_approved(notice):
        raise Refused(
            _("The text, the list or the sender is not what was approved. Approve it again.")
        )
    notice.state, notice.started_at = "sending", at
    _record(
        "notice.started", notice, by, at, hash=notice.approval, settings=frozen.settings(notice)
    )
    jobs.wake_after_commit("outbox.deliver")


def pause(notice: Notice, by: User, at: datetime) -> None:
    """Claim no more letters; the one under way is finished."""
    _only_controller(by)
    hold(notice)
    if notice.state != "sending":
        raise Refused(_("These letters are not being sent, so there is nothing to pause."))
    notice.state, notice.pause_reason = "paused", None
    _record("notice.paused", notice, by, at)


def resume(notice: Notice, by: User, at: datetime) -> None:
    """Go on with a paused run, and ask the server again at once."""
    _only_controller(by)
    hold(notice)
    _not_while_held()
    if notice.state != "paused":
        raise Refused(_("These letters are not paused."))
    if not notices.is_approved(notice):
        raise Refused(
            _("The text, the list or the sender is not what was approved. Approve it again.")
        )
    _record("notice.resumed", notice, by, at, settings=frozen.settings(notice))
    _go_on(notice)


def cancel(notice: Notice, by: User, at: datetime) -> None:
    """Send none of the letters that still wait. Those that left cannot be called back; the duty
    to tell these people stays open."""
    _only_controller(by)
    hold(notice)
    if notice.state not in ("sending", "paused"):
        raise Refused(_("These letters are not under way, so there is nothing to cancel."))
    order.alone(notice.id)
    waiting = Recipient.state.in_(("queued", "deferred"))
    here = update(Recipient).where(Recipient.notice_id == notice.id, waiting)
    db.session.execute(here.values(state="cancelled", next_try_at=None))
    notice.state, notice.finished_at = "cancelled", at
    _record("notice.cancelled", notice, by, at)


def resend_failed(notice: Notice, by: User, at: datetime) -> int:
    """Queue the letters that failed once more, each under its own Message-ID; returns how many.

    Those who were told in another way are left out.
    """
    _only_controller(by)
    hold(notice)
    _not_while_held()
    if notice.state not in ("sending", "paused", "done"):
        raise Refused(_("These letters are not under way, so none can be sent again."))
    if notice.people_seal() is None:
        raise Refused(_("The list of this letter was erased, so none can be sent again."))
    if not notices.is_approved(notice):
        raise Refused(_("The text, the list or the sender is not what was approved any more."))
    again = update(Recipient).where(_missed(notice) & (Recipient.state == "failed"))
    # Within a claim a queued letter would be taken for one that its worker has in hand.
    state, due = case((claimed, "deferred"), else_="queued"), case((claimed, at))
    queued = again.values(state=state, attempts=0, next_try_at=due, lease_by=None)
    number = len(db.session.scalars(queued.returning(Recipient.id)).all())
    if not number:
        raise Refused(_("No letter failed, so none is to be sent again."))
    notice.finished_at = None
    _record("notice.resent", notice, by, at, letters=number, settings=frozen.settings(notice))
    _go_on(notice)
    return number


def settle(notice: Notice, letters: Sequence[Recipient], to: str, by: User, at: datetime) -> None:
    """Decide about letters in doubt: "sent" (the server's log has the Message-ID) or "queued"
    (it has not: send again). Of a cancelled run nothing is sent again."""
    _only_controller(by)
    hold(notice)
    if to not in ("sent", "queued"):
        raise Refused(_("Say whether the letter was sent, or is to be sent again."))
    if not letters or any(letter.state != "in_doubt" for letter in letters):
        raise Refused(_("This letter is not in doubt any more. Look at the list again."))
    for letter in letters:
        if to == "sent":
            last = select(func.max(Attempt.at)).where(Attempt.recipient_id == letter.id)
            letter.state, letter.sent_at = "sent", db.session.scalar(last) or at
        else:
            again = "deferred" if letter.is_within else "queued"  # as in `resend_failed`
            letter.state = "cancelled" if notice.state == "cancelled" else again
            letter.attempts = 0
        letter.lease_by = None
        letter.next_try_at = at if letter.state == "deferred" else None
    ids = [letter.message_id for letter in letters]
    _record("notice.settled", notice, by, at, settled=to, message_ids=ids)
    jobs.wake_after_commit("outbox.deliver")


def tell_otherwise(
    notice: Notice,
    how: str | None,
    by: User,
    at: datetime,
    among: ColumnElement[bool] | None = None,
    way: str = "other",
    when: datetime | None = None,
) -> int:
    """Write down that people whom no letter reached were told in another way, and how; returns
    how many. With that the duty is met, once no letter is on its way any more.

    `among`: only those of whom this is true; by default everybody not reached. `way`: paper,
    phone, person or other. `when` they were told, `at` by default.
    """
    _only_controller(by)
    hold(notice)
    how = clean(how, 2_000)
    if way not in WAYS:
        raise Refused(_("Say in which way these people were told."))
    if not how or not one_line(how):
        raise Refused(_("Say how these people were told, when, and by whom."))
    these = _missed(notice) if among is None else _missed(notice) & among
    told, last = 0, 0
    query = select(Recipient).where(these).order_by(Recipient.id).limit(500)
    while rows := db.session.scalars(query.where(Recipient.id > last)).all():
        for row in rows:
            row.told_at, row.told = when or at, how
        told, last = told + len(rows), rows[-1].id
        db.session.flush()
    if not told:
        raise Refused(_("No letter failed, so nobody is left to be told in another way."))
    reached.hold_duty(notice)
    _record("notice.told_otherwise", notice, by, at, people=told, how=how, way=way)
    _meet_duty(notice, by, at)
    return told


def not_told(notice: Notice) -> ColumnElement[bool]:
    """Those whom a run did not reach, by mail or otherwise, as a condition."""
    return _missed(notice)


def stop_for(notice: Notice, reason: str, at: datetime) -> None:
    """Pause a run by the worker: "refusals" (ten people in a row), "sender" (it refuses us),
    "changed" (the sender or the organisation's details are not what was approved), or "restored"
    (the database is a backup: see `gate`)."""
    hold(notice)
    if notice.state == "sending":
        notice.state, notice.pause_reason = "paused", reason
        _record("notice.paused", notice, "worker", at, reason=reason)


def came_back(notice: Notice, at: datetime) -> None:
    """A letter that had left came back: that person was not told, so the duty is open again."""
    reached.hold_duty(notice)
    if notice.duty is not None and notice.duty.met_at is not None:
        duties.reopen(notice.duty, _(reached.CAME_BACK), "worker", at)


def finish_what_is_over(at: datetime) -> None:
    """Finish each run of which no letter is on its way any more. Commits after each."""
    pending = exists().where(Recipient.notice_id == Notice.id, Recipient.state.in_(OPEN))
    over = select(Notice).where(Notice.state.in_(("sending", "paused")), ~pending)
    for notice in db.session.scalars(over).all():
        hold(notice)
        if db.session.scalar(over.where(Notice.id == notice.id)):  # some may go again by now
            reached.hold_duty(notice)
            notice.state, notice.finished_at, notice.pause_reason = "done", at, None
            _record("notice.finished", notice, "worker", at, hash=notice.approval)
            _meet_duty(notice, "worker", at)
        db.session.commit()
    db.session.commit()


def hold(notice: Notice) -> None:
    """The row as it is now, for this transaction alone: a worker may be changing it, too.

    Claims and notes of letters, which name the run, are written all the same: their worker holds
    the letters already that whoever cancels the run is about to change.
    """
    db.session.flush()
    db.session.refresh(notice, with_for_update={"key_share": True})


def missed(notice: Notice) -> int:
    """How many people a run did not reach, by mail or otherwise."""
    return db.session.scalar(select(func.count()).where(_missed(notice))) or 0


def failed(notice: Notice) -> int:
    """How many letters `resend_failed` would send again."""
    again = _missed(notice) & (Recipient.state == "failed")
    return db.session.scalar(select(func.count()).where(again)) or 0


def counts(notice: Notice) -> dict[str, int]:
    """How many letters of a run are in which state; states without letters are left out."""
    states = select(Recipient.state, func.count()).where(on_list(notice)).group_by(Recipient.state)
    found = Counter(dict(db.session.execute(states).all()))
    held = select(func.count()).where(within, Claim.notice_id == notice.id)
    sending = min(db.session.scalar(held.where(Recipient.state == "queued")) or 0, found["queued"])
    found.update(sending=sending, queued=-sending)
    return dict(+found)


def _missed(notice: Notice) -> ColumnElement[bool]:
    return on_list(notice) & Recipient.state.in_(("failed", "paper")) & Recipient.told_at.is_(None)


def _meet_duty(notice: Notice, by: User | str, at: datetime) -> None:
    """Meet the duty of GDPR Art. 34(1) when everybody on the list was told, and not before."""
    duty = notice.duty
    if notice.state == "done" and duty is not None and duty.is_open and not missed(notice):
        reached.meet_duty(duty, notice, by, at)


def _go_on(notice: Notice) -> None:
    """After what is recorded: a worker stops a run first, and notes then how the server is."""
    notice.state, notice.pause_reason, notice.refusals = "sending", None, 0
    db.session.execute(update(Server).where(Server.direction == "out").values(next_try_at=None))
    jobs.wake_after_commit("outbox.deliver")


def _not_while_held() -> None:
    if epoch.state() is not None:
        raise Refused(
            _(
                "All mail is held, since a backup was restored. Look at what would be sent, and "
                "let mail leave again; then go on here."
            )
        )


def _only_controller(by: User) -> None:
    if not by.is_controller:
        raise Refused(_("Only the controller sends letters and decides about them."))


def _record(verb: str, notice: Notice, by: User | str, at: datetime, **detail: Any) -> None:
    db.session.flush()
    record(
        verb,
        by=by,
        at=at,
        incident=notice.incident,
        notice=notice.uid,
        number=notice.number,
        letters_by_state=counts(notice),
        **detail,
    )
