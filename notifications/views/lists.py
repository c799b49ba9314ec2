"""An uploaded file of people: looked at, its columns chosen, confirmed as a whole or dropped."""

from itertools import islice
from tempfile import TemporaryFile
from typing import Any

from flask import Response, abort, flash, redirect, render_template, send_file, url_for
from flask_babel import format_decimal
from flask_babel import gettext as _
from flask_security import current_user

from incidents.accounts import staff
from incidents.db import db, now, writing
from incidents.law.labels import label
from incidents.pages import organisation
from incidents.refusal import Refused
from notifications import jobs
from notifications.forms.lists import ColumnsForm, columns_form
from notifications.models import ListImport, Notice
from notifications.recipients import addresses, grouping, imports, listing, store
from notifications.recipients.columns import Columns
from notifications.recipients.findings import TAKEN
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
    if kept.state in imports.UNDER_WAY:
        return _under_way(row, kept)
    if kept.state != "preview":
        flash(_outcome(kept), "ok" if kept.state == "done" else "info")
        return redirect(url_for(".people", uid=uid))
    shape, columns = imports.shape_of(kept), Columns.from_json(kept.columns)
    form = columns_form(shape, columns)
    if not form.validate_on_submit():
        return _page(row, kept, form, 422 if form.is_submitted() else 200)
    chosen = form.columns()
    if chosen.header != columns.header:
        chosen = imports.columns_of(shape, chosen.header)
    try:
        if kept.size < imports.LARGE:
            known, groups = listing.known(row), grouping.known(row)
            file = store.read(kept)
            imports.choose(kept, chosen, imports.examine(file, shape, chosen, known, groups))
        else:
            imports.choose(kept, chosen, None)
            jobs.wake_after_commit("lists.work")
    except BadTable as error:
        form.form_errors.append(_(error.text, **error.params))
        return _page(row, kept, form, 422)
    db.session.commit()
    return redirect(url_for(".import_preview", uid=uid, import_uid=import_uid))


def _outcome(kept: ListImport) -> str:
    if kept.state == "done":
        people = sum(kept.counts.get(outcome, 0) for outcome in TAKEN)
        return _("%(count)s people of this file are on the list.", count=format_decimal(people))
    return _("This file was imported or dropped before.")


def _under_way(row: Notice, kept: ListImport) -> Answer:
    """How far the worker is; the page asks again by itself."""
    total = kept.counts.get("rows") or max(kept.size // 60, kept.progress, 1)
    page = render_template(
        "notifications/import_progress.html",
        notice=row,
        kept=kept,
        total=total,
        exact=bool(kept.counts.get("rows")),
    )
    return page, 200


def _page(
    row: Notice,
    kept: ListImport,
    form: ColumnsForm,
    status: int,
    refusal: Refused | None = None,
) -> Answer:
    columns = Columns.from_json(kept.columns)
    counts = kept.counts
    problem = kept.problem
    page = render_template(
        "notifications/import.html",
        notice=row,
        kept=kept,
        form=form,
        ready=bool(counts),
        counts=counts,
        people=sum(counts.get(outcome, 0) for outcome in TAKEN),
        left_out=sum(counts.get(name, 0) for name in ("invalid", "missing")),
        columns=columns,
        own_language=organisation().language,
        sheet=(kept.header or {}).get("sheet"),
        groups=_groups(counts),
        first=_first(kept, columns) if counts else [],
        refusal=refusal,
        problem=_said(problem) if problem else None,
    )
    return page, status


def _said(problem: dict[str, Any]) -> str:
    return problem["said"] if "said" in problem else _(problem["text"], **problem["params"])


def concerned_words(data: list[str]) -> str:
    """Which data is concerned, in the reader's words."""
    return ", ".join(_(label("data_categories", name)) for name in data)


def _groups(counts: dict[str, Any]) -> list[dict[str, Any]]:
    """The groups that a file makes: their data, and their people by language."""
    found: dict[int, dict[str, Any]] = {}
    for number, language, people in counts.get("groups", ()):
        data = counts.get("concerned", {}).get(str(number), ())
        group = found.setdefault(number, {"data": concerned_words(data), "people": {}, "all": 0})
        group["people"][language] = people
        group["all"] += people
    return [found[number] for number in sorted(found)]


def _first(kept: ListImport, columns: Columns) -> list[dict[str, Any]]:
    sieve = imports.sieve_of(imports.shape_of(kept), columns, set())
    rows = sift(store.read(kept), imports.shape_of(kept), sieve)
    return [
        {
            "line": str(row.line),
            "address": addresses.masked(row.person.address)
            if row.person and row.person.address
            else "",
            "paper": row.outcome == "paper",
            "name": addresses.masked_name(row.person.name) if row.person else "",
            "language": row.person.language if row.person else "",
            "data": concerned_words(list(row.person.data)) if row.person else "",
            "reason": row.reason or REASONS.get(row.outcome, ""),
        }
        for row in islice(rows, FIRST)
    ]


def N_(text: str) -> str:  # noqa: N802 - the name that translators' tools look for
    """Mark a text for translation without translating it here."""
    return text


REASONS = {"duplicate": N_("The same address stands above."), "known": N_("Is on the list.")}


@bp.route("/notices/<uid>/people/import/<import_uid>/confirm", methods=["POST"])
@staff
def import_confirm(uid: str, import_uid: str) -> Answer:
    """Put everybody in the file on the list: all or nobody. The worker does it for a large one."""
    row = find(uid)
    kept = import_of(row, import_uid)
    try:
        if kept.size >= imports.LARGE:
            imports.confirm_later(kept, current_user, now())
            jobs.wake_after_commit("lists.work")
            db.session.commit()
            return redirect(url_for(".import_preview", uid=uid, import_uid=import_uid))
        count = imports.confirm(kept, current_user, now())
    except (Refused, BadTable) as error:
        db.session.rollback()
        refusal = error if isinstance(error, Refused) else Refused(_(error.text, **error.params))
        row = find(uid)
        kept = import_of(row, import_uid)
        if kept.state != "preview":
            raise refusal from error
        shape, columns = imports.shape_of(kept), Columns.from_json(kept.columns)
        return _page(row, kept, columns_form(shape, columns, formdata=None), 409, refusal)
    db.session.commit()
    flash(_("%(count)s people are on the list now.", count=format_decimal(count)), "ok")
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
    """Every line that will not be imported, with the reason; no addresses. The file notes it."""
    writing()
    row = find(uid)
    kept = import_of(row, import_uid)
    columns = Columns.from_json(kept.columns)
    if kept.state != "preview" or not columns.usable:
        abort(404)
    listing.entry("list.problems_read", row, current_user, now(), sha256=kept.sha256)
    shape, known = imports.shape_of(kept), listing.known(row)
    sieve, file = (
        imports.sieve_of(shape, columns, known, grouping.known(row)),
        store.read(kept, True),
    )
    db.session.commit()
    table = TemporaryFile()  # noqa: SIM115 - closed once it is sent
    table.write(("\ufeff" + _line(_("Line"), _("Reason"))).encode())
    for found in sift(file, shape, sieve):
        if found.outcome not in TAKEN:
            reason = found.reason or REASONS[found.outcome]
            table.write(_line(str(found.line), _(reason)).encode())
    table.seek(0)
    return send_file(table, "text/csv", as_attachment=True, download_name="problems.csv")


def _line(*cells: str) -> str:
    return ";".join('"' + cell.replace('"', '""') + '"' for cell in cells) + "\r\n"
