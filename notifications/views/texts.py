"""The words of a letter: written, checked, read as one person gets them, tried on oneself."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy import select

from incidents.accounts import staff
from incidents.audit import record
from incidents.db import db, now, writing
from incidents.models import User
from incidents.pages import language as own_language
from incidents.pages import organisation
from incidents.refusal import Refused, Stale
from notifications import compose, post, twins, wording
from notifications import notices as letters
from notifications.forms.notices import FindForm, TextForm, part_name
from notifications.models import Notice, NoticeGroup, NoticeText, Recipient, on_list
from notifications.recipients import addresses, listing
from notifications.studio.ease import ease
from notifications.views import bp
from notifications.views.notices import Answer, find, language_name, say_data
from notifications.views.readers import readers
from notifications.words import LANGUAGES

MOST_TESTS = 24  # letters that one press of the button sends


@bp.route("/notices/<uid>/text")
@staff
def first_text(uid: str) -> Answer:
    """The text that most people on the list get; while nobody is on it, the reader's own."""
    row, own = find(uid), own_language()
    people, written = readers(row).by_language, [text.language for text in row.texts]
    first = max(written, key=lambda code: (people.get(code, 0), code == own))
    return redirect(url_for(".text", uid=uid, language=first))


@bp.route("/notices/<uid>/text/<language>", methods=["GET", "POST"])
@staff
def text(uid: str, language: str) -> Answer:
    """Write the letter in one language; beside it the checklist and how it will read."""
    row = _text(uid, language)
    form = _form(row)
    if "look" in request.form or not form.validate_on_submit():
        return _page(row, form, 422 if form.errors else 200)
    try:
        changed = letters.change(
            row, form.subject.data, form.body.data, form.seen, current_user, now(), form.parts
        )
    except Refused as refusal:
        db.session.rollback()
        row = _text(uid, language)
        if isinstance(refusal, Stale):
            form.version.data = str(letters.seen_of(row))
        form.form_errors.append(refusal.message)
        return _page(row, form, 409, theirs=row if isinstance(refusal, Stale) else None)
    db.session.commit()
    flash(_("Saved.") if changed else _("Nothing was changed."), "ok")
    return redirect(url_for(".text", uid=uid, language=language))


def _text(uid: str, language: str) -> NoticeText:
    return compose.text_of(find(uid), language) or abort(404)


def _form(row: NoticeText) -> TextForm:
    """The text and the parts of those groups that have people."""
    stored = letters.parts_of(row.notice, row.language)
    shown = {n: stored[n] for n in letters.used_groups(row.notice) if n in stored}
    version = letters.seen_of(row)
    public = row.notice.channel == "public"
    form = TextForm.of(shown, public, subject=row.subject, body=row.body, version=version)
    for group in row.notice.groups:
        if group.number in shown:
            form[part_name(group.number)].label.text = _label(group, len(shown) == 1)
    return form


def _label(group: NoticeGroup, alone: bool) -> str:
    if alone:
        return _("What concerns them: their data, what may follow, what to do")
    if group.number == 0:
        return _("All others: people of whom the list does not say which data")
    return _(
        "Group %(number)s, %(count)s people: %(data)s",
        number=group.number,
        count=group.people,
        data=say_data(group.data),
    )


def _page(row: NoticeText, form: TextForm, status: int, theirs: NoticeText | None = None) -> Answer:
    """The page, with what is in the form looked at as if it were stored."""
    subject, body = form.subject.data or "", (form.body.data or "").replace("\r\n", "\n")
    parts = letters.parts_of(row.notice, row.language) | form.parts
    groups = [group for group in row.notice.groups if group.number in form.numbers]
    chosen = _chosen([group.number for group in groups])
    whole = wording.with_part(body, parts.get(chosen, ""))
    writer = compose.Writer(row.notice, compose.server())
    name = "" if row.notice.channel == "public" else _("Alex Martin")
    values = writer.values | writer.anybody(name)
    page = render_template(
        "notifications/text.html",
        notice=row.notice,
        row=row,
        form=form,
        theirs=theirs,
        saved=letters.parts_of(row.notice, row.language) if theirs else {},
        parts=[(group, form[part_name(group.number)]) for group in groups],
        chosen=chosen,
        checks=letters.checks_of(row.notice, row.language, subject, body, parts),
        ease=ease(whole, row.language),
        subject=wording.fill(subject, values),
        preview=twins.html(wording.fill(whole, values), compose.hosts(organisation())),
        placeholders=wording.PLACEHOLDERS,
        columns=columns_of(row.notice),
        more=more_languages(row.notice),
        open=row.notice.state in letters.OPEN,
    )
    return page, status


def _chosen(numbers: list[int]) -> int:
    """The group whose letter is shown beside the text: the one asked for, else the first."""
    asked = request.values.get("group", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 9 else -1
    return number if number in numbers else next(iter(numbers), 0)


def columns_of(row: Notice) -> list[str]:
    """The free columns of the list, by its first person; no value of it is shown."""
    query = select(Recipient).where(on_list(row)).order_by(Recipient.id)
    first = db.session.scalar(query.limit(1))
    return sorted(first.person.fields) if first is not None else []


def more_languages(row: Notice) -> list[tuple[str, str]]:
    """The languages in which the letter can be drafted and is not, as (code, name)."""
    written = {text.language for text in row.texts}
    return [(code, language_name(code)) for code in LANGUAGES if code not in written]


@bp.route("/notices/<uid>/languages", methods=["POST"])
@staff
def add_language(uid: str) -> Answer:
    """Draft the letter in one more language."""
    row, language = find(uid), request.form.get("language", "")
    try:
        letters.add_language(row, language, current_user, now())
    except Refused as refusal:
        db.session.rollback()
        flash(refusal.message, "problem")
        return redirect(url_for(".check", uid=uid))
    db.session.commit()
    flash(_("Drafted. Read it, and translate what is marked."), "ok")
    return redirect(url_for(".text", uid=uid, language=language))


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
    found = readers(row)
    parts = [_as_read(row, writer, text, found.by_group) for text in row.texts]
    parts.sort(key=lambda part: -part["people"])  # what nobody gets stands last
    page = render_template(
        "notifications/check.html",
        notice=row,
        parts=parts,
        without_text=found.without_text,
        form=form,
    )
    return page, 422 if form.errors else 200


def _as_read(
    row: Notice, writer: compose.Writer, text: NoticeText, counts: dict[tuple[str, int], int]
) -> dict[str, Any]:
    """One text as each group gets it, for the page before the approval."""
    groups = [group for language, group in counts if language == text.language]
    data = {group.number: group.data for group in row.groups}
    variants = []
    for group in groups or [0]:
        subject, words = writer.words(text.language, group)
        query = select(Recipient.id).where(
            on_list(row),
            Recipient.language == text.language,
            Recipient.group == group,
        )
        first = db.session.scalar(query.limit(1))
        variants.append(
            {
                "group": group,
                "data": data.get(group, []),
                "people": counts.get((text.language, group), 0),
                "subject": subject,
                "html": twins.html(words, writer.hosts),
                "person": None if first is None else f"{first:016x}",
            }
        )
    return {
        "language": text.language,
        "people": sum(variant["people"] for variant in variants),
        "checks": letters.checks(text, groups or [0]),
        "ease": ease(writer.words(text.language, (groups or [0])[0])[1], text.language),
        "variants": variants,
    }


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
    who = person.person
    subject, words = writer.words(language, person.group, writer.own(who, person.id))
    shown = {
        "address": who.address,
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
    """Send the letter, in each language and to each group, to the account that asks for it."""
    row = find(uid)
    writer = compose.Writer(row, compose.server())
    for language, group in _variants(row, writer):
        _queue_test(writer, language, group, current_user)
    record(
        "notice.test_queued",
        by=current_user,
        at=now(),
        incident=row.incident,
        notice=row.uid,
        languages=list(writer.texts),
    )
    db.session.commit()
    flash(_("The test letters are on their way to your own address."), "ok")
    return redirect(url_for(".check", uid=uid))


def _variants(row: Notice, writer: compose.Writer) -> list[tuple[str, int]]:
    """What is sent as a test: each language to each group that gets it, and texts nobody gets."""
    got = list(readers(row).by_group)
    spare = [(code, 0) for code in writer.texts if code not in {language for language, _n in got}]
    return got[:MOST_TESTS] + spare


def _queue_test(writer: compose.Writer, language: str, group: int, to: User) -> None:
    subject, words = writer.words(language, group, writer.anybody(to.name))
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
