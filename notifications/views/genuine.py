"""The two public pages against copies: is this letter genuine, and did you write to me."""

from flask import render_template

from incidents.accounts import public
from incidents.db import db, now
from incidents.errors import comes_back
from incidents.pages import language
from incidents.throttle import admit
from notifications import genuine
from notifications.forms.genuine import AddressForm, CodeForm
from notifications.views import bp
from notifications.views.notices import Answer


def _check_again(status: int) -> Answer:
    return _check(CodeForm(), status)


def _address_again(status: int) -> Answer:
    return _address(AddressForm(), status)


def _check(form: CodeForm, status: int = 200, asked: bool = False, letter: object = None) -> Answer:
    page = render_template(
        "notifications/genuine.html", form=form, asked=asked, letter=letter, status=status
    )
    return page, status


def _address(form: AddressForm, status: int = 200, asked: bool = False) -> Answer:
    page = render_template(
        "notifications/genuine_address.html", form=form, asked=asked, status=status
    )
    return page, status


@bp.route("/check", methods=["GET", "POST"])
@public
@comes_back(_check_again)
def genuine_letter() -> Answer:
    """Tell whether a letter with this code is ours; never to whom it went."""
    form = CodeForm()
    if not form.is_submitted():
        return _check(form)
    admit("check")
    if not form.validate():
        return _check(form, 422)
    return _check(form, asked=True, letter=genuine.letter(form.code.data or ""))


@bp.route("/check/address", methods=["GET", "POST"])
@public
@comes_back(_address_again)
def genuine_address() -> Answer:
    """Answer to an address, by mail only, whether we wrote to it. The page says the same to all."""
    form = AddressForm()
    if not form.is_submitted():
        return _address(form)
    admit("told")
    if not form.validate():
        return _address(form, 422)
    genuine.ask(form.address.data or "", language(), now())
    db.session.commit()
    return _address(form, asked=True)
