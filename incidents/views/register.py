"""The register of GDPR Art. 33(5), to read and to hand over."""

from flask import Response, flash, redirect, render_template, request, url_for
from flask_security import current_user

from incidents import exports
from incidents import register as book
from incidents.accounts import staff
from incidents.audit import record
from incidents.db import db, now, writing
from incidents.refusal import Refused
from incidents.views import bp
from incidents.views.cases import whole_number

TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}
PAGE = 50


def _year() -> int | None:
    year = request.args.get("year", type=whole_number)
    return year if year and 2018 <= year <= 9999 else None


@bp.route("/register")
@staff
def register() -> str:
    """The register, newest first, a page at a time."""
    year, before = _year(), request.args.get("before", type=whole_number)
    rows = book.incidents(year, before, PAGE + 1)
    names = book.processor_names()
    more = url_for(".register", year=year, before=rows[PAGE - 1].id) if rows[PAGE:] else None
    return render_template(
        "incidents/register.html",
        rows=[book.row(incident, names) for incident in rows[:PAGE]],
        years=range(now().year, 2017, -1),
        year=year,
        more=more,
    )


@bp.route("/register.<any(csv, xlsx, pdf):form>")
@staff
def register_export(form: str) -> Response:
    """The register as a file. Who took it, and when, is kept in the file of changes."""
    writing()
    year = _year()
    try:
        content: object = {
            "csv": lambda: list(exports.as_csv(year)),
            "xlsx": lambda: exports.as_xlsx(year),
            "pdf": lambda: [exports.as_pdf(year, now())],
        }[form]()
    except Refused as refusal:
        flash(refusal.message, "problem")
        return redirect(url_for(".register", year=year))  # type: ignore[return-value]
    record("register.exported", by=current_user, at=now(), format=form, year=year)
    db.session.commit()
    name = "-".join(filter(None, ("register", str(year or ""), f"{now():%Y%m%d}")))
    return Response(
        content,  # type: ignore[arg-type]
        mimetype=TYPES[form],
        headers={"Content-Disposition": f'attachment; filename="{name}.{form}"'},
    )
