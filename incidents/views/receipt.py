"""The receipt: a code that its reporter keeps, shown once, and the page after it."""

import base64
import binascii
import hmac
import json
from collections.abc import Callable

from flask import make_response, redirect, render_template, request, session, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from werkzeug import Response

from incidents import qr, receipts, typeset
from incidents.accounts import public
from incidents.actions import held, reports
from incidents.actions import receipts as acts
from incidents.db import db, now, writing
from incidents.forms.report import ReportForm
from incidents.intake import Draft
from incidents.models import Receipt
from incidents.pages import organisation
from incidents.progress import ANSWER_WITHIN
from incidents.seal import Broken, vault
from incidents.views import bp

_PLACE = "session.receipt"


def store(form: ReportForm, draft: Callable[[], Draft], code_hash: str) -> Response:
    """Store what a form sent, with its files and its receipt; then the page that shows the code.

    `draft` is asked anew when somebody pressed the button twice and the other one was first.
    """
    try:
        uid = _store(form, draft(), code_hash)
    except IntegrityError:
        db.session.rollback()
        uid = _store(form, draft(), code_hash)
    remember(uid, form.secret)
    return redirect(url_for("incidents.receipt"))


def _store(form: ReportForm, draft: Draft, code_hash: str) -> str:
    report = reports.receive_form(draft, now())
    held.became(form.form_key, report)
    acts.give(report, code_hash, now())
    uid = report.uid
    db.session.commit()
    return uid


def remember(report_uid: str, secret: str) -> None:
    """Let this browser see the receipt of the report it sent. Its cookie holds this sealed: nobody
    reads the code from it."""
    whole = json.dumps([report_uid, secret]).encode()
    session["code"] = base64.urlsafe_b64encode(vault().seal(whole, _PLACE)).decode()


def _mine() -> tuple[Receipt, str] | None:
    """The receipt of the report that this browser sent last, and the secret of its form."""
    try:
        sealed = base64.urlsafe_b64decode(session.get("code", ""))
        report_uid, secret = json.loads(vault().open(sealed, _PLACE))
    except (Broken, ValueError, binascii.Error, TypeError):
        return None
    receipt = acts.of(report_uid)
    return (receipt, secret) if receipt is not None else None


def _come_back(code: str = "") -> str:
    """Where to come back to, as an absolute address. A code stands behind the "#": browsers keep
    that to themselves, it reaches no server and no log."""
    return url_for(".my_report", _external=True) + (f"#{code}" if code else "")


def _show(receipt: Receipt, code: str | None, status: int = 200, wrong: bool = False) -> Response:
    return make_response(
        render_template(
            "incidents/receipt.html",
            reference=receipt.report.reference,
            contact=bool(receipt.report.contact),
            code=code,
            renewable=receipt.made_at > now() - acts.RENEWABLE,
            wrong=wrong,
            address=_come_back(),
            qr=qr.svg(_come_back(code), _("QR code of this receipt")) if code else None,
        ),
        status,
    )


@bp.route("/report/receipt", methods=["GET", "POST"])
@public
def receipt() -> Response:
    """GET: the code, once. POST: its last part typed back; then it is never shown again."""
    if request.method == "GET":
        writing()
    mine = _mine()
    if mine is None:
        if session.get("receipt"):
            return redirect(url_for(".thanks"))
        return make_response(render_template("incidents/receipt_gone.html"))
    row, secret = mine
    if row.kept_at is not None:
        return _done(row)
    if request.method == "GET":
        first = acts.show(row, now())
        code = receipts.make(secret, row.round) if first else None
        db.session.commit()
        return _show(row, code)
    code = _posted(row, secret)
    if not receipts.ends_with(receipts.make(secret, row.round), request.form.get("typed")):
        return _show(row, code, 422, wrong=True)
    acts.kept(row, now())
    return _done(row)


def _posted(row: Receipt, secret: str) -> str | None:
    """The code when the page that sent this had it; a page without it is not given it."""
    code = receipts.make(secret, row.round)
    sent = request.form.get("code", "").encode()
    return code if hmac.compare_digest(sent, code.encode()) else None


def _done(row: Receipt) -> Response:
    told = {"reference": row.report.reference, "answer": bool(row.report.contact)}
    db.session.commit()
    session.pop("code", None)
    session["receipt"] = told
    return redirect(url_for(".thanks"))


@bp.route("/report/receipt/another", methods=["POST"])
@public
def receipt_another() -> Response:
    """Another code for a report whose code nobody kept; the one before opens nothing any more."""
    mine = _mine()
    if mine is None:
        return redirect(url_for(".receipt"))
    row, secret = mine
    number = row.round + 1
    db.session.rollback()  # hashing takes 25 ms: nobody waits for it
    code_hash = receipts.hashed(receipts.make(secret, number))
    db.session.refresh(row)
    acts.renew(row, number, code_hash, now())
    db.session.commit()
    return redirect(url_for(".receipt"))


@bp.route("/report/receipt/paper", methods=["POST"])
@public
def receipt_paper() -> Response:
    """The receipt as a PDF, made from the page that shows the code, and for that page only."""
    mine = _mine()
    code = _posted(*mine) if mine else None
    if mine is None or code is None:
        return redirect(url_for(".receipt"))
    reference = mine[0].report.reference
    house = organisation()
    words = {
        "title": _("Your receipt"),
        "lang": str(get_locale()),
        "organisation": house.name or "Tocsin",
        "why": _(
            "With this code you come back to your report without account: read how far it is, "
            "read our answers, and add something."
        ),
        "code_label": _("Your code"),
        "code": code,
        "reference_label": _("Reference"),
        "reference": reference,
        "where_label": _("Where to use it"),
        "where": _come_back(),
        "qr": str(qr.svg(_come_back(code), "")),
        "qr_label": _("This QR code opens that page with your code."),
        "care": _(
            "Keep this sheet where nobody else sees it. Whoever has the code can read what we "
            "write to you. We cannot show it again, nor find it for you."
        ),
    }
    answer = make_response(typeset.pdf("receipt.typ", words, now()))
    answer.headers["Content-Type"] = "application/pdf"
    answer.headers["Content-Disposition"] = f"attachment; filename={reference}.pdf"
    return answer


@bp.route("/report/thanks")
@public
def thanks() -> Response | str:
    """What happens now, after the code was kept."""
    told = session.get("receipt")
    if not told:
        return redirect(url_for(".report"))
    return render_template("incidents/thanks.html", receipt=told, latest=now() + ANSWER_WITHIN)
