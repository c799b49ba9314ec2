"""What is asked when a letter did not reach somebody."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import InputRequired

from incidents.forms.report import AtMost


class ToldForm(FlaskForm):
    """How people were told whose letter failed."""

    how = TextAreaField(
        _l("How were they told, when, and by whom?"), [InputRequired(), AtMost(2_000)]
    )
