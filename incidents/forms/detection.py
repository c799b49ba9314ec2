"""What happened: the facts of the first stage."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    HiddenField,
    RadioField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired
from wtforms.widgets import CheckboxInput, ListWidget

from incidents.forms.count import CountField
from incidents.forms.moment import MomentField, not_ahead
from incidents.forms.report import AtMost
from incidents.intake import clean, one_line
from incidents.models import Incident, Processor

LONG = 200_000
# GDPR Art. 4(12), and the three kinds of EDPB Guidelines 9/2022, I.B.2.
BREACHES = [
    SelectChoice("confidentiality", _l("Confidentiality: somebody saw what was not for them")),
    SelectChoice("integrity", _l("Integrity: data was changed that should not have been")),
    SelectChoice("availability", _l("Availability: data was lost, destroyed or out of reach")),
]
SURE = [
    SelectChoice("exact", _l("Exactly")),
    SelectChoice("about", _l("About")),
    SelectChoice("unknown", _l("I don’t know yet")),
]


class ManyField(SelectMultipleField):
    """Several of a few: check boxes, which need no held key and work by touch."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class DetectionForm(FlaskForm):
    """Everything is optional but the title: incomplete is fine, and can be saved again."""

    version = HiddenField()
    title = StringField(_l("Short title"), [DataRequired(), AtMost(200)])
    summary = TextAreaField(_l("What happened?"), [AtMost(LONG)])
    began_sure = RadioField(
        _l("Do you know when it began?"), choices=SURE, default="unknown", validate_choice=True
    )
    began_at = MomentField(_l("It began"), [not_ahead], day_alone=True)
    ended_at = MomentField(_l("It ended"), [not_ahead])
    noticed_at = MomentField(_l("It was noticed"), [not_ahead])
    breach_types = ManyField(_l("What kind of breach is it?"), choices=BREACHES)
    which_data = TextAreaField(_l("Which data are concerned?"), [AtMost(LONG)])
    whose_data = TextAreaField(_l("Whose data are they?"), [AtMost(LONG)])
    subject_count = CountField(_l("How many people, about?"))
    record_count = CountField(_l("How many records, about?"))
    systems = TextAreaField(_l("Which systems are concerned?"), [AtMost(LONG)])
    processor_ids = ManyField(_l("Which service providers are concerned?"), coerce=int)

    def offer(self, processors: list[Processor]) -> None:
        """Offer these service providers to choose from."""
        self.processor_ids.choices = [
            SelectChoice(one.id, f"{one.name}: {one.service}" if one.service else one.name)
            for one in processors
        ]

    def validate_began_at(self, field: MomentField) -> None:
        if self.began_sure.data == "unknown":
            return
        if field.data is None and not field.errors and not field.process_errors:
            raise ValidationError(_("Give the day, or say that you don’t know yet."))
        if self.began_sure.data == "exact" and field.data is not None and not field.time:
            raise ValidationError(_("Give the time, too, or choose “About”."))
        if field.data and self.noticed_at.data and field.data > self.noticed_at.data:
            raise ValidationError(_("It cannot have begun after it was noticed."))

    def validate_ended_at(self, field: MomentField) -> None:
        began = self.began_at.data if self.began_sure.data != "unknown" else None
        if field.data and began and field.data < began:
            raise ValidationError(_("It cannot have ended before it began."))

    def refuse_after_awareness(self, incident: Incident) -> bool:
        """Whether noticing was put after awareness; the field then says so."""
        noticed, aware = self.noticed_at.data, incident.aware_at
        if noticed is None or aware is None or noticed <= aware:
            return False
        self.noticed_at.errors = [
            _("We became aware before this. Correct this moment, or that of awareness.")
        ]
        return True

    @staticmethod
    def read(incident: Incident) -> dict[str, Any]:
        """What stands in an incident now, as data for this form."""
        names = ("title", "summary", "began_sure", "began_at", "ended_at", "noticed_at")
        more = ("record_count", "systems", "processor_ids", "version")
        return {name: getattr(incident, name) for name in names + more} | {
            "which_data": incident.data,
            "whose_data": incident.people,
            "breach_types": incident.facts.get("breach_types") or [],
            "subject_count": incident.facts.get("subject_count"),
        }

    def changes(self, incident: Incident) -> dict[str, Any]:
        """What to set on the incident: attributes by name, the law's facts merged into `facts`."""
        facts = dict(incident.facts)
        for name, value in (
            ("breach_types", sorted(self.breach_types.data or [])),
            ("subject_count", self.subject_count.data),
        ):
            if value is None or value == []:
                facts.pop(name, None)
            else:
                facts[name] = value
        known = self.began_sure.data != "unknown"
        return {
            "title": one_line(self.title.data),
            "summary": clean(self.summary.data),
            "began_sure": self.began_sure.data,
            "began_at": self.began_at.data if known else None,
            "ended_at": self.ended_at.data,
            "noticed_at": self.noticed_at.data,
            "data": clean(self.which_data.data),
            "people": clean(self.whose_data.data),
            "record_count": self.record_count.data,
            "systems": clean(self.systems.data),
            "processor_ids": sorted(self.processor_ids.data or []),
            "facts": facts,
        }
