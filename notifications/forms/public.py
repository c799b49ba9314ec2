"""What is asked about a public notice: its dates, and why it is withdrawn."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, TextAreaField
from wtforms.validators import DataRequired, InputRequired

from incidents.forms.moment import MomentField
from incidents.forms.report import AtMost


class DatesForm(FlaskForm):
    """From when to when a public notice stands."""

    start = MomentField(_l("From when does it stand on the site?"), [InputRequired()])
    end = MomentField(_l("Until when?"), [InputRequired()])


class PublishForm(FlaskForm):
    """Publish what was approved."""

    sure = BooleanField(
        _l("I have read it as everybody will read it"), [DataRequired(_l("Confirm this first."))]
    )


class WithdrawForm(FlaskForm):
    """Take a public notice away before its end."""

    why = TextAreaField(_l("Why is it withdrawn?"), [InputRequired(), AtMost(2_000)])
