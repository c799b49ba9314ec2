"""What is asked when a letter did not reach somebody, and before mail leaves again."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, TextAreaField
from wtforms.validators import DataRequired, InputRequired

from incidents.forms.report import AtMost


class ToldForm(FlaskForm):
    """How people were told whose letter failed."""

    how = TextAreaField(
        _l("How were they told, when, and by whom?"), [InputRequired(), AtMost(2_000)]
    )


class ReleaseForm(FlaskForm):
    """Let mail leave again after a backup was restored."""

    mails = RadioField(
        _l("What becomes of the single mails that wait?"),
        [InputRequired(_l("Choose one of the two."))],
        choices=[
            ("cancel", _l("They are never sent: they may have been sent before the restoring")),
            ("send", _l("They are sent")),
        ],
    )
    sure = BooleanField(
        _l("I have looked at what would be sent, and no other copy of this database sends mail"),
        [DataRequired(_l("Confirm this first."))],
    )
