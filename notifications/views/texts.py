"""The words of a letter: written, checked, read as one person gets them, tried on oneself."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy import select

from incidents.accounts import staff
from incidents.audit import record
from incidents.db import db, now, writing
from incidents.models import User
from incidents.pages import organisation
from incidents.refusal import Refused, Stale
from notifications import compose, post, twins, wording
from notifications import notices as letters
from notifications.forms.notices import FindForm, TextForm
from notifications.models import Notice, NoticeText, Recipient
from notifications.recipients import addresses, listing
from notifications.views import bp
from notifications.views.notices import Answer, by_language, find


@bp.route("/notices/<uid>/text/<language>", methods=["GET", "POST"])
@staff
def text(uid: str, language: str) -> Answer:
    """Write the letter in one language; beside it the checklist and how it will read."""
    row = _text(uid, language)
    form = TextForm(data={"subject": row.subject, "body": row.body, "version": row.version})
    if "look" in request.form or not form.validate_on_submit():
        return _page(row, form, 422 if form.errors else 200)
    try:
        changed = letters.change(
            row, form.subject.data, form.body.data, form.seen, current_user, now()
        )
    except Refused as refusal:
        db.session.rollback()
        row = _text(uid, language)
        if isinstance(refusal, Stale):
            form.version.data = str(row.version)
        form.form_errors.append(refusal.message)
        return _page(row, form, 409, theirs=row if isinstance(refusal, Stale) else None)
    db.session.commit()
    flash(_("Saved.") if changed else _("Nothing was changed."), "ok")
    return redirect(url_for(".text", uid=uid, language=language))


def _text(uid: str, language: str) -> NoticeText:
    return compose.text_of(find(uid), language) or abort(404)


def _page(row: NoticeText, form: TextForm, status: int, theirs: NoticeText | None = None) -> Answer:
    """The page, with what is in the form looked at as if it were stored."""
    subject, body = form.subject.data or "", (form.body.data or "").replace("\r\n", "\n")
    values = compose.values(row.notice) | {"name": _("Alex Martin")}
    page = render_template(
        "notifications/text.html",
        notice=row.notice,
        row=row,
        form=form,
        theirs=theirs,
        checks=letters.checks_of(row.notice, row.language, subject, body),
        subject=wording.fill(subject, values),
        preview=twins.html(wording.fill(body, values), compose.hosts(organisation())),
        placeholders=wording.PLACEHOLDERS,
        open=row.notice.state in letters.OPEN,
    )
    return page, status


@bp.route("/notices/<uid>/check", methods=["GET", "POST"])
@staff
def check(uid: str) -> Answer:
    """Everything once more before the approval; read it as any one person, found by address."""
    row, form = find(uid), FindForm()
    if form.validate_on_submit():
        person = by_address(row, form)
        if person is not None:
            return redirect(url_for(".preview", uid=uid, recipient_uid=person.uid))
    writer = compose.Writer(row, compose.server())
    parts = []
    for text in row.texts:
        subject, words = writer.words(text.language, None)
        query = select(Recipient).where(
            Recipient.notice_id == row.id, Recipient.language == text.language
        )
        first = db.session.scalar(query.limit(1))
        parts.append(
            {
                "language": text.language,
                "checks": letters.checks(text),
                "subject": subject,
                "html": twins.html(words, writer.hosts),
                "person": first.uid if first else None,
            }
        )
    page = render_template(
        "notifications/check.html", notice=row, parts=parts, counts=by_language(row), form=form
    )
    return page, 422 if form.errors else 200


def by_address(row: Notice, form: FindForm) -> Recipient | None:
    """The person with the address in the form; says in the form when there is none."""
    try:
        person = listing.find(row, addresses.check(form.address.data or ""))
    except addresses.BadAddress as error:
        form.address.errors = [_(str(error))]
        return None
    if person is None:
        form.address.errors = [_("This address is not on the list of this letter.")]
    return person


@bp.route("/notices/<uid>/preview/<recipient_uid>")
@staff
def preview(uid: str, recipient_uid: str) -> Answer:
    """The letter as this one person gets it, both twins. Reading it is written in the file."""
    writing()
    row = find(uid)
    person = person_of(row, recipient_uid)
    writer = compose.Writer(row, compose.server())
    language = writer.language(person.language)
    subject, words = writer.words(language, person.name)
    shown = {
        "address": person.address,
        "sender": writer.sender,
        "reply_to": organisation().contact,
        "subject": subject,
        "text": twins.text(words),
        "html": twins.html(words, writer.hosts),
        "language": language,
    }
    listing.read(person, current_user, now(), "preview")
    db.session.commit()
    return render_template("notifications/preview.html", notice=row, person=person, **shown)


def person_of(row: Notice, recipient_uid: str) -> Recipient:
    """One person on the list of this notice, or 404."""
    return listing.of(row, recipient_uid) or abort(404)


@bp.route("/notices/<uid>/test", methods=["POST"])
@staff
def test(uid: str) -> Answer:
    """Send the letter, in each language, to the account that asks for it."""
    row = find(uid)
    writer = compose.Writer(row, compose.server())
    for language in writer.texts:
        _queue_test(writer, language, current_user)
    record(
        "notice.test_queued",
        by=current_user,
        at=now(),
        incident=row.incident,
        notice=row.uid,
        languages=list(writer.texts),
    )
    db.session.commit()
    flash(_("A test letter in each language is on its way to your own address."), "ok")
    return redirect(url_for(".check", uid=uid))


def _queue_test(writer: compose.Writer, language: str, to: User) -> None:
    subject, words = writer.words(language, to.name)
    post.queue_mail(
        "test",
        to.email,
        f"[Test] {subject}",
        twins.text(words),
        now(),
        html=twins.page(twins.html(words, writer.hosts), language, subject),
        headers=compose.AUTOMATIC,
        notice=writer.notice,
    )
