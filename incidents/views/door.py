"""The form on the company's own site: a link, a button, a plain form that posts to us, a poster."""

from flask import current_app, make_response, render_template, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from werkzeug import Response

from incidents import qr, typeset
from incidents.accounts import staff
from incidents.db import now
from incidents.pages import LANGUAGES, organisation
from incidents.views import bp


def _address() -> str:
    return current_app.config["SETTINGS"].url + url_for(".report")


@bp.route("/door")
@staff
def door() -> str:
    """What to put on the own site, to copy, and the poster to print."""
    snippets = []
    for language in LANGUAGES:
        with force_locale(language):
            parts = {"address": _address(), "language": language}
            snippets.append(
                {
                    "language": language,
                    "link": render_template("incidents/snippets/link.html", **parts),
                    "form": render_template("incidents/snippets/form.html", **parts),
                }
            )
    code = qr.svg(_address(), _("QR code that opens the report form"))
    return render_template("incidents/door.html", snippets=snippets, address=_address(), qr=code)


@bp.route("/door/poster")
@staff
def door_poster() -> Response:
    """One sheet with the address as a QR code, in both languages."""
    house = organisation()
    sides = []
    for language in LANGUAGES:
        with force_locale(language):
            sides.append(
                {
                    "lang": language,
                    "title": _("Personal data lost, stolen, or in the wrong hands?"),
                    "text": _(
                        "Tell us, even if you are not sure. It takes two minutes, needs no "
                        "account, and you may stay unknown."
                    ),
                    "scan": _("Scan the code, or type the address:"),
                    "else": _("Or write to %(address)s", address=house.contact)
                    if house.contact
                    else "",
                }
            )
    words = {
        "title": sides[0]["title"],
        "organisation": house.name or "Tocsin",
        "address": _address(),
        "qr": str(qr.svg(_address(), "")),
        "qr_label": _("QR code that opens the report form"),
        "sides": sides,
    }
    answer = make_response(typeset.pdf("poster.typ", words, now()))
    answer.headers["Content-Type"] = "application/pdf"
    answer.headers["Content-Disposition"] = "attachment; filename=report-poster.pdf"
    return answer
