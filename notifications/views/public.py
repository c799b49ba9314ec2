"""Public notices: the pages for everybody, and those on which they are made."""

from datetime import timedelta

from flask import Response, abort, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_security import current_user

from incidents import pages, story
from incidents.accounts import controller, public, staff
from incidents.db import db, now
from incidents.pages import organisation
from incidents.refusal import Refused
from incidents.wording import Told
from notifications import compose, twins
from notifications import notices as letters
from notifications.channels import asked, press
from notifications.channels import public as channel
from notifications.forms.public import DatesForm, PublishForm, WithdrawForm
from notifications.models import Notice
from notifications.views import bp
from notifications.views.notices import Answer, drafted, find
from notifications.wording import N_

LONG = timedelta(days=90)  # what is proposed as the end

story.tell(
    {
        "notice.dated": Told("delivery", N_("The dates of a public notice were set")),
        "notice.published": Told("decision", N_("The public notice was published: %(hash)s")),
        "notice.withdrawn": Told("decision", N_("The public notice was withdrawn"), ("why",)),
        "notice.public_ended": Told("delivery", N_("The public notice ended as planned")),
    }
)


@bp.route("/notices/public")
@public
def public_notices() -> Answer:
    """The notices that stand on the site now, for everybody."""
    rows = []
    for notice in channel.shown(now()):
        if page := channel.page(notice):
            rows.append((notice, _own(page), page))
    return render_template("notifications/public_list.html", rows=rows)


@bp.route("/notices/public/<public_id>")
@bp.route("/notices/public/<public_id>/<language>")
@public
def public_notice(public_id: str, language: str | None = None) -> Response:
    """One notice in one language. Before its first day nobody is told that there is one; after
    its end, or when it was withdrawn, the page says so (410)."""
    notice = channel.find(public_id)
    stage = channel.stage(notice, now()) if notice else "draft"
    if notice is None or stage in ("draft", "planned"):
        abort(404)
    page = channel.page(notice) if stage == "shown" else None
    if page is None:
        begun, ended = notice.stands_from, notice.finished_at
        if channel.page(notice) is None or (begun and ended and ended <= begun):
            abort(404)  # its words were erased, or it was withdrawn before it ever stood
        gone = make_response(
            render_template("notifications/public_gone.html", notice=notice, stage=stage), 410
        )
        gone.headers["X-Robots-Tag"] = "noindex"
        return gone
    chosen = language or _own(page)
    if chosen not in page.texts:
        abort(404)
    title, words = page.texts[chosen]
    return make_response(
        render_template(
            "notifications/public_notice.html",
            notice=notice,
            page=page,
            chosen=chosen,
            title=title,
            asked=asked(notice.incident),
            html=twins.html(words, compose.hosts(organisation())),
        )
    )


def _own(page: channel.Page) -> str:
    """The language a reader gets unasked: theirs, else the organisation's, else any."""
    for language in (pages.language(), organisation().language):
        if language in page.texts:
            return language
    return next(iter(page.texts))


@bp.route("/incidents/<ref>/notices/public", methods=["POST"])
@staff
def draft_public(ref: str) -> Answer:
    """Draft a public notice from the incident's facts, one text per language."""
    said = _("The public notice is drafted. Now say from when to when it stands.")
    return drafted(ref, channel.draft, ".dates", said)


def _public(uid: str) -> Notice:
    row = find(uid)
    return row if row.channel == "public" else abort(404)


@bp.route("/notices/<uid>/dates", methods=["GET", "POST"])
@staff
def dates(uid: str) -> Answer:
    """From when to when a public notice stands."""
    row = _public(uid)
    begin = row.shown_from or now().replace(second=0, microsecond=0)
    form = DatesForm(data={"start": begin, "end": row.shown_until or begin + LONG})
    if not form.validate_on_submit():
        return _dates(row, form, 422 if form.errors else 200)
    try:
        channel.set_dates(row, form.start.data, form.end.data, current_user, now())
    except Refused as refusal:
        db.session.rollback()
        form.form_errors.append(refusal.message)
        return _dates(find(uid), form, 409)
    db.session.commit()
    flash(_("Saved."), "ok")
    return redirect(url_for(".notice", uid=uid))


def _dates(row: Notice, form: DatesForm, status: int) -> Answer:
    open_ = row.state in letters.OPEN
    page = render_template("notifications/dates.html", notice=row, form=form, open=open_)
    return page, status


@bp.route("/notices/<uid>/published", methods=["GET", "POST"])
@staff
def published(uid: str) -> Answer:
    """Where a public notice stands: publish it, read it, take its text for the press."""
    row, form = _public(uid), PublishForm()
    if not form.is_submitted():
        return _published(row, form, WithdrawForm(formdata=None), 200)
    if not current_user.is_controller:
        abort(403)
    if not form.validate():
        return _published(row, form, WithdrawForm(formdata=None), 422)
    try:
        channel.publish(row, current_user, now())
    except Refused as refusal:
        db.session.rollback()
        form.form_errors.append(refusal.message)
        return _published(find(uid), form, WithdrawForm(formdata=None), 409)
    db.session.commit()
    flash(_("Published."), "ok")
    return redirect(url_for(".published", uid=uid))


@bp.route("/notices/<uid>/withdraw", methods=["POST"])
@controller
def withdraw(uid: str) -> Answer:
    """Take a public notice away before its end."""
    row, form = _public(uid), WithdrawForm()
    if not form.validate_on_submit():
        return _published(row, PublishForm(formdata=None), form, 422)
    try:
        channel.withdraw(row, form.why.data, current_user, now())
    except Refused as refusal:
        db.session.rollback()
        form.form_errors.append(refusal.message)
        return _published(find(uid), PublishForm(formdata=None), form, 409)
    db.session.commit()
    flash(_("Withdrawn. The page says so."), "ok")
    return redirect(url_for(".published", uid=uid))


def _published(row: Notice, form: PublishForm, away: WithdrawForm, status: int) -> Answer:
    page = channel.page(row)
    texts = []
    for language in page.texts if page else ():
        texts.append(
            {
                "language": language,
                "url": channel.address(row, language),
                "press": press.text(page, language, organisation()),  # type: ignore[arg-type]
            }
        )
    shown = render_template(
        "notifications/published.html",
        notice=row,
        form=form,
        away=away,
        stage=channel.stage(row, now()),
        asked=asked(row.incident),
        address=channel.address(row),
        texts=texts,
        stands=row.state == "approved" and letters.is_approved(row),
    )
    return shown, status


@bp.route("/notices/<uid>/press/<language>.pdf")
@staff
def press_pdf(uid: str, language: str) -> Response:
    """The text for the press, set for paper."""
    page = channel.page(_public(uid))
    if page is None or language not in page.texts:
        abort(404)
    answer = make_response(press.as_pdf(page, language, organisation()))
    answer.headers["Content-Type"] = "application/pdf"
    name = f"press-{page.notice.incident.reference}-{language}.pdf"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
