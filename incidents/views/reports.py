"""The queue of reports, one report whole, and the quick form of staff."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import selectinload
from werkzeug import Response

from incidents import quotes, similar, story
from incidents.accounts import staff
from incidents.actions import cases, news, watching
from incidents.actions import reports as acts
from incidents.db import db, now, writing
from incidents.errors import comes_back
from incidents.forms import questions
from incidents.forms.report import LogForm
from incidents.forms.triage import (
    AsideForm,
    AssignForm,
    JoinForm,
    OpenForm,
    PartForm,
    SeenForm,
    first_words,
)
from incidents.models import Message, Report
from incidents.views import bp
from incidents.views.cases import people
from incidents.workflow import N_

SOURCES = {"web": N_("Form"), "mail": N_("E-mail"), "staff": N_("Logged by staff")}
REPORTERS = {
    "customer": N_("A customer, or somebody whose data it is"),
    "staff": N_("Somebody who works here"),
    "provider": N_("A service provider"),
    "anonymous": N_("Somebody who wants to stay unknown"),
    "unknown": N_("Not said"),
}
STATES = {"new": N_("New"), "joined": N_("Joined"), "set_aside": N_("Set aside")}
LANGUAGE_NAMES = {"en": N_("English"), "fr": N_("French")}
# Why a report should be looked at twice. Doors may know others: they get the last sentence.
MARKS = {
    "malformed": N_("This mail is damaged. What could be read is below; the original is whole."),
    "oversize": N_("This was too large to take whole. The original is as far as it was taken."),
    "passed_on": N_("Somebody passed the mail of this report on, as an attachment."),
    "too_many_parts": N_("This mail has very many parts. Not all of them are shown."),
    "empty": N_("This mail has no words and no files."),
    "returned": N_(
        "A mail server returned this mail, and it is none of ours. It may be one that "
        "somebody here sent by hand."
    ),
    "automatic": N_("A machine wrote this, so it gets no answer."),
    "letter_reply": N_("This answers a letter of ours to the people affected by an incident."),
    "trap": N_("A field that people do not see was filled in: perhaps a machine wrote this."),
    "junk": N_(
        "A rule set this aside as junk, and nobody was answered. If it is none, take it back."
    ),
}
# Whether the address in From wrote the mail, as our own mail server found.
SENDERS = {
    "verified": N_("The address was checked by your mail server: the mail comes from there."),
    "failed": N_("Your mail server found that this mail did not come from that address."),
    "unknown": N_("Not verified: anybody can write any address as the sender."),
}
UNKNOWN_MARK = N_("Something was unusual about this report (%(mark)s). Look at the original.")


def mark_words(mark: str | None) -> str | None:
    """Why a report should be looked at twice, as a sentence; None when there is no reason."""
    if not mark:
        return None
    return _(MARKS[mark]) if mark in MARKS else _(UNKNOWN_MARK, mark=mark)


@bp.app_template_global()
def sender_words(check: str | None) -> str | None:
    """Whether a mail's sender is who the mail says, as a sentence; None for what is no mail."""
    return _(SENDERS.get(check, SENDERS["unknown"])) if check else None


@bp.app_template_global()
def report_words(report: Report) -> dict[str, Any]:
    """A report's choices in words: state, source, reporter, language, mark, title."""
    return {
        "state": _(STATES[report.state]),
        "source": _(SOURCES.get(report.source, report.source)),
        "reporter": _(REPORTERS.get(report.reporter, "Not said")),
        "language": _(LANGUAGE_NAMES.get(report.language, report.language)),
        "mark": mark_words(report.mark),
        "sender": sender_words(report.sender_check),
        "title": first_words(report) or _("(no text)"),
    }


def find(ref: str) -> Report:
    """The report of this reference, or 404."""
    report = db.session.scalar(select(Report).where(Report.reference == ref))
    return report or abort(404)


def page(
    report: Report,
    status: int = 200,
    tried: SeenForm | None = None,
    problem: str | None = None,
    missing: list[str] | None = None,
) -> tuple[str, int]:
    """One report whole. `tried` is a form that was refused; `problem` says why in a sentence."""
    kinds = {"open": OpenForm, "join": JoinForm, "aside": AsideForm, "part": PartForm}
    forms = {
        name: tried if isinstance(tried, kind) else kind(formdata=None).fill(report)
        for name, kind in kinds.items()
    }
    query = select(Message).where(Message.report_id == report.id).order_by(Message.id)
    messages = [
        {"row": row, "said": said, "quoted": quoted, "mark": mark_words(row.mark)}
        for row in db.session.scalars(query.options(selectinload(Message.raw)))
        for said, quoted in [quotes.split(row.text or "")]
    ]
    files: dict[int | None, list[Any]] = {}
    for file in report.attachments:
        files.setdefault(file.message_id, []).append(file)
    said, quoted = quotes.split(report.story or "")
    assigning = AssignForm(formdata=None, assignee=report.assignee_id or 0).offer(people())
    alike, alike_reports = similar.to_report(report)
    html = render_template(
        "incidents/report_page.html",
        report=report,
        said=said,
        quoted=quoted,
        messages=messages,
        files=files,
        forms=forms,
        tried=tried,
        problem=problem,
        missing=missing or [],
        done=story.of_report(report),
        assigning=assigning,
        alike=alike,
        alike_reports=alike_reports,
        others=others(report),
        asked=questions.in_words(report.answers),
        reachable=news.reachable(report),
    )
    return html, status


def others(report: Report) -> list[str]:
    """The names of those who have the report open, too."""
    rows = watching.lookers(report, current_user, now())
    return [row.user.name or row.user.email for row in rows]


@bp.route("/reports/<ref>")
@staff
def report_page(ref: str) -> tuple[str, int]:
    """Everything of one report, and what can become of it. Others see that somebody looks."""
    shown = page(find(ref))
    writing()  # only now, and shortly: the reading itself waits for nobody
    try:
        watching.look(find(ref), current_user, now())
        db.session.commit()
    except OperationalError:  # somebody writes for long: that the page is shown counts more
        db.session.rollback()
    return shown


@bp.route("/reports/<ref>/read", methods=["POST"])
@staff
def read_messages(ref: str) -> Response:
    """Say that the messages about a report were read."""
    acts.messages_read(find(ref), current_user, now())
    db.session.commit()
    return redirect(url_for(".report_page", ref=ref))


def _log_again(status: int) -> tuple[str, int]:
    words = {
        400: _("The page had been open for too long. Your text is still here: save it once more."),
        413: _("That was too large to take."),
        429: _("Too many reports in a short time. Wait a few minutes and save again."),
        503: _("Nothing could be stored. Your text is still here: try again in a few minutes."),
    }
    refusal = (_("This has NOT been saved"), words[status])
    return render_template("incidents/log.html", form=LogForm(), refusal=refusal), status


@bp.route("/reports/new", methods=["GET", "POST"])
@staff
@comes_back(_log_again)
def log() -> Response | tuple[str, int]:
    """What staff log in a minute; with the second button an incident is opened at once."""
    form = LogForm()
    if not form.validate_on_submit():
        status = 422 if request.method == "POST" else 200
        return render_template("incidents/log.html", form=form), status
    draft = form.draft()
    try:
        report = acts.receive_form(draft, now(), by=current_user)
    except IntegrityError:  # pressed twice: the other one was first
        db.session.rollback()
        report = acts.receive_form(draft, now(), by=current_user)
    if request.form.get("then") == "open" and report.incident is None:
        cases.open_incident(draft.subject, current_user, now(), report=report)
    incident, reference = report.incident, report.reference
    opened = incident is not None and request.form.get("then") == "open"
    if incident is not None and opened:
        to = url_for(".show", ref=incident.reference)
        said = _("%(ref)s is open. You own it.", ref=incident.reference)
    else:
        to = url_for(".report_page", ref=reference)
        said = _(
            "%(ref)s is kept. Say now what it is, or leave that to a colleague.", ref=reference
        )
    db.session.commit()
    flash(said, "ok")
    return redirect(to)
