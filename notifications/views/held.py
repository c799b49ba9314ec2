"""Mail held since a backup was restored: what would be sent, and the way to let it leave."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_security import current_user

from incidents import epoch, story
from incidents.accounts import controller
from incidents.db import db, now
from incidents.refusal import Refused
from incidents.wording import Told
from notifications import gate
from notifications.forms.sending import ReleaseForm
from notifications.recipients import addresses
from notifications.views import bp
from notifications.views.notices import Answer
from notifications.wording import N_

KINDS = {
    "acknowledgement": N_("Acknowledgements of reports"),
    "account": N_("Mails about accounts"),
    "answer": N_("Answers to people who wrote"),
    "digest": N_("What changed in the cases that somebody follows"),
    "news": N_("News for people who reported"),
    "reminder": N_("Reminders of deadlines"),
    "test": N_("Tests"),
}
WHYS = {
    "restored": N_("This database was restored from a backup by the command for it."),
    "older": N_("This database is older than the mails that were sent from this folder."),
    "moved": N_("The file “epoch” is missing in the folder of this installation."),
    "copied": N_("The folder of this installation was copied, or restored as a whole."),
}

story.tell(
    {
        "mail.held": Told("delivery", N_("All mail was held: a backup was restored")),
        "mail.released": Told("decision", N_("Mail was let go again after a backup was restored")),
    }
)


@bp.route("/mail/held", methods=["GET", "POST"])
@controller
def held() -> Answer:
    """What would be sent after a backup was restored; let it leave, or cancel the single mails."""
    form = ReleaseForm()
    if not gate.waiting().mails:
        del form.mails  # there is nothing to choose
    if not form.validate_on_submit():
        return _page(form, 422 if form.is_submitted() else 200)
    try:
        cancelled = gate.release(current_user, now(), form.data.get("mails") == "cancel")
    except Refused as refusal:
        db.session.rollback()
        form.form_errors = [refusal.message]
        return _page(form, 409)
    db.session.commit()
    words = _("Mail leaves again. Paused letters go on when you say so, each on its own page.")
    if cancelled:
        words += " " + ngettext(
            "One single mail was cancelled.", "%(num)s single mails were cancelled.", cancelled
        )
    flash(words, "ok")
    return redirect(url_for(".held"))


def _page(form: ReleaseForm, status: int) -> Answer:
    row = epoch.state()
    found = gate.waiting()
    page = render_template(
        "notifications/held.html",
        form=form,
        held=row,
        why=WHYS.get(row.held_why or "", "") if row else "",
        found=found,
        kinds=KINDS,
        masked=addresses.masked,
    )
    return page, status
