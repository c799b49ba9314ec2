"""The one tap of a reminder, a person's calendar, and the test whether reminders arrive."""

from typing import Any

from flask import abort, current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug import Response

from incidents import story
from incidents.accounts import controller, public, staff
from incidents.db import db, now
from incidents.models import User
from incidents.wording import Told
from incidents.workflow import N_
from notifications import calendar, post
from notifications.compose import AUTOMATIC
from notifications.reminders import links, words
from notifications.views import bp

Answer = str | Response | tuple[str, int]

story.tell(
    {
        "reminder.sent": Told("note", N_("A reminder was sent to %(people)s people")),
        "reminder.sent/authority": Told(
            "note", N_("Reminder to tell the authority, sent to %(people)s people")
        ),
        "reminder.sent/subjects": Told(
            "note", N_("Reminder to tell the people concerned, sent to %(people)s people")
        ),
        "reminder.sent/aware": Told(
            "note", N_("Reminder to say when we became aware, sent to %(people)s people")
        ),
        "reminder.sent_late": Told(
            "note", N_("A reminder planned for %(planned)s was sent late, to %(people)s people")
        ),
        "reminder.acknowledged": Told("note", N_("The reminder of %(planned)s was read")),
    }
)


@bp.route("/reminders/<token>", methods=["GET"])
@public
def reminder(token: str) -> Answer:
    """What a reminder spoke of, and the button that says it was read. Reading marks nothing:
    the programs that look through mail open every link."""
    row = links.find(token) or abort(404)
    clock = links.clock_of(row)
    page = render_template(
        "notifications/acknowledged.html",
        reminder=row,
        token=token,
        headline=words.headline(clock, now()) if clock else None,
        link=words.page_of(clock) if clock else None,
    )
    return page if clock else (page, 410)


@bp.route("/reminders/<token>", methods=["POST"])
@public
def acknowledge(token: str) -> Answer:
    """Say that this step was read, for the person it was sent to."""
    row = links.find(token) or abort(404)
    if links.clock_of(row) is not None:
        links.acknowledge(row, now())
        db.session.commit()
    return redirect(url_for(".reminder", token=token))


@bp.route("/calendar/<token>.ics")
@public
def calendar_feed(token: str) -> Answer:
    """A person's open clocks, for a calendar program. The address is the key to it."""
    user = calendar.owner(token) or abort(404)
    return Response(calendar.feed(user, now()), mimetype="text/calendar")


@bp.route("/account/calendar", methods=["POST"])
@staff
def calendar_renew() -> Answer:
    """Make one's own calendar address, or a new one in its place."""
    calendar.renew(_own(), now())
    db.session.commit()
    flash(_("Your calendar has a new address."), "ok")
    return redirect(url_for("accounts.account", _anchor="calendar"))


@bp.route("/account/calendar/off", methods=["POST"])
@staff
def calendar_off() -> Answer:
    """End one's own calendar address."""
    calendar.switch_off(_own(), now())
    db.session.commit()
    flash(_("The calendar address leads nowhere now."), "ok")
    return redirect(url_for("accounts.account", _anchor="calendar"))


@bp.route("/settings/people/<int:user_id>/reminder", methods=["POST"])
@controller
def test_reminder(user_id: int) -> Answer:
    """Send somebody a mail that says nothing but that reminders arrive."""
    user = db.session.get(User, user_id) or abort(404)
    if user.active:
        said = words.test(user)
        post.queue_mail("test", user.email, said.subject, said.text, now(), headers=AUTOMATIC)
        db.session.commit()
        flash(_("A test is on its way to %(address)s.", address=user.email), "ok")
    return redirect(url_for("accounts.people"))


def _own() -> User:
    return db.session.get_one(User, current_user.id)


@bp.app_context_processor
def _address() -> dict[str, Any]:
    """For the account page: the address of the reader's own calendar, or None."""

    def calendar_address() -> str | None:
        key = calendar.token(current_user)
        path = url_for("notifications.calendar_feed", token=key) if key else ""
        return str(current_app.config["SETTINGS"].url + path) if key else None

    return {"calendar_address": calendar_address}
