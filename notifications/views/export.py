"""The list of a letter as a file: for the controller alone, who proves once more who it is."""

import csv
import io
from tempfile import TemporaryFile
from typing import IO

from flask import Response, redirect, render_template, send_file, url_for
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy import select

from incidents import again
from incidents.accounts import controller
from incidents.db import db, now, only_reading
from incidents.exports import safe
from incidents.refusal import Refused
from notifications.forms.notices import ExportForm
from notifications.models import Notice, Recipient, on_list
from notifications.recipients import listing
from notifications.recipients.person import PeopleSeal
from notifications.views import bp
from notifications.views.lists import concerned_words
from notifications.views.notices import Answer, find
from notifications.words import LETTER_STATES


@bp.route("/notices/<uid>/people/export", methods=["GET", "POST"])
@controller
def export_list(uid: str) -> Answer | Response:
    """Download everybody on the list, unmasked; the file notes who did."""
    again_by = again.asked(current_user)
    row, form = find(uid), ExportForm().ask(again_by)
    if row.list_key is None or row.list_key.destroyed_at is not None:
        return redirect(url_for(".people", uid=uid))  # which says that there is none, or no more
    if form.validate_on_submit():
        try:
            again.prove(current_user, form.answer.data or "")
        except Refused as refusal:
            form.answer.errors = [refusal.message]
            asked = again.asked(current_user)
            listing.entry("list.not_exported", find(uid), current_user, now(), asked=asked)
            db.session.commit()
        else:
            row = find(uid)
            listing.sealing(row)
            listing.entry("list.exported", row, current_user, now(), people=row.people)
            db.session.commit()
            with only_reading():  # a long list holds up nobody
                row = find(uid)
                name = f"{row.incident.reference}-letter-{row.number}-people.csv"
                table = _table(row, listing.sealing(row))
            return send_file(table, "text/csv", as_attachment=True, download_name=name)
    status = 422 if form.errors or form.answer.errors else 200
    page = render_template(
        "notifications/export.html", notice=row, form=form, by_code=again_by == "code"
    )
    return page, status


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
    ).where(on_list(row))
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
            _(LETTER_STATES[state]),
        )
        writer.writerow([safe(cell) for cell in cells])
    text.flush()
    text.detach()
    file.seek(0)
    return file
