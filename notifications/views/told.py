"""The controller's question: was this address told, when, and with which text?"""

from flask import render_template
from flask_security import current_user

from incidents.accounts import controller
from incidents.db import db, now
from incidents.refusal import Refused
from notifications.forms.notices import FindForm
from notifications.recipients import told
from notifications.views import bp
from notifications.views.notices import Answer


@bp.route("/told", methods=["GET", "POST"])
@controller
def was_told() -> Answer:
    """Ask for one address, by its whole; it stands in no address of a page, and the file notes
    who asked. Answers from keyed hashes alone when the list was erased."""
    form, found, status = FindForm(), None, 200
    if form.validate_on_submit():
        try:
            found = told.ask(form.address.data or "", current_user, now())
        except Refused as refusal:
            db.session.rollback()
            form.address.errors = [refusal.message]
        else:
            db.session.commit()
    if form.errors or form.address.errors:
        status = 422
    return render_template("notifications/told.html", form=form, found=found), status
