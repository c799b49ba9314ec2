"""Coming back with the code of a receipt, without account: read, answer, add, say one's name."""

from typing import Any

from flask import make_response, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from werkzeug import Response

from incidents import progress, quotes, receipts
from incidents.accounts import public
from incidents.actions import held as holding
from incidents.actions import receipts as acts
from incidents.actions import reports
from incidents.db import db, now
from incidents.errors import comes_back
from incidents.forms.visit import MessageForm, NameForm
from incidents.models import Message, Receipt
from incidents.refusal import Refused
from incidents.throttle import admit, guesses, sender
from incidents.uploads import case_limit, left_out
from incidents.views import bp, waiting

FORGET = '"cache", "cookies", "storage"'


def _visitor() -> Receipt | None:
    return acts.visitor(session.get("visit"), now())


def _keep(form: MessageForm) -> list[dict[str, Any]]:
    waiting.hold(form)
    rows = [row for row in holding.held(form.form_key) if row.report_id is None]
    kept = [{"uid": row.uid, "name": row.filename, "size": row.blob.size} for row in rows]
    db.session.commit()
    return kept


def _door(
    status: int = 200,
    refusal: tuple[str, str] | None = None,
    wait: int = 0,
    store: bool = True,
) -> Response:
    """Where the code is typed. A message that was under way when the visit ended waits here."""
    form = MessageForm()
    typed = request.method == "POST" and ("text" in request.form or bool(request.files))
    kept = _keep(form) if typed and store else []
    page = render_template(
        "incidents/come_back.html",
        form=form if typed else None,
        kept=kept,
        refusal=refusal,
        code=request.form.get("code", "")[:100],
    )
    answer = make_response(page, status)
    if wait:
        answer.headers["Retry-After"] = str(wait)
    return answer


def _door_again(status: int) -> Response:
    words = {
        400: _("The page had been open for too long. What you typed is still here: try once more."),
        413: _("That was too large to take."),
        429: _("Very many came from your network. Wait a few minutes and try again."),
        503: _("We cannot store or look up anything at the moment. Try again in a few minutes."),
    }
    return _door(status, (_("That did not work"), words[status]), store=status < 429)


@bp.route("/my-report", methods=["GET", "POST"])
@public
@comes_back(_door_again)
def my_report() -> Response:
    """Type the code. Right or wrong, known or unknown, it takes one look-up of the same cost."""
    if request.method == "GET":
        if _visitor():
            return redirect(url_for(".my_report_page"))
        return _door()
    who = sender()
    if wait := guesses().wait(who):
        words = _(
            "Too many codes that open nothing came from your network. Wait %(wait)s seconds, "
            "then try again.",
            wait=wait,
        )
        return _door(429, (_("Not so fast"), words), wait)
    code_hash = receipts.hashed(request.form.get("code", ""))
    receipt = acts.found(code_hash)
    if receipt is None:
        db.session.rollback()
        guesses().wrong(who)
        words = _(
            "This code opens nothing. Compare it with your receipt: it has four groups of four "
            "letters or figures. If it is right and still does not work, write to us."
        )
        return _door(422, (_("We found no report"), words))
    token = acts.come_in(receipt, now())
    form = MessageForm()
    waits = bool(request.form.get("text") or request.form.getlist("kept"))
    answer = _status(receipt, form) if waits else redirect(url_for(".my_report_page"))
    db.session.commit()
    session["visit"] = token
    return answer


def _status(
    receipt: Receipt,
    form: MessageForm | None = None,
    name_form: NameForm | None = None,
    status: int = 200,
    problem: str | None = None,
) -> Response:
    """The report as its reporter may see it."""
    report = receipt.report
    rows = db.session.scalars(
        select(Message).where(Message.report_id == report.id).order_by(Message.id)
    ).all()
    files: dict[int | None, list[str]] = {}
    for file in report.attachments:
        files.setdefault(file.message_id, []).append(file.filename)
    messages = [
        {"row": row, "text": quotes.split(row.text or "")[0], "files": files.get(row.id, [])}
        for row in rows
        if row.direction == "out" or row.by_code or row.known_sender
    ]
    kept: list[dict[str, Any]] = []
    if form is not None and status < 429:
        kept = _keep(form)
    page = render_template(
        "incidents/my_report.html",
        report=report,
        progress=progress.of(report, now()),
        messages=messages,
        files=files.get(None, []),
        form=form or MessageForm(formdata=None),
        name_form=name_form or NameForm(formdata=None),
        kept=kept,
        problem=problem,
    )
    return make_response(page, status)


def _page_again(status: int) -> Response:
    receipt = _visitor() if status != 503 else None
    words = {
        400: _("The page had been open for too long. Your text is still here: send it once more."),
        413: _("That was too large to take. Your text is still here."),
        429: _("Very many messages came from your network. Wait a few minutes and send it again."),
        503: _("We cannot store anything at the moment. Your text is still here: send it again."),
    }
    if receipt is None:
        return _door(status, (_("This was NOT sent"), words[status]), store=status < 429)
    return _status(receipt, MessageForm(), status=status, problem=words[status])


@bp.route("/my-report/status", methods=["GET", "POST"])
@public
@comes_back(_page_again)
def my_report_page() -> Response:
    """How far it is, what was said, and a message to us."""
    receipt = _visitor()
    if receipt is None:
        if request.method == "GET":
            return redirect(url_for(".my_report"))
        words = _(
            "To protect you, a visit ends by itself. Nothing was sent yet; your text is still "
            "here. Type your code again to go on."
        )
        return _door(422, (_("Your visit has ended"), words))
    if request.method == "GET":
        return _status(receipt)
    admit("message")
    form = MessageForm()
    if not form.validate():
        return _status(receipt, form, status=413 if left_out() else 422)
    if form.empty():
        return _status(receipt, form, status=422, problem=_("Write a message, or add a file."))
    if form.holds_code(receipt):
        words = _("Your message contains your code. Take it out: only you should know it.")
        return _status(receipt, form, status=422, problem=words)
    more = sum(file.size for file in form.draft(receipt).files)
    if more and reports.files_size(receipt.report) + more > case_limit():
        words = _(
            "There is no room for more files here. Take the ticks off below and send your text "
            "alone; say what the files show, and we tell you how to hand them over."
        )
        return _status(receipt, form, status=413, problem=words)
    try:
        _add(receipt, form)
    except IntegrityError:  # pressed twice: the other one was first
        db.session.rollback()
        _add(receipt, form)
    db.session.commit()
    return redirect(url_for(".my_report_page", _anchor="messages"))


def _add(receipt: Receipt, form: MessageForm) -> None:
    reports.add_message(receipt.report, form.draft(receipt), now())
    holding.became(form.form_key, receipt.report)
    acts.go_on(receipt, now())


@bp.route("/my-report/name", methods=["POST"])
@public
def my_report_name() -> Response:
    """Say one's name, or an address, after all."""
    receipt = _visitor()
    if receipt is None:
        return _door(422, (_("Your visit has ended"), _("Type your code again to go on.")))
    form = NameForm()
    if not form.validate():
        return _status(receipt, name_form=form, status=422)
    try:
        reports.give_name(receipt.report, form.name.data, form.contact.data, now())
    except Refused as refusal:
        db.session.rollback()
        receipt = _visitor() or receipt
        return _status(receipt, name_form=form, status=422, problem=refusal.message)
    acts.go_on(receipt, now())
    db.session.commit()
    return redirect(url_for(".my_report_page"))


@bp.route("/my-report/leave", methods=["POST"])
@public
def my_report_leave() -> Response:
    """End the visit, and let the browser forget that it was here."""
    if receipt := _visitor():
        acts.leave(receipt)
        db.session.commit()
    answer = make_response(render_template("incidents/left.html"))
    if current_user.is_authenticated:  # somebody who works here: their own session goes on
        for name in ("visit", "code", "receipt"):
            session.pop(name, None)
        return answer
    session.clear()
    answer.headers["Clear-Site-Data"] = FORGET
    return answer
