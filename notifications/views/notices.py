"""The letters of an incident, one letter's way, and the controller's approval."""

from collections.abc import Callable
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy import select
from werkzeug import Response

from incidents import pages, story
from incidents.accounts import staff
from incidents.db import db, now
from incidents.law.labels import LABELS
from incidents.models import Duty, Incident
from incidents.pages import organisation
from incidents.refusal import Refused
from incidents.wording import Told
from notifications import notices as letters
from notifications import runs
from notifications.channels import asked
from notifications.channels import public as channel
from notifications.forms.notices import DraftForm
from notifications.models import Notice
from notifications.reading.language import guess
from notifications.studio import elements
from notifications.views import bp
from notifications.views.readers import readers
from notifications.wording import N_
from notifications.words import (
    LANGUAGES,
    LETTER_STATES,
    LETTERS_IN,
    NOTICE_STATES,
    PUBLIC_IN,
    PUBLIC_STAGES,
)

Answer = str | Response | tuple[str, int]

story.tell(
    {
        "notice.drafted": Told("delivery", N_("Letter %(number)s to the people was drafted")),
        "notice.text_changed": Told("delivery", N_("The text of a letter was changed")),
        "notice.language_added": Told("delivery", N_("A letter was drafted in one more language")),
        "notice.test_queued": Told("delivery", N_("A test of a letter was sent to ourselves")),
        "notice.approved_first": Told(
            "decision", N_("The letter was approved by the first of two people: %(hash)s")
        ),
        "notice.approved": Told(
            "decision", N_("The letter to %(people)s people was approved: %(hash)s")
        ),
        "notice.not_proven": Told(
            "note",
            N_("An approval was refused: whoever tried did not prove to be the controller"),
        ),
        "notice.approval_voided": Told(
            "decision", N_("The approval of a letter fell away: its text or list changed")
        ),
        "list.uploaded": Told("note", N_("A list of people was uploaded")),
        "list.imported": Told("delivery", N_("%(new)s people came on the list of a letter")),
        "list.dropped": Told("note", N_("An uploaded list was dropped")),
        "list.person_added": Told("delivery", N_("One person was added to the list of a letter")),
        "list.person_removed": Told(
            "delivery", N_("One person was taken off the list of a letter")
        ),
        "list.person_read": Told("note", N_("The row of one person was read")),
        "list.problems_read": Told("note", N_("The problems of an uploaded list were downloaded")),
        "list.exported": Told("note", N_("The list of a letter was downloaded: %(people)s people")),
        "list.not_exported": Told(
            "note",
            N_(
                "The download of a list was refused: whoever tried did not prove to be the "
                "controller"
            ),
        ),
        "list.asked": Told("note", N_("Somebody asked whether an address was told")),
        "list.purged": Told(
            "decision", N_("The lists of %(people)s people were erased, as Settings say")
        ),
    }
)


def find(uid: str) -> Notice:
    """The notice of this uid, held until the end of a request that may change it; or 404."""
    query = select(Notice).where(Notice.uid == uid)
    if request.method == "POST":
        query = query.with_for_update(key_share=True)  # as `runs.hold`
    return db.session.scalar(query) or abort(404)


def language_name(code: str) -> str:
    """A language in the reader's words."""
    return _(LANGUAGES[code]) if code in LANGUAGES else code


@bp.app_template_filter("in_sentence")
def in_sentence(name: str) -> str:
    """The name of a language as it stands within a sentence: French has no capital there."""
    return name.lower() if pages.language() == "fr" else name


def text_title(code: str, public: bool) -> str:
    """The title of the page of one text."""
    title = (PUBLIC_IN if public else LETTERS_IN).get(code)
    return _(title) if title else language_name(code)


def say_data(data: list[str]) -> str:
    """What data of a group is concerned, in the reader's words."""
    known = LABELS["data_categories"]
    return ", ".join(_(known[kind]) if kind in known else kind for kind in data)


def steps(notice: Notice) -> list[dict[str, str | None]]:
    """The way of a letter, for the macro of that name."""
    progress = notice.state != "draft"
    if notice.channel == "public":
        approve = url_for(".approve", uid=notice.uid) if current_user.is_controller else None
        return [
            {"label": _("Dates"), "url": url_for(".dates", uid=notice.uid)},
            {"label": _("Text"), "url": url_for(".first_text", uid=notice.uid)},
            {"label": _("Check"), "url": url_for(".check", uid=notice.uid)},
            {"label": _("Approve"), "url": approve},
            {
                "label": _("Publish"),
                "url": url_for(".published", uid=notice.uid) if progress else None,
            },
        ]
    return [
        {"label": _("People"), "url": url_for(".people", uid=notice.uid)},
        {"label": _("Text"), "url": url_for(".first_text", uid=notice.uid)},
        {"label": _("Check"), "url": url_for(".check", uid=notice.uid)},
        {
            "label": _("Approve"),
            "url": url_for(".approve", uid=notice.uid) if current_user.is_controller else None,
        },
        {
            "label": _("Send"),
            "url": url_for(".progress", uid=notice.uid) if progress else None,
        },
        {
            "label": _("Follow up"),
            "url": url_for(".progress", uid=notice.uid) if notice.started_at else None,
        },
    ]


@bp.app_context_processor
def _shared() -> dict[str, Any]:
    """For every page of a letter, those of sending included."""
    return {
        "notice_steps": steps,
        "language_name": language_name,
        "text_title": text_title,
        "notice_states": NOTICE_STATES,
        "letter_states": LETTER_STATES,
        "public_stages": PUBLIC_STAGES,
        "say_check": letters.say,
        "say_data": say_data,
    }


@bp.route("/incidents/<ref>/notices")
@staff
def notices(ref: str) -> Answer:
    """The letters of an incident, and whether another one can be drafted."""
    return _list(_incident(ref))


@bp.route("/incidents/<ref>/notices/new", methods=["POST"])
@staff
def draft(ref: str) -> Answer:
    """Draft a letter from the incident's facts, one text per language."""
    said = _("The letter is drafted. Now say who gets it.")
    return drafted(ref, letters.draft, ".people", said)


def drafted(ref: str, make: Callable[..., Notice], then: str, said: str) -> Answer:
    """Draft a notice by `make`, say so, and go on to the page `then`; once, if pressed twice."""
    incident = _incident(ref)
    form = _draft_form(incident)
    duty = _duty(incident)
    if not form.validate_on_submit():
        return _list(incident, 422)
    row = db.session.scalar(select(Notice).where(Notice.uid == form.row_uid))
    if row is not None:  # the button was pressed twice
        return redirect(url_for(then, uid=row.uid))
    try:
        if duty is None:
            raise Refused(_("A letter to people needs the controller’s decision to tell them."))
        row = make(incident, duty, current_user, now(), form.written_in.data, form.row_uid)
    except Refused as refusal:
        db.session.rollback()
        return _list(_incident(ref), 409, refusal)
    db.session.commit()
    flash(said, "ok")
    return redirect(url_for(then, uid=row.uid))


def _incident(ref: str) -> Incident:
    return db.session.scalar(select(Incident).where(Incident.reference == ref)) or abort(404)


def _duty(incident: Incident) -> Duty | None:
    """The open duty to tell the people, if there is one (GDPR Art. 34(1))."""
    return next((d for d in incident.duties if d.kind == "subjects" and d.is_open), None)


def _draft_form(incident: Incident) -> DraftForm:
    served = organisation()
    choices = [(code, language_name(code)) for code in served.languages]
    told = [incident.summary or "", *(one.text for one in incident.measures if not one.dropped)]
    likely = (guess("\n".join(told)), pages.language())
    known = (one for one in likely if one and one in served.languages)
    return DraftForm().offer(choices, next(known, served.language))


def _list(incident: Incident, status: int = 200, refusal: Refused | None = None) -> Answer:
    query = select(Notice).where(Notice.incident_id == incident.id)
    page = render_template(
        "notifications/notices.html",
        incident=incident,
        rows=db.session.scalars(query.order_by(Notice.number.desc())).all(),
        duty=_duty(incident),
        told=any(duty.kind == "subjects" and duty.met_at for duty in incident.duties),
        form=_draft_form(incident),
        refusal=refusal,
        asked=asked(incident),
    )
    return page, status


@bp.route("/notices/<uid>")
@staff
def notice(uid: str) -> Answer:
    """Where a letter stands: its people, its texts, its approval, and what to do next."""
    row = find(uid)
    found = readers(row)
    counts = found.by_language
    # A text that nobody on the list gets may stay as it is, and one that has left is over.
    read = [text for text in row.texts if counts.get(text.language) or not counts]
    faults = {
        text.language: len(elements.blocking(letters.checks(text)))
        for text in read
        if row.state in letters.OPEN
    }
    letters_by_state = runs.counts(row) if row.started_at and row.channel != "public" else {}
    by_mail = sum(letters_by_state.values()) - letters_by_state.get("paper", 0)
    ahead = letters_by_state.keys() & {"queued", "sending", "deferred"}
    return render_template(
        "notifications/notice.html",
        notice=row,
        counts=counts,
        without_text=found.without_text,
        faults=faults,
        left=(letters_by_state.get("sent", 0), by_mail) if by_mail else None,
        doubt=0 if ahead else letters_by_state.get("in_doubt", 0),
        missed=runs.missed(row) if row.state == "done" else 0,
        stage=channel.stage(row, now()),
        next=next_step(row, faults),
    )


def next_step(row: Notice, faults: dict[str, int]) -> tuple[str, str]:
    """The next thing to do: its words and its address."""
    public = row.channel == "public"
    if public and row.state != "draft":
        words = _("Go on to publishing") if row.state == "approved" else _("See what was published")
        return words, url_for(".published", uid=row.uid)
    if public and row.shown_from is None:
        return _("Say from when to when it stands"), url_for(".dates", uid=row.uid)
    if row.state == "done" and runs.missed(row):
        return _("Tell those not reached in another way"), url_for(".otherwise", uid=row.uid)
    if row.state in ("done", "cancelled"):
        return _("See what became of the letters"), url_for(".progress", uid=row.uid)
    if row.state == "sending":
        return _("See how far sending is"), url_for(".progress", uid=row.uid)
    if row.state != "draft":
        return _("Go on to sending"), url_for(".progress", uid=row.uid)
    if not row.people and not public:
        return _("Say who gets the letter"), url_for(".people", uid=row.uid)
    if row.first_approval and row.first_by_id != current_user.id and current_user.is_controller:
        return _("Read it, and approve it as the second person"), url_for(".approve", uid=row.uid)
    if row.first_approval and row.first_by_id == current_user.id:
        return _("See who must approve it now"), url_for(".approve", uid=row.uid)
    for language, count in faults.items():
        if count:
            return _("Finish the text"), url_for(".text", uid=row.uid, language=language)
    return _("Check the letter"), url_for(".check", uid=row.uid)
