"""Why it happened: the category, five times why, and what helped it along."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from incidents.forms.report import AtMost
from incidents.intake import clean, one_line
from incidents.models import Incident
from incidents.workflow import CAUSES

WHYS = ("why1", "why2", "why3", "why4", "why5")


class CauseForm(FlaskForm):
    """Each why asks for the reason of the answer before; one answer is enough to go on."""

    version = HiddenField()
    cause = RadioField(
        _l("What kind of cause is it?"),
        [Optional()],
        choices=[SelectChoice(key, _l(text)) for key, text in CAUSES.items()],
    )
    why1 = StringField(_l("Why did it happen?"), [AtMost(1_000)])
    why2 = StringField(_l("And why was that?"), [AtMost(1_000)])
    why3 = StringField(_l("And why that?"), [AtMost(1_000)])
    why4 = StringField(_l("Once more: why?"), [AtMost(1_000)])
    why5 = StringField(_l("And the root of it?"), [AtMost(1_000)])
    factors = TextAreaField(_l("What helped it to happen?"), [AtMost(20_000)])

    @staticmethod
    def read(incident: Incident) -> dict[str, Any]:
        """What stands in an incident now, as data for this form."""
        answers = (list(incident.whys or []) + [""] * len(WHYS))[: len(WHYS)]
        return dict(zip(WHYS, answers, strict=True)) | {
            "version": incident.version,
            "cause": incident.cause,
            "factors": incident.factors,
        }

    def changes(self) -> dict[str, Any]:
        """What to set on the incident: attributes by name."""
        answers = [one_line(self[name].data, 1_000) for name in WHYS]
        return {
            "cause": self.cause.data or None,
            "whys": [answer for answer in answers if answer] or None,
            "factors": clean(self.factors.data),
        }
