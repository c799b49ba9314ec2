"""The registry of service providers, and the link by which one of them tells us of a breach."""

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy import select
from werkzeug import Response

from incidents import story
from incidents.accounts import controller, staff
from incidents.actions import organisation as acts
from incidents.actions import processors as told
from incidents.actions.reports import check_version
from incidents.db import db, now
from incidents.forms.processors import TRANSFERS, ProcessorForm
from incidents.forms.triage import SeenForm
from incidents.models import Processor
from incidents.pages import zone
from incidents.refusal import Refused
from incidents.views import bp as case_pages
from incidents.views.accounts import bp
from incidents.views.cases import whole_number
from incidents.views.reports import find, page
from incidents.wording import Told
from incidents.workflow import N_

story.tell(
    {
        "processor.confirmed": Told(
            "decision", N_("It was confirmed that %(processor)s told us in report %(report)s")
        )
    }
)


@bp.route("/settings/processors", methods=["GET", "POST"])
@controller
def processors() -> Response | str:
    """The service providers that handle personal data for the organisation."""
    acts.profile()
    chosen = request.args.get("change", type=whole_number)
    row = db.session.get(Processor, chosen) if chosen else None
    if chosen and row is None:
        abort(404)
    form = ProcessorForm(obj=row) if row else ProcessorForm()
    if form.validate_on_submit():
        acts.save_processor(row, form.values(), current_user, now())
        db.session.commit()
        flash(_("Saved."), "ok")
        return redirect(url_for(".processors", setup=request.args.get("setup")))
    rows = db.session.scalars(
        select(Processor).order_by(Processor.active.desc(), Processor.name).limit(500)
    ).all()
    return render_template(
        "accounts/processors.html", form=form, rows=rows, changing=row, transfers=TRANSFERS
    )


@bp.route("/settings/processors/<int:number>/link", methods=["POST"])
@controller
def processor_link(number: int) -> Response | str:
    """Make a new link for a service provider, shown once; or take it back."""
    row = db.session.get(Processor, whole_number(str(number)) or 0) or abort(404)
    if request.form.get("stop"):
        told.close_link(row, current_user, now())
        db.session.commit()
        flash(_("The link of %(name)s does not work any more.", name=row.name), "ok")
        return redirect(url_for(".processors", change=row.id, _anchor="form"))
    token = told.make_link(row, current_user, now())
    db.session.commit()
    link = current_app.config["SETTINGS"].url + url_for("incidents.provider", token=token)
    return render_template("accounts/processor_link.html", link=link, row=row)


@case_pages.route("/reports/<ref>/processor", methods=["POST"])
@staff
def processor_confirmed(ref: str) -> Response | tuple[str, int]:
    """Confirm that a service provider told us: the clock runs from when it did."""
    report = find(ref)
    try:
        check_version(report, SeenForm().seen)
        incident = told.confirm(report, current_user, now(), zone())
        db.session.commit()
    except Refused as no:
        db.session.rollback()
        return page(find(ref), 409, problem=no.message)
    flash(
        _("The clock of %(ref)s runs from the moment you were told.", ref=incident.reference), "ok"
    )
    return redirect(url_for("incidents.show", ref=incident.reference))
