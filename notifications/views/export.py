"""The list of a letter as a file: for the controller alone, who proves once more who it is."""

import csv
import io
from tempfile import TemporaryFile
from typing import IO

from flask import Response, current_app, render_template, send_file
from flask_babel import gettext as _
from flask_security import current_user, verify_password
from sqlalchemy import select

from incidents.accounts import controller
from incidents.db import db, now
from incidents.exports import safe
from incidents.models import User
from notifications.forms.notices import ExportForm
from notifications.models import Notice, Recipient
from notifications.recipients import listing
from notifications.recipients.person import PeopleSeal
from notifications.views import bp
from notifications.views.lists import concerned_words
from notifications.views.notices import Answer, find


@bp.route("/notices/<uid>/people/export", methods=["GET", "POST"])
@controller
def export_list(uid: str) -> Answer | Response:
    """Download everybody on the list, unmasked; the file notes who did."""
    row, form = find(uid), ExportForm()
    by_code = bool(current_user.tf_primary_method and current_user.tf_totp_secret)
    if form.validate_on_submit():
        fault = _fault(current_user, form.answer.data or "", by_code)
        if fault is None:
            row = find(uid)
            seal = listing.sealing(row)
            listing.entry("list.exported", row, current_user, now(), people=row.people)
            table = _table(row, seal)
            db.session.commit()
            return send_file(table, "text/csv", as_attachment=True, download_name="people.csv")
        form.answer.errors = [fault]
    status = 422 if form.errors or form.answer.errors else 200
    page = render_template("notifications/export.html", notice=row, form=form, by_code=by_code)
    return page, status


def _fault(user: User, answer: str, by_code: bool) -> str | None:
    """What is wrong with the proof, translated; None when it proves who it is. A code is good
    once, as at login."""
    if not by_code:
        if answer and verify_password(answer, user.password or ""):
            return None
        return _("This is not your password. Nothing was downloaded.")
    security = current_app.extensions["security"]
    token = "".join(answer.split())
    if token and security.totp_factory.verify_totp(
        token=token,
        totp_secret=user.tf_totp_secret,
        user=user,
        window=security.two_factor_validity,
    ):
        return None
    return _("This code is not valid, or it was used before. Nothing was downloaded.")


def _table(row: Notice, seal: PeopleSeal) -> IO[bytes]:
    """Everybody as CSV, in a temporary file that the answer closes, in flat memory."""
    file = TemporaryFile()  # noqa: SIM115
    text = io.TextIOWrapper(file, encoding="utf-8", errors="replace", newline="")
    text.write("\ufeff")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(
        [
            _("E-mail address"),
            _("Name"),
            _("Language"),
            _("Country"),
            _("Data concerned"),
            _("Postal address"),
            _("State"),
        ]
    )
    people = select(
        Recipient.address_key, Recipient.person_sealed, Recipient.language, Recipient.state
    ).where(Recipient.notice_id == row.id)
    found = db.session.execute(people.order_by(Recipient.id).execution_options(yield_per=2_000))
    for key, sealed, language, state in found:
        one = seal.open(sealed, key)
        cells = (
            one.address,
            one.name or "",
            one.language or language,
            one.country or "",
            concerned_words(list(one.data)),
            one.postal or "",
            state,
        )
        writer.writerow([safe(cell) for cell in cells])
    text.flush()
    text.detach()
    file.seek(0)
    return file
