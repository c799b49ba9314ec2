"""What the authority answers: write it down, and say when it was answered."""

from flask import abort, flash, redirect, url_for
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy import select

from incidents.accounts import staff
from incidents.actions import authority_letters
from incidents.db import db, now
from incidents.forms.notification import KINDS, AnsweredForm, LetterForm
from incidents.models import AuthorityLetter, Incident
from incidents.refusal import Refused
from incidents.views import bp
from incidents.views.cases import Answer, find
from incidents.views.stages import shown


@bp.route("/incidents/<ref>/authority/new", methods=["GET", "POST"])
@staff
def authority_letter_new(ref: str) -> Answer:
    """Write down a letter of the authority."""
    template = "incidents/authority_letter_new.html"
    incident, form = find(ref), LetterForm()
    if not form.validate_on_submit():
        return shown(template, form, incident)
    made = select(AuthorityLetter.id).where(AuthorityLetter.uid == form.row_uid)
    if db.session.scalar(made) is not None:  # the button was pressed twice
        return _back(ref)
    try:
        authority_letters.log(incident, form.words(), current_user, now(), uid=form.row_uid)
    except Refused as no:
        db.session.rollback()
        form.form_errors = [no.message]
        return shown(template, form, find(ref))
    db.session.commit()
    flash(_("Written down."), "ok")
    return _back(ref)


@bp.route("/incidents/<ref>/authority/<uid>", methods=["GET", "POST"])
@staff
def authority_letter(ref: str, uid: str) -> Answer:
    """A letter of the authority whole, and our answer to it."""
    template = "incidents/authority_letter.html"
    incident, form = find(ref), AnsweredForm()
    letter = _letter(incident, uid)
    if not form.validate_on_submit() or form.on.data is None:
        return shown(template, form, incident, letter=letter, kinds=KINDS)
    try:
        authority_letters.answer(letter, form.on.data, form.text.data, current_user, now())
    except Refused as no:
        db.session.rollback()
        form.form_errors = [no.message]
        incident = find(ref)
        return shown(template, form, incident, letter=_letter(incident, uid), kinds=KINDS)
    db.session.commit()
    flash(_("Written down."), "ok")
    return _back(ref)


def _letter(incident: Incident, uid: str) -> AuthorityLetter:
    query = select(AuthorityLetter).where(
        AuthorityLetter.uid == uid, AuthorityLetter.incident_id == incident.id
    )
    return db.session.scalar(query) or abort(404)


def _back(ref: str) -> Answer:
    return redirect(url_for(".notification", ref=ref, _anchor="answers"))
