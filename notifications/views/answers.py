"""Writing to a reporter."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug import Response

from incidents import story, wording
from incidents.accounts import staff
from incidents.db import db, now
from incidents.refusal import Refused
from incidents.views.reports import find, report_words
from incidents.wording import Told
from incidents.workflow import N_
from notifications import answers
from notifications.forms.answers import AnswerForm
from notifications.meaning import CODES
from notifications.views import bp

wording.WORDS.update(CODES)
story.tell(
    {
        "report.acknowledged/sent": Told(
            "delivery", N_("A receipt for report %(report)s was sent to the reporter")
        ),
        "report.acknowledged/nobody": Told(
            "note", N_("No receipt for report %(report)s: there is no address")
        ),
        "report.acknowledged/machine": Told(
            "note", N_("No receipt for report %(report)s: a machine wrote it")
        ),
        "report.acknowledged/ourselves": Told(
            "note", N_("No receipt for report %(report)s: the address is our own")
        ),
        "report.acknowledged/hour": Told(
            "note", N_("No receipt for report %(report)s: the address had one within the hour")
        ),
        "report.acknowledged/day": Told(
            "note", N_("No receipt for report %(report)s: the address had five within a day")
        ),
        "mail.returned": Told(
            "report", N_("A mail to the reporter of %(report)s came back"), ("status",)
        ),
        "letter.returned": Told("report", N_("A letter to one person came back"), ("status",)),
        "letter.delayed": Told("note", N_("A mail server still tries to deliver a letter")),
        "letter.complaint": Told("note", N_("Somebody called a letter junk")),
        "letter.auto_reply": Told("note", N_("A machine answered a letter")),
    }
)


@bp.route("/reports/<ref>/answer", methods=["GET", "POST"])
@staff
def answer(ref: str) -> Response | tuple[str, int]:
    """An answer to a reporter: kept with the report, and sent as a mail that can be answered."""
    report = find(ref)
    form = AnswerForm()
    status, problem = 200, None
    if form.validate_on_submit():
        try:
            answers.answer(
                report,
                form.text.data,
                current_user,
                now(),
                form.key.data,
                in_mail=form.in_mail.data,
            )
        except Refused as refusal:
            db.session.rollback()
            report, status, problem = find(ref), 409, refusal.message
        else:
            db.session.commit()
            flash(_("Your answer is kept here and on its way."), "ok")
            return redirect(url_for("incidents.report_page", ref=ref))
    elif form.is_submitted():
        status = 422
    words = report_words(report)
    page = "notifications/answer.html"
    code = answers.has_code(report)
    shown = render_template(page, report=report, form=form, words=words, problem=problem, code=code)
    return shown, status
