"""What a service provider tells its controller by its own link."""

from dataclasses import replace

from flask_babel import lazy_gettext as _l
from wtforms import EmailField, StringField, TextAreaField
from wtforms.validators import DataRequired

from incidents.forms.report import STORY_LIMIT, AtMost, ReportForm
from incidents.intake import Draft
from incidents.models import Processor


class ProviderForm(ReportForm):
    """What a processor must tell without undue delay (GDPR Art. 33(2)), and what its controller
    needs for the authority (Art. 33(3)). Only what happened, and an address, are required."""

    story = TextAreaField(
        _l("What happened?"),
        [DataRequired(_l("Tell us what happened, in a few words.")), AtMost(STORY_LIMIT)],
    )
    noticed = StringField(_l("When did you become aware of it?"), [AtMost(500)])
    data = StringField(
        _l("Which personal data of ours, and of about how many people?"), [AtMost(5000)]
    )
    name = StringField(_l("Your name and role"), [AtMost(200)])
    contact = EmailField(
        _l("Your e-mail address"),
        [DataRequired(_l("Give an address at which we can ask back.")), AtMost(254)],
    )

    def draft_of(self, processor: Processor) -> Draft:
        """The report as the house takes it, marked as this processor's."""
        return replace(self.draft(), reporter="provider", processor=processor.id)
