"""The proof dossier of a letter, and the exact letter of one person."""

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug import Response

from incidents import story
from incidents.accounts import controller
from incidents.db import db, now, writing
from incidents.refusal import Refused
from incidents.views.downloads import handed_over
from incidents.wording import Told
from notifications import proof
from notifications.forms.sending import ProofForm
from notifications.models import Notice
from notifications.proof import signing
from notifications.recipients import addresses, listing
from notifications.views import bp
from notifications.views.notices import Answer, find
from notifications.views.texts import person_of
from notifications.wording import N_

story.tell(
    {
        "proof.asked": Told("note", N_("A proof dossier was asked for")),
        "proof.made": Told("note", N_("A proof dossier was made: %(sha256)s")),
    }
)


@bp.route("/notices/<uid>/proof", methods=["GET", "POST"])
@controller
def dossier(uid: str) -> Answer:
    """Have a proof dossier made, and fetch the ones there are."""
    row, form = find(uid), ProofForm()
    if not form.validate_on_submit():
        return _page(row, form, 422 if form.is_submitted() else 200)
    chosen = _chosen(row, form)
    if form.people.errors:
        return _page(row, form, 422)
    try:
        proof.ask(row, form.variant.data == "open", chosen, current_user, now())
    except Refused as refusal:
        db.session.rollback()
        form.form_errors = [refusal.message]
        return _page(find(uid), form, 409)
    db.session.commit()
    flash(_("The dossier is being made."), "ok")
    return redirect(url_for(".dossier", uid=uid))


def _chosen(row: Notice, form: ProofForm) -> list[int]:
    """The rows of the addresses in the form; says in the form which line names nobody."""
    found, unknown = [], []
    for number, line in enumerate((form.people.data or "").splitlines(), 1):
        if not line.strip():
            continue
        try:
            person = listing.find(row, addresses.check(line))
        except addresses.BadAddress:
            person = None
        if person is None:
            unknown.append(number)
        else:
            found.append(person.id)
    if unknown:
        lines = ", ".join(map(str, unknown[:20]))
        form.people.errors = [_("Not on the list of this letter: line %(lines)s.", lines=lines)]
    return found


def _page(row: Notice, form: ProofForm, status: int) -> Answer:
    files = proof.proofs(row)
    page = render_template(
        "notifications/proof.html",
        notice=row,
        form=form,
        files=files,
        making=any(file.state in ("queued", "making") for file in files),
        key=signing.public_key(),
    )
    return page, status


@bp.route("/notices/<uid>/people/<recipient_uid>/letter.eml")
@controller
def exact_letter(uid: str, recipient_uid: str) -> Response:
    """The letter of one person byte for byte, as it was sent or would be. The file says so."""
    writing()
    row = find(uid)
    person = person_of(row, recipient_uid)
    try:
        content = proof.exact(row, person)
    except ValueError:
        abort(404)
    listing.read(person, current_user, now(), "letter")
    db.session.commit()
    return handed_over(content, f"{row.incident.reference}-{person.uid}.eml")
