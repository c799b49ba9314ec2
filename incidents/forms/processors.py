"""Questions about service providers."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

# Why personal data may go to a processor outside the EEA (GDPR Art. 44 to 49).
TRANSFERS = {
    "": _l("Not written down yet"),
    "none": _l("They do not leave it"),
    "adequacy": _l("An adequacy decision (GDPR Art. 45)"),
    "dpf": _l("The EU-US Data Privacy Framework (GDPR Art. 45)"),
    "scc": _l("Standard contractual clauses (GDPR Art. 46(2)(c))"),
    "bcr": _l("Binding corporate rules (GDPR Art. 47)"),
    "derogation": _l("A derogation for a specific situation (GDPR Art. 49)"),
}


class ProcessorForm(FlaskForm):
    """One service provider that handles personal data for the organisation."""

    name = StringField(_l("What is it called?"), [InputRequired(), Length(max=100)])
    service = StringField(_l("What does it do for you?"), [Length(max=300)])
    data = StringField(_l("What personal data does it hold?"), [Length(max=500)])
    contact = StringField(_l("Whom do you reach there about a breach?"), [Length(max=300)])
    country = StringField(
        _l("In which country is it established?"),
        [Optional(), Regexp(r"^[A-Za-z]{2}$", message=_l("Two letters, for example US or FR."))],
        filters=[lambda text: (text or "").strip().upper()],
    )
    notice_hours = IntegerField(
        _l("Within how many hours must it tell you of a breach, by your contract?"),
        [Optional(), NumberRange(min=1, max=8_760)],
    )
    transfer = SelectField(
        _l("On what basis do data leave the European Economic Area?"),
        choices=[SelectChoice(key, words) for key, words in TRANSFERS.items()],
        filters=[lambda key: key or ""],
    )
    active = BooleanField(_l("It works for us today"), default=True)

    def values(self) -> dict[str, Any]:
        """The row as `actions.organisation.save_processor` takes it."""
        # Field by field: a field of this form is called "data", as the dict of all of them is.
        return {field.name: field.data for field in self if field.name != "csrf_token"}
