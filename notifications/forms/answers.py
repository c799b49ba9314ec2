"""What staff write to a reporter."""

import secrets

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, TextAreaField
from wtforms.validators import DataRequired, Length


class AnswerForm(FlaskForm):
    """One answer. Its key makes a second click harmless."""

    text = TextAreaField(
        _l("What should the reporter know?"),
        [
            DataRequired(_l("Write what the reporter should know.")),
            Length(max=20_000, message=_l("This is too long for one mail.")),
        ],
    )
    key = HiddenField(default=lambda: secrets.token_hex(16))
