"""The approval of a letter: what goes to whom, and that it is really the controller who says so."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_security import current_user

from incidents import again
from incidents.accounts import controller
from incidents.db import db, now
from incidents.refusal import Refused, Stale
from notifications import compose, twins
from notifications import notices as letters
from notifications.forms.notices import ApproveForm
from notifications.models import Notice
from notifications.views import bp
from notifications.views.notices import Answer, find, next_step


@bp.route("/notices/<uid>/approve", methods=["GET", "POST"])
@controller
def approve(uid: str) -> Answer:
    """What goes to how many, and the controller's approval of exactly that."""
    row = find(uid)
    form = ApproveForm().ask(again.asked(current_user), row.channel == "public")
    if not form.validate_on_submit() or not (proof := _proof(row, form)):
        return _approval(find(uid), form, 422 if form.is_submitted() else 200)
    row = find(uid)  # proving it commits the code that was used: the notice is held anew
    try:
        whole = letters.approve(row, form.seen.data or "", current_user, now(), proof)
    except Refused as refusal:
        db.session.rollback()
        form.sure.data = False
        return _approval(find(uid), form, 409, refusal)
    db.session.commit()
    if whole:
        public = row.channel == "public"
        flash(
            _("Approved. Nothing is public yet.")
            if public
            else _("Approved. Nothing has been sent yet."),
            "ok",
        )
    else:
        flash(_("Your approval is noted. A second person must approve before it can go."), "ok")
    return redirect(url_for(".approve", uid=uid))


def _proof(row: Notice, form: ApproveForm) -> again.Proof | None:
    """That it is really she. None when not: the form says why, and the file that it was tried."""
    field = form[again.asked(current_user)]
    try:
        return again.prove(current_user, field.data or "")
    except Refused as refusal:
        field.errors = [*field.errors, refusal.message]
    letters.not_proven(row, current_user, now(), field.name)
    db.session.commit()
    return None


def _approval(
    row: Notice, form: ApproveForm, status: int, refusal: Refused | None = None
) -> Answer:
    found = letters.fingerprint(row)
    form.seen.data = found.hash
    writer = compose.Writer(row, compose.server())
    data = {group.number: group.data for group in row.groups}
    samples = []
    written = dict.fromkeys(((code, 0) for code in writer.texts), 0)
    if row.channel != "public":
        written = found.groups
    for (language, group), people in sorted(written.items(), key=lambda item: -item[1]):
        subject, words = writer.words(language, group)
        samples.append(
            {
                "language": language,
                "group": group,
                "data": data.get(group, []),
                "people": people,
                "subject": subject,
                "html": twins.html(words, writer.hosts),
            }
        )
    page = render_template(
        "notifications/approve.html",
        notice=row,
        form=form,
        again=form[again.asked(current_user)],
        found=found,
        samples=samples,
        several=len({sample["group"] for sample in samples}) > 1,
        sender=writer.sender,
        missing=letters.missing(row, found) if row.state in letters.APPROVABLE else [],
        stands=row.approval == found.hash and row.state in letters.STANDS,
        first=row.first_by if letters.first_stands(row, found) else None,
        others=letters.others(row, current_user),
        next=next_step(row, {}),
        refusal=refusal,
        stale=isinstance(refusal, Stale),
    )
    return page, status
