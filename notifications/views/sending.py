"""A run of letters as people see it: send, watch, pause, go on, and see to those not reached."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import format_timedelta, ngettext
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy import select
from werkzeug import Response

from incidents import story
from incidents.accounts import controller, staff
from incidents.db import db, now, writing
from incidents.refusal import Refused
from incidents.wording import Told
from notifications import runs, servers, tries
from notifications.forms.sending import ToldForm
from notifications.meaning import meaning
from notifications.models import Notice, Recipient
from notifications.pace import pace
from notifications.recipients import addresses, listing
from notifications.views import bp
from notifications.views.notices import Answer, find
from notifications.wording import N_
from notifications.words import RETURNS

PAGE = 50
# What a person must look at, the most pressing first.
CARE = ("in_doubt", "failed", "deferred")

story.tell(
    {
        "notice.started": Told("delivery", N_("Sending of letter %(number)s began")),
        "notice.paused": Told("delivery", N_("Sending of letter %(number)s was paused")),
        "notice.resumed": Told("delivery", N_("Sending of letter %(number)s went on")),
        "notice.cancelled": Told("delivery", N_("The rest of letter %(number)s was cancelled")),
        "notice.finished": Told("delivery", N_("Sending of letter %(number)s ended")),
        "notice.resent": Told(
            "delivery", N_("Letter %(number)s goes again to %(letters)s people it did not reach")
        ),
        "notice.settled": Told("decision", N_("Letters in doubt were settled")),
        "notice.told_otherwise": Told(
            "decision", N_("%(people)s people were told in another way"), ("how",)
        ),
    }
)


@bp.route("/notices/<uid>/progress")
@staff
def progress(uid: str) -> Answer:
    """How far a run is, and what a person must see to."""
    row = find(uid)
    if row.channel == "public":
        return redirect(url_for(".published", uid=uid))
    return _page(row, ToldForm(formdata=None))


def _page(row: Notice, form: ToldForm, status: int = 200) -> Answer:
    counts = runs.counts(row)
    erased = row.list_key is not None and row.list_key.destroyed_at is not None
    care = [] if erased else [state for state in CARE if counts.get(state)]
    state = request.args.get("state") or (care[0] if care else "")
    if state and state not in CARE:
        abort(404)
    letters, more = _letters(row, state) if state and not erased else ([], None)
    speed = pace(row, counts, now()) if row.state == "sending" else None
    page = render_template(
        "notifications/progress.html",
        notice=row,
        counts=counts,
        sent=counts.get("sent", 0),
        total=sum(counts.values()) - counts.get("paper", 0),
        paper=counts.get("paper", 0),
        waiting=sum(counts.get(name, 0) for name in runs.OPEN),
        missed=runs.missed(row),
        failed=runs.failed(row),
        speed=speed,
        left=_duration(speed.left) if speed and speed.left else None,
        server=servers.outgoing(),
        care=care,
        state=state,
        letters=letters,
        more=more,
        form=form,
    )
    return page, status


def _duration(left: timedelta) -> str:
    """The time left in words, never more exact than it is."""
    if left < timedelta(minutes=1):
        return _("less than a minute")
    return format_timedelta(left, granularity="minute")


def _letters(row: Notice, state: str) -> tuple[list[dict[str, Any]], str | None]:
    """Fifty letters in one state, masked, and the address of the next fifty."""
    query = select(Recipient).where(Recipient.notice_id == row.id, Recipient.state == state)
    after = request.args.get("after", "")
    if after.isascii() and after.isdigit() and len(after) < 16:
        query = query.where(Recipient.id > int(after))
    found = db.session.scalars(query.order_by(Recipient.id).limit(PAGE + 1)).all()
    more = None
    if len(found) > PAGE:
        more = url_for(".progress", uid=row.uid, state=state, after=found[PAGE - 1].id)
    return [_masked(person) for person in found[:PAGE]], more


def _server_words(answer: str | None) -> str:
    """What the server said, as it said it; what we say in its place, in the reader's language."""
    return _(answer) if answer else ""


@bp.app_template_filter("plainly")
def _plainly(answer: str | None) -> str:
    """What the server's answer means, in the reader's language; "" where that is not sure."""
    return _(words) if (words := meaning(answer)) else ""


def _masked(person: Recipient) -> dict[str, Any]:
    address = person.address
    masked = addresses.masked(address)
    return {
        "uid": person.uid,
        "address": masked,
        # Servers like to repeat the address they refuse.
        "answer": _server_words(person.answer).replace(address, masked),
        "message_id": person.message_id,
        "next_try_at": person.next_try_at,
        "told_at": person.told_at,
    }


@bp.route("/notices/<uid>/people/<recipient_uid>")
@staff
def recipient(uid: str, recipient_uid: str) -> Answer:
    """One person's letter: every try, and what the server said. The file says who read it."""
    writing()
    row = find(uid)
    person = _person(row, recipient_uid)
    listing.read(person, current_user, now(), "row")
    db.session.commit()
    found = tries.of(row.id, [person.id]).get(person.id, [])
    return render_template(
        "notifications/recipient.html",
        notice=row,
        person=person,
        server_words=_server_words,
        letter_returns=RETURNS,
        attempts=found[:-101:-1],
    )


def _person(row: Notice, recipient_uid: str) -> Recipient:
    return listing.of(row, recipient_uid) or abort(404)


def _do(uid: str, act: Callable[[Notice], str | None]) -> Response:
    """Do one thing to a run and go back to its page; a refusal is told there."""
    row = find(uid)
    try:
        words = act(row)
    except Refused as refusal:
        db.session.rollback()
        flash(refusal.message, "problem")
    else:
        db.session.commit()
        if words:
            flash(words, "ok")
    return redirect(url_for(".progress", uid=uid))


@bp.route("/notices/<uid>/send", methods=["POST"])
@controller
def send(uid: str) -> Answer:
    """Let the approved letters go."""
    return _do(uid, lambda row: runs.start(row, current_user, now()))


@bp.route("/notices/<uid>/pause", methods=["POST"])
@controller
def pause(uid: str) -> Answer:
    """Hold the run."""
    return _do(uid, lambda row: runs.pause(row, current_user, now()))


@bp.route("/notices/<uid>/resume", methods=["POST"])
@controller
def resume(uid: str) -> Answer:
    """Let the run go on."""
    return _do(uid, lambda row: runs.resume(row, current_user, now()))


@bp.route("/notices/<uid>/cancel", methods=["POST"])
@controller
def cancel(uid: str) -> Answer:
    """Send none of the letters that still wait."""
    return _do(uid, lambda row: runs.cancel(row, current_user, now()))


@bp.route("/notices/<uid>/resend", methods=["POST"])
@controller
def resend_failed(uid: str) -> Answer:
    """Send the failed letters again, and only those."""

    def act(row: Notice) -> str:
        number = runs.resend_failed(row, current_user, now())
        return ngettext("One letter is queued again.", "%(num)s letters are queued again.", number)

    return _do(uid, act)


@bp.route("/notices/<uid>/people/<recipient_uid>/settle", methods=["POST"])
@controller
def settle(uid: str, recipient_uid: str) -> Answer:
    """Decide about one letter in doubt: it was sent, or is to be sent again."""

    def act(row: Notice) -> str:
        person = _person(row, recipient_uid)
        runs.settle(row, [person], request.form.get("to", ""), current_user, now())
        return _("Settled.")

    return _do(uid, act)


@bp.route("/notices/<uid>/settle", methods=["POST"])
@controller
def settle_all(uid: str) -> Answer:
    """Decide about all letters in doubt at once."""

    def act(row: Notice) -> str:
        doubtful = select(Recipient).where(
            Recipient.notice_id == row.id, Recipient.state == "in_doubt"
        )
        found = db.session.scalars(doubtful).all()
        runs.settle(row, found, request.form.get("to", ""), current_user, now())
        return _("Settled.")

    return _do(uid, act)


@bp.route("/notices/<uid>/told", methods=["POST"])
@controller
def told_otherwise(uid: str) -> Answer:
    """Write down that those whose letter failed were told in another way."""
    row, form = find(uid), ToldForm()
    if not form.validate_on_submit():
        return _page(row, form, 422)
    try:
        runs.tell_otherwise(row, form.how.data, current_user, now())
    except Refused as refusal:
        db.session.rollback()
        form.form_errors = [refusal.message]
        return _page(find(uid), form, 409)
    db.session.commit()
    flash(_("Noted in the file."), "ok")
    return redirect(url_for(".progress", uid=uid))
