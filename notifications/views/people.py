"""The people of a letter: the masked list, one person by hand, a file of many."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy import select

from incidents.accounts import staff
from incidents.db import db, now
from incidents.pages import organisation
from incidents.refusal import Refused
from incidents.uploads import takes_lists
from notifications import jobs
from notifications import notices as letters
from notifications.forms.notices import FindForm, PersonForm, UploadForm
from notifications.models import STATES, ListImport, Notice, Recipient, in_state, on_list
from notifications.recipients import addresses, imports, listing
from notifications.recipients.table import BadTable
from notifications.views import bp
from notifications.views.notices import Answer, find, language_name
from notifications.views.texts import by_address, person_of

PAGE = 50
WAITING = ("preview", *imports.UNDER_WAY)  # files that are not settled yet


@bp.route("/notices/<uid>/people")
@staff
def people(uid: str) -> Answer:
    """Who gets the letter, masked, fifty a page; and the ways onto the list."""
    return _page(find(uid))


def _page(row: Notice, status: int = 200, **tried: Any) -> Answer:
    """The list and its forms; `tried` is the form that was refused."""
    state = request.args.get("state", "")
    if state and state not in STATES:
        abort(404)
    query = select(Recipient).where(on_list(row))
    if state:
        query = query.where(in_state(state))
    after = request.args.get("after", "")
    if after.isascii() and after.isdigit() and len(after) < 16:
        query = query.where(Recipient.id > int(after))
    rows = list(db.session.scalars(query.order_by(Recipient.id).limit(PAGE + 1)))
    more = None
    if len(rows) > PAGE:
        more = url_for(".people", uid=row.uid, state=state or None, after=rows[PAGE - 1].id)
    waiting = db.session.scalars(
        select(ListImport).where(ListImport.notice_id == row.id, ListImport.state.in_(WAITING))
    )
    page = render_template(
        "notifications/people.html",
        notice=row,
        rows=[_masked(person) for person in rows[:PAGE]],
        state=state,
        states=STATES,
        more=more,
        begun=bool(after),
        waiting=list(waiting),
        open=row.state in letters.OPEN,
        upload=tried.get("upload") or UploadForm(formdata=None),
        person=_offer(row, tried.get("person") or _nobody_yet()),
        find=tried.get("find") or FindForm(formdata=None, prefix="find-"),
        refusal=tried.get("refusal"),
    )
    return page, status


def _masked(person: Recipient) -> dict[str, Any]:
    who = person.person
    return {
        "uid": person.uid,
        "address": addresses.masked(who.address) if who.address else _("no e-mail address"),
        "name": addresses.masked_name(who.name),
        "language": language_name(person.language),
        "state": person.shown_state,
    }


def _nobody_yet() -> PersonForm:
    return PersonForm(formdata=None, prefix="person-", data={"language": organisation().language})


def _offer(row: Notice, form: PersonForm) -> PersonForm:
    form.language.choices = [(t.language, language_name(t.language)) for t in row.texts]
    return form


@bp.route("/notices/<uid>/people/add", methods=["POST"])
@staff
def add_person(uid: str) -> Answer:
    """Put one person on the list by hand."""
    row = find(uid)
    form = _offer(row, PersonForm(prefix="person-"))
    if not form.validate_on_submit():
        return _page(row, 422, person=form)
    try:
        listing.add(row, form.address.data, form.name.data, form.language.data, current_user, now())
    except Refused as refusal:
        db.session.rollback()
        form.address.errors = [refusal.message]
        return _page(find(uid), 409, person=form)
    db.session.commit()
    flash(_("One person was added."), "ok")
    return redirect(url_for(".people", uid=uid))


@bp.route("/notices/<uid>/people/find", methods=["POST"])
@staff
def find_person(uid: str) -> Answer:
    """Look one person up by the whole address; the address stays out of the URL."""
    row, form = find(uid), FindForm(prefix="find-")
    person = by_address(row, form) if form.validate_on_submit() else None
    if person is None:
        return _page(row, 422, find=form)
    endpoint = ".recipient" if row.started_at else ".preview"
    return redirect(url_for(endpoint, uid=uid, recipient_uid=person.uid))


@bp.route("/notices/<uid>/people/<recipient_uid>/remove", methods=["POST"])
@staff
def remove_person(uid: str, recipient_uid: str) -> Answer:
    """Take one person off the list."""
    row = find(uid)
    try:
        listing.remove(person_of(row, recipient_uid), current_user, now())
    except Refused as refusal:
        db.session.rollback()
        return _page(find(uid), 409, refusal=refusal)
    db.session.commit()
    flash(_("One person was taken off the list."), "ok")
    return redirect(url_for(".people", uid=uid))


@bp.route("/notices/<uid>/people/upload", methods=["POST"])
@staff
@takes_lists
def upload(uid: str) -> Answer:
    """Take a file of people in, to be looked at. Nobody is on the list by it."""
    row, form = find(uid), UploadForm()
    if not form.validate_on_submit():
        return _page(row, 422, upload=form)
    file = form.file.data
    known = listing.known(row)
    db.session.rollback()  # nobody waits for the database while the file is read
    try:
        look = imports.Look(file.stream, known)
        kept = imports.upload(find(uid), file.filename, look, current_user, now())
        jobs.wake_after_commit("lists.work")
    except BadTable as error:
        form.file.errors = [_(error.text, **error.params)]
        return _page(find(uid), 422, upload=form)
    except Refused as refusal:
        db.session.rollback()
        return _page(find(uid), 409, refusal=refusal)
    db.session.commit()
    return redirect(url_for(".import_preview", uid=uid, import_uid=kept.uid))


def import_of(row: Notice, import_uid: str) -> ListImport:
    """One uploaded file of this notice, or 404."""
    query = select(ListImport).where(ListImport.notice_id == row.id, ListImport.uid == import_uid)
    return db.session.scalar(query) or abort(404)
