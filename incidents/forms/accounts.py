"""Questions about accounts and the organisation."""

from typing import Any
from unicodedata import normalize
from zoneinfo import available_timezones

from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_security import current_user
from flask_security.proxies import _security
from flask_wtf import FlaskForm
from sqlalchemy import select
from wtforms import (
    EmailField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Email, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from incidents.db import db
from incidents.models import User

LANGUAGE_NAMES = [SelectChoice("en", "English"), SelectChoice("fr", "Français")]
# Those of letters to people: more than pages have.
LETTER_LANGUAGES = [
    *LANGUAGE_NAMES,
    SelectChoice("de", "Deutsch"),
    SelectChoice("es", "Español"),
    SelectChoice("pt", "Português"),
    SelectChoice("it", "Italiano"),
]


class AccountForm(FlaskForm):
    """The account that an invitation makes."""

    name = StringField(_l("What is your name?"), [InputRequired(), Length(max=100)])
    email = EmailField(
        _l("What is your e-mail address?"),
        [InputRequired(), Length(max=255), Email(check_deliverability=False)],
    )
    password = PasswordField(_l("Choose a password"), [InputRequired(), Length(max=128)])

    def validate_password(self, field: PasswordField) -> None:
        problems, field.data = _security._password_util.validate(
            field.data, is_register=True, name=self.name.data or "", email=self.email.data or ""
        )
        if problems:
            raise ValidationError(" ".join(str(problem) for problem in problems))


def _unaccented(text: str) -> str:
    """A text as it is sorted: É among the Es."""
    return normalize("NFD", text).encode("ascii", "ignore").decode().lower()


def number(value: object) -> int:
    """The number of an account as a form carries it; 0 for nobody."""
    return int(str(value or 0))


class OrganisationForm(FlaskForm):
    """The organisation's profile."""

    name = StringField(_l("What is the organisation called?"), [InputRequired(), Length(max=200)])
    controller = StringField(_l("Who answers for it?"), [InputRequired(), Length(max=200)])
    contact = EmailField(
        _l("At which address can people reach you about their data?"),
        [InputRequired(), Length(max=255), Email(check_deliverability=False)],
    )
    postal_address = TextAreaField(_l("What is its postal address?"), [Length(max=500)])
    website = StringField(_l("What is its website?"), [Length(max=200)])
    authority = SelectField(_l("Which supervisory authority is yours?"))
    languages = SelectMultipleField(
        _l("In which languages do you write to people?"),
        [InputRequired(_l("Choose at least one language."))],
        choices=LETTER_LANGUAGES,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    language = RadioField(
        _l("Which language when a person’s own is not known?"),
        [InputRequired()],
        choices=LETTER_LANGUAGES,
    )
    time_zone = SelectField(_l("In which time zone do you work?"))
    deputy_id = SelectField(
        _l("Who is reminded too when it gets late?"), coerce=number, filters=[number]
    )
    retention_months = IntegerField(
        _l("For how many months is a closed case kept?"),
        [InputRequired(), NumberRange(min=12, max=360)],
    )
    list_days = IntegerField(
        _l("For how many days is a list of people told kept?"),
        [Optional(), NumberRange(min=7, max=730)],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        from incidents.law.authorities import authorities

        french = get_locale().language == "fr"
        named = [(row.country_fr if french else row.country, row) for row in authorities()]
        named.sort(key=lambda one: (one[1].code == "EU" or not one[1].gdpr, _unaccented(one[0])))
        self.authority.choices = [
            (row.code, _("%(question)s: %(text)s", question=country, text=row.name))
            for country, row in named
        ]
        zones = sorted(zone for zone in available_timezones() if "/" in zone)
        self.time_zone.choices = [
            SelectChoice(zone, zone) for zone in zones if not zone.startswith(("Etc/", "SystemV/"))
        ]

        active = select(User).where(User.active.is_(True)).order_by(User.name, User.id)
        self.deputy_id.choices = [SelectChoice(0, _("Nobody"))] + [
            SelectChoice(one.id, one.name or one.email) for one in db.session.scalars(active)
        ]
        # Whoever it was may have left since: then it is nobody's, and the form says so.
        if self.deputy_id.raw_data is None and self.deputy_id.data not in {
            choice.value for choice in self.deputy_id.choices
        }:
            self.deputy_id.data = 0

    def validate_language(self, field: RadioField) -> None:
        if field.data not in (self.languages.data or ()):
            raise ValidationError(_("Choose one of the languages you write in."))

    def changes(self) -> dict[str, Any]:
        """The profile as `actions.organisation.change` takes it."""
        return {
            name: value.strip() if isinstance(value, str) else value
            for name, value in self.data.items()
            if name not in ("csrf_token", "deputy_id") and value is not None
        } | {"deputy_id": self.deputy_id.data or None}


class InviteForm(FlaskForm):
    """Whom to invite."""

    role = RadioField(
        _l("What may this person do?"),
        choices=[
            SelectChoice("staff", _l("Staff: log reports and work on incidents")),
            SelectChoice(
                "controller", _l("Controller: decide, send letters, settings and accounts")
            ),
        ],
        default="staff",
    )


class MyAccountForm(FlaskForm):
    """What a person may change of their own account."""

    name = StringField(_l("What is your name?"), [InputRequired(), Length(max=100)])
    language = SelectField(
        _l("Which language do you read?"),
        [Optional()],
        choices=[SelectChoice("", _l("As my browser")), *LANGUAGE_NAMES],
    )
    digest = SelectField(
        _l("How often do you want to hear what changed in the cases you follow?"),
        [Optional()],
        choices=[
            SelectChoice("hourly", _l("Once an hour, when something did")),
            SelectChoice("daily", _l("Once a day, when something did")),
            SelectChoice("never", _l("Never")),
        ],
        default="hourly",
    )

    @classmethod
    def of_current(cls) -> "MyAccountForm":
        """The form filled from whoever is logged in."""
        return cls(
            name=current_user.name,
            language=current_user.language or "",
            digest=current_user.digest,
        )
