"""What is done about it: the likely consequences, and each measure."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, HiddenField, SelectField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Optional

from incidents.forms.moment import not_ahead
from incidents.forms.report import AtMost, KeyedForm
from incidents.intake import clean
from incidents.models import Incident, Measure, User

LONG = 20_000


class ConsequencesForm(FlaskForm):
    """GDPR Art. 33(3)(c) and 34(2): the likely consequences, in the words people will read."""

    version = HiddenField()
    consequences = TextAreaField(_l("What may happen to the people because of it?"), [AtMost(LONG)])

    @staticmethod
    def read(incident: Incident) -> dict[str, Any]:
        """What stands in an incident now, as data for this form."""
        return {"version": incident.version, "consequences": incident.consequences}

    def changes(self) -> dict[str, Any]:
        """What to set on the incident: attributes by name."""
        return {"consequences": clean(self.consequences.data)}


class MeasureForm(KeyedForm):
    """One measure: who does what by when, what was done, and what the check of it showed."""

    version = HiddenField()
    text = TextAreaField(
        _l("What is done, or will be done?"),
        [DataRequired(_l("Say what is done, or will be done.")), AtMost(LONG)],
    )
    owner_id = SelectField(_l("Who sees to it?"), [Optional()], coerce=int)
    due_on = DateField(_l("By which day?"), [Optional()])
    done_on = DateField(_l("Done on"), [Optional(), not_ahead])
    checked_on = DateField(_l("Its effect was checked on"), [Optional(), not_ahead])
    effect = TextAreaField(_l("What did the check show?"), [AtMost(LONG)])

    def offer(self, people: list[User]) -> None:
        """Offer these people as owners."""
        self.owner_id.choices = [SelectChoice(0, _("Nobody yet"))] + [
            SelectChoice(one.id, one.name or one.email) for one in people
        ]

    def validate_checked_on(self, field: DateField) -> None:
        if field.data and not self.done_on.data:
            raise ValidationError(
                _("Its effect can be checked once it is done. Give the day it was done.")
            )
        if field.data and self.done_on.data and field.data < self.done_on.data:
            raise ValidationError(_("It cannot have been checked before it was done."))

    def validate_effect(self, field: TextAreaField) -> None:
        if self.checked_on.data and not clean(field.data):
            raise ValidationError(_("Say what the check showed."))

    @staticmethod
    def read(measure: Measure) -> dict[str, Any]:
        """What stands in a measure now, as data for this form."""
        names = ("version", "text", "due_on", "done_on", "checked_on", "effect")
        return {name: getattr(measure, name) for name in names} | {
            "owner_id": measure.owner_id or 0
        }

    def words(self) -> dict[str, Any]:
        """What actions.measures takes: the fields by name."""
        names = ("text", "due_on", "done_on", "checked_on", "effect")
        return {name: self[name].data for name in names} | {"owner_id": self.owner_id.data or None}


class DropForm(FlaskForm):
    """Why a measure is let go."""

    reason = TextAreaField(_l("Why is it dropped?"), [DataRequired(), AtMost(2_000)])
