"""What staff write to a reporter."""

import secrets

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, TextAreaField
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
    in_mail = BooleanField(_l("Put these words into the mail, too"))
    key = HiddenField(default=lambda: secrets.token_hex(16))


class NewsForm(FlaskForm):
    """What the reporters of a case hear of it, before it goes."""

    text = TextAreaField(
        _l("What do they hear?"),
        [Length(max=20_000, message=_l("This is too long for one mail."))],
    )
