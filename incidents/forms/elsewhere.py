"""What other laws ask beside the facts: where the people live, what the company is, moments."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Optional

from incidents.elsewhere import ASKED, SIZES, STAMPS, language, name, place_names
from incidents.forms.count import CountField
from incidents.forms.detection import ManyField
from incidents.forms.moment import MomentField, not_ahead
from incidents.forms.report import AtMost
from incidents.law.places import places
from incidents.law.profile import Profile
from incidents.law.regimes import Check

COMPANY = ("size", "nis2_entity", "financial_entity", "telecom", "manufacturer", "hipaa", "insured")
# Asked once the first is answered with yes.
THEN = {
    "nis2_entity": "nis2_significant",
    "financial_entity": "dora_major",
    "manufacturer": "cra_event",
}
_VALUES = {"yes": True, "no": False}


class ScopeForm(FlaskForm):
    """Answers for other laws; an open one is always possible. Made by `scope_form`.

    `more` and `counts` name the fields that the answers so far have brought up.
    """

    version = HiddenField()
    counts: tuple[str, ...] = ()
    more: tuple[str, ...] = ()

    def scope(self, stored: dict[str, Any]) -> dict[str, Any]:
        """What to store; what this form does not ask is kept as it was."""
        ticked = [*self["eea"].data, *self["world"].data]
        scope: dict[str, Any] = {
            key: value for key, value in stored.items() if key not in self and key != "places"
        }
        scope["places"] = {code: self._count(code) for code in ticked}
        for key in ("places_complete", *ASKED):
            value = _VALUES.get(self[key].data, self[key].data) if key in self else None
            if value is not None and value != "":
                scope[key] = value
        for prefix, kept in (("own", _own), ("stamps", _stamp)):
            found = dict(stored.get(prefix) or {})
            for field in self:
                start, _sep, key = field.name.partition("_")
                if start == prefix:
                    found[key] = kept(field)
            scope[prefix] = {key: value for key, value in found.items() if value is not None}
        return {key: value for key, value in scope.items() if value != {}}

    def _count(self, code: str) -> int | None:
        field = f"people_{code}"
        return self[field].data if field in self else None


class ClientsForm(FlaskForm):
    """Clients to be told, one a line."""

    names = TextAreaField(
        _l("Which clients are concerned?"),
        [DataRequired(_l("Give at least one name.")), AtMost(200_000)],
    )


def scope_form(version: int, profile: Profile, found: Collection[Check]) -> ScopeForm:
    """The form with what is to be asked on the answers so far, filled with them."""
    names = place_names()
    counts = {f"people_{code}": count for code, count in profile.places.items() if code in names}
    own = {f"own_{check.regime.code}": check for check in found if _asks_own(check, profile)}
    then = [key for first, key in THEN.items() if getattr(profile, first)]
    stamps = _stamps(profile)
    fields: dict[str, Field] = {
        "eea": _many(_("In the EU and EEA"), eea=True),
        "world": _many(_("Outside the EU and EEA"), eea=False),
        "places_complete": _three(_("Is this the whole list?")),
        **{key: _three(_(ASKED[key][0])) for key in (*COMPANY[1:], *then)},
        "size": _size(),
        **{key: CountField(names[key.removeprefix("people_")]) for key in counts},
        **{key: _three(check.regime.texts[language()]["own"]) for key, check in own.items()},
        **{key: MomentField(_(STAMPS[key[7:]]), [Optional(), not_ahead]) for key in stamps},
    }
    brought_up = {"counts": tuple(counts), "more": (*then, *stamps, *own)}
    form = type("ScopeForm", (ScopeForm,), {**fields, **brought_up})
    data: dict[str, Any] = {
        "version": version,
        "eea": list(profile.places),
        "world": list(profile.places),
        "size": profile.size or "",
        "places_complete": _said(profile.places_complete),
        **{key: _said(getattr(profile, key)) for key in (*COMPANY[1:], *then)},
        **counts,
        **{key: _said(profile.own.get(key[4:])) for key in own},
        **{key: profile.stamps.get(key[7:]) for key in stamps},
    }
    return form(data=data)


def _asks_own(check: Check, profile: Profile) -> bool:
    has_one = "own" in check.regime.texts["en"]
    return has_one and ("own" in check.asks or check.regime.code in profile.own)


def _stamps(profile: Profile) -> list[str]:
    asked = {
        "attack": profile.insured,
        "classification": profile.dora_major,
        "assessment": "SG" in profile.places,
    }
    return [f"stamps_{key}" for key in STAMPS if asked[key] or key in profile.stamps]


def _three(text: str) -> RadioField:
    words = (("yes", _("Yes")), ("no", _("No")), ("", _("I don’t know")))
    return RadioField(text, [Optional()], choices=[SelectChoice(*word) for word in words])


def _size() -> RadioField:
    words = [*((key, _(text)) for key, text in SIZES.items()), ("", _("I don’t know"))]
    choices = [SelectChoice(*word) for word in words]
    return RadioField(_(ASKED["size"][0]), [Optional()], choices=choices)


def _many(text: str, eea: bool) -> ManyField:
    chosen = [place for place in places() if place.eea is eea]
    return ManyField(text, choices=[SelectChoice(place.code, name(place)) for place in chosen])


def _said(value: bool | None) -> str:
    return {True: "yes", False: "no"}.get(value, "") if value is not None else ""


def _own(field: Field) -> bool | None:
    return _VALUES.get(field.data)


def _stamp(field: Field) -> str | None:
    at: datetime | None = field.data
    return at.isoformat() if at else None
