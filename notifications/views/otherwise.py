"""Those whom no mail reached: letters on paper, a call, a visit; and the files for it."""

from collections.abc import Callable, Iterator
from typing import Any

from flask import (
    Response,
    abort,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_security import current_user
from sqlalchemy import select

from incidents import story
from incidents.accounts import controller, staff
from incidents.audit import record
from incidents.db import db, now, writing
from incidents.models import Incident
from incidents.refusal import Refused
from incidents.wording import Told
from notifications import runs
from notifications.channels import asked, made, paper, sheets
from notifications.forms.sending import PaperForm, PostedForm, SomeToldForm
from notifications.models import MadeFile, Notice, PaperBatch, Recipient, number_of
from notifications.recipients import addresses
from notifications.recipients.sift import whole
from notifications.views import bp
from notifications.views.notices import Answer, find
from notifications.wording import N_

PAGE = 50
BATCH_STATES = {
    "making": N_("Being set"),
    "ready": N_("Ready"),
    "posted": N_("Posted"),
    "dropped": N_("Dropped"),
}

story.tell(
    {
        "paper.prepared": Told("delivery", N_("%(people)s letters on paper were set")),
        "paper.posted": Told("decision", N_("%(people)s letters on paper were posted"), ("how",)),
        "paper.dropped": Told("note", N_("A batch of letters on paper was dropped")),
        "made.fetched": Told("note", N_("A file was fetched: %(file)s")),
    }
)


@bp.route("/notices/<uid>/otherwise")
@staff
def otherwise(uid: str) -> Answer:
    """Who was not reached by mail, and what is done about it."""
    return _page(_mail(uid), SomeToldForm(formdata=None))


def _mail(uid: str) -> Notice:
    row = find(uid)
    return row if row.channel == "mail" else abort(404)


def _page(
    row: Notice,
    form: SomeToldForm,
    status: int = 200,
    paper_form: PaperForm | None = None,
    posted: tuple[int, PostedForm] | None = None,
) -> Answer:
    people, more = _people(row)
    batches: list[dict[str, Any]] = []
    for batch in paper.batches(row):
        prefix = f"batch{batch.number}-"
        answer = PostedForm(formdata=None, data={"on": now().date()}, prefix=prefix)
        if posted and posted[0] == batch.number:
            answer = posted[1]
        one = {"row": batch, "files": paper.files(batch), "form": answer}
        batches.append(one | {"by_hand": paper.by_hand(batch)})
    page = render_template(
        "notifications/otherwise.html",
        notice=row,
        asked=asked(row.incident),
        counts=runs.counts(row),
        missed=runs.missed(row),
        waiting=paper.count(row),
        people=people,
        more=more,
        form=form,
        paper_form=paper_form or PaperForm(formdata=None, data={"layout": paper.likely_layout()}),
        batches=batches,
        batch_states=BATCH_STATES,
        making=any(one["row"].state == "making" for one in batches),
    )
    return page, status


def _people(row: Notice) -> tuple[list[dict[str, Any]], str | None]:
    """Fifty of those not told yet, masked, and the address of the next fifty."""
    query = select(Recipient).where(runs.not_told(row))
    after = request.args.get("after", "")
    if after.isascii() and after.isdigit() and len(after) < 16:
        query = query.where(Recipient.id > int(after))
    found = db.session.scalars(query.order_by(Recipient.id).limit(PAGE + 1)).all()
    more = None
    if len(found) > PAGE:
        more = url_for(".otherwise", uid=row.uid, after=found[PAGE - 1].id)
    return [_masked(one) for one in found[:PAGE]], more


def _masked(row: Recipient) -> dict[str, Any]:
    person = row.person
    shown = addresses.masked(person.address) if person.address else ""
    return {
        "uid": row.uid,
        "shown": shown or addresses.masked_name(person.name) or _("without a name"),
        "state": row.state,
        "postal": whole(person.postal),
    }


def _do(uid: str, act: Callable[[Notice], str]) -> Answer:
    row = _mail(uid)
    try:
        words = act(row)
    except Refused as refusal:
        db.session.rollback()
        flash(refusal.message, "problem")
    else:
        db.session.commit()
        flash(words, "ok")
    return redirect(url_for(".otherwise", uid=uid))


@bp.route("/notices/<uid>/told-some", methods=["POST"])
@controller
def told_some(uid: str) -> Answer:
    """Write down that the people who were ticked were told by phone, in person or otherwise."""
    row, form = _mail(uid), SomeToldForm()
    ids = [number_of(one) for one in request.form.getlist("person")[:PAGE]]
    if not form.validate_on_submit() or not ids:
        if not ids:
            form.form_errors.append(_("Tick the people who were told."))
        return _page(row, form, 422)
    try:
        told = runs.tell_otherwise(
            row, form.how.data, current_user, now(), Recipient.id.in_(ids), form.way.data
        )
    except Refused as refusal:
        db.session.rollback()
        form.form_errors.append(refusal.message)
        return _page(_mail(uid), form, 409)
    db.session.commit()
    flash(ngettext("Noted: one person was told.", "Noted: %(num)s people were told.", told), "ok")
    return redirect(url_for(".otherwise", uid=uid))


@bp.route("/notices/<uid>/paper", methods=["POST"])
@controller
def paper_prepare(uid: str) -> Answer:
    """Have letters on paper set for everybody who was not reached."""
    row, form = _mail(uid), PaperForm()
    if not form.validate_on_submit():
        return _page(row, SomeToldForm(formdata=None), 422, paper_form=form)

    def act(row: Notice) -> str:
        batch = paper.prepare(row, form.layout.data, current_user, now())
        return ngettext("One letter is being set.", "%(num)s letters are being set.", batch.people)

    return _do(uid, act)


def _batch(row: Notice, number: int) -> PaperBatch:
    query = select(PaperBatch).where(PaperBatch.notice_id == row.id, PaperBatch.number == number)
    return db.session.scalar(query) or abort(404)


@bp.route("/notices/<uid>/paper/<int:number>/posted", methods=["POST"])
@controller
def paper_posted(uid: str, number: int) -> Answer:
    """Write down that the letters of a batch were posted."""
    row, form = _mail(uid), PostedForm(prefix=f"batch{number}-")
    batch = _batch(row, number)
    if not form.validate_on_submit():
        return _page(row, SomeToldForm(formdata=None), 422, posted=(number, form))
    try:
        told = paper.posted(batch, form.on.data, form.how.data, current_user, now())
    except Refused as refusal:
        db.session.rollback()
        form.form_errors.append(refusal.message)
        return _page(_mail(uid), SomeToldForm(formdata=None), 409, posted=(number, form))
    db.session.commit()
    flash(ngettext("Noted: one person was told.", "Noted: %(num)s people were told.", told), "ok")
    return redirect(url_for(".otherwise", uid=uid))


@bp.route("/notices/<uid>/paper/<int:number>/<any(drop, again):what>", methods=["POST"])
@controller
def paper_change(uid: str, number: int, what: str) -> Answer:
    """Drop a batch that is not posted, or set its letters once more."""

    def act(row: Notice) -> str:
        batch = _batch(row, number)
        if what == "drop":
            paper.drop(batch, current_user, now())
            return _("Dropped. Shred what was printed of it.")
        paper.again(batch, current_user, now())
        return _("The letters are being set again.")

    return _do(uid, act)


@bp.route("/notices/<uid>/paper/<int:number>/list.<any(csv, xlsx):form>")
@controller
def paper_list(uid: str, number: int, form: str) -> Response:
    """The list of a batch: one row a sheet. The file says who fetched it."""
    writing()
    row = _mail(uid)
    batch = _batch(row, number)
    name = f"{row.incident.reference}-letter-{row.number}-paper-{number}.{form}"
    content: Any = sheets.as_xlsx(batch) if form == "xlsx" else list(sheets.as_csv(batch))
    fetched(row.incident, name, None)
    db.session.commit()
    return download(content, name)


@bp.route("/made/<uid>")
@controller
def made_file(uid: str) -> Response:
    """A file that the worker made. The file of the incident says who fetched it."""
    writing()
    file = db.session.scalar(select(MadeFile).where(MadeFile.uid == uid))
    if file is None or file.state != "ready":
        abort(404)
    fetched(file.notice.incident, file.filename, file.sha256)
    db.session.commit()
    answer = download(made.read(file), file.filename)
    answer.headers["Content-Length"] = str(file.size)
    return answer


def fetched(incident: Incident, name: str, sha256: str | None) -> None:
    """Say in the file that somebody fetched a file with people in it."""
    record("made.fetched", by=current_user, at=now(), incident=incident, file=name, sha256=sha256)


def download(content: Iterator[bytes] | Any, name: str) -> Response:
    """A stream as a download that no browser opens in our name (OWASP ASVS 3.2.1, 5.4.1)."""
    answer = Response(content, mimetype="application/octet-stream")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer
