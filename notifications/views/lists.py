"""An uploaded file of people: looked at, its columns chosen, confirmed as a whole or dropped."""

from itertools import islice
from tempfile import TemporaryFile

from flask import Response, abort, flash, redirect, render_template, send_file, url_for
from flask_babel import gettext as _
from flask_security import current_user

from incidents.accounts import staff
from incidents.db import db, now
from incidents.refusal import Refused
from incidents.seal import address_key
from notifications.forms.notices import ColumnsForm
from notifications.models import ListImport, Notice
from notifications.recipients import addresses, imports, listing, store
from notifications.recipients.columns import Columns
from notifications.recipients.sift import sift
from notifications.recipients.table import BadTable
from notifications.views import bp
from notifications.views.notices import Answer, find
from notifications.views.people import import_of

FIRST = 8  # rows shown, masked


@bp.route("/notices/<uid>/people/import/<import_uid>", methods=["GET", "POST"])
@staff
def import_preview(uid: str, import_uid: str) -> Answer:
    """What is in an uploaded file, and which column is what; nothing is imported by it."""
    row = find(uid)
    kept = import_of(row, import_uid)
    if kept.state != "preview":
        flash(_("This file was imported or dropped before."), "info")
        return redirect(url_for(".people", uid=uid))
    form = ColumnsForm()
    form.offer(kept.header, None if form.is_submitted() else Columns.from_json(kept.columns))
    if not form.validate_on_submit():
        return _page(row, kept, form, 422 if form.is_submitted() else 200)
    columns = form.columns()
    try:
        findings = imports.examine(
            store.read(kept), imports.shape_of(kept), columns, listing.known(row)
        )
        imports.choose(kept, columns, findings)
    except BadTable as error:
        form.form_errors.append(_(error.text, line=error.line))
        return _page(row, kept, form, 422)
    db.session.commit()
    return redirect(url_for(".import_preview", uid=uid, import_uid=import_uid))


def _page(
    row: Notice,
    kept: ListImport,
    form: ColumnsForm,
    status: int,
    refusal: Refused | None = None,
) -> Answer:
    columns = Columns.from_json(kept.columns)
    ready = columns.address is not None
    page = render_template(
        "notifications/import.html",
        notice=row,
        kept=kept,
        form=form,
        ready=ready,
        counts=kept.counts,
        first=_first(kept, columns) if ready else [],
        refusal=refusal,
    )
    return page, status


def _first(kept: ListImport, columns: Columns) -> list[dict[str, str]]:
    rows = sift(store.read(kept), imports.shape_of(kept), columns, address_key, set())
    return [
        {
            "line": str(row.line),
            "address": addresses.masked(row.address) if row.address else "",
            "name": addresses.masked_name(row.name),
            "language": row.language or "",
            "reason": row.reason,
        }
        for row in islice(rows, FIRST)
    ]


@bp.route("/notices/<uid>/people/import/<import_uid>/confirm", methods=["POST"])
@staff
def import_confirm(uid: str, import_uid: str) -> Answer:
    """Put everybody in the file on the list: all or nobody."""
    row = find(uid)
    kept = import_of(row, import_uid)
    try:
        count = imports.confirm(kept, current_user, now())
    except (Refused, BadTable) as error:
        db.session.rollback()
        refusal = error if isinstance(error, Refused) else Refused(_(error.text, line=error.line))
        row = find(uid)
        kept = import_of(row, import_uid)
        if kept.state != "preview":
            raise refusal from error
        form = ColumnsForm(formdata=None).offer(kept.header, Columns.from_json(kept.columns))
        return _page(row, kept, form, 409, refusal)
    db.session.commit()
    flash(_("%(count)s people are on the list now.", count=count), "ok")
    return redirect(url_for(".people", uid=uid))


@bp.route("/notices/<uid>/people/import/<import_uid>/drop", methods=["POST"])
@staff
def import_drop(uid: str, import_uid: str) -> Answer:
    """Forget an uploaded file."""
    imports.drop(import_of(find(uid), import_uid), current_user, now())
    db.session.commit()
    flash(_("The file was dropped. Nobody was imported from it."), "ok")
    return redirect(url_for(".people", uid=uid))


@bp.route("/notices/<uid>/people/import/<import_uid>/problems.csv")
@staff
def import_problems(uid: str, import_uid: str) -> Response:
    """Every line that will not be imported, with the reason; no addresses."""
    row = find(uid)
    kept = import_of(row, import_uid)
    columns = Columns.from_json(kept.columns)
    if kept.state != "preview" or columns.address is None:
        abort(404)
    reasons = {"duplicate": _("The same address stands above."), "known": _("Is on the list.")}
    table = TemporaryFile()  # noqa: SIM115 - closed once it is sent
    table.write(("\ufeff" + _line(_("Line"), _("Reason"))).encode())
    known = listing.known(row)
    for found in sift(store.read(kept), imports.shape_of(kept), columns, address_key, known):
        if found.outcome != "new":
            reason = reasons.get(found.outcome) or _(found.reason)
            table.write(_line(str(found.line), reason).encode())
    table.seek(0)
    return send_file(table, "text/csv", as_attachment=True, download_name="problems.csv")


def _line(*cells: str) -> str:
    return ";".join('"' + cell.replace('"', '""') + '"' for cell in cells) + "\r\n"
