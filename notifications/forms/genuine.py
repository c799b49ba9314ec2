"""What is asked on the two public pages against copies."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, StringField, ValidationError
from wtforms.validators import DataRequired, Length

from notifications.recipients import addresses


class CodeForm(FlaskForm):
    """The code of a letter, however it is typed."""

    code = StringField(
        _l("Which code does the letter show?"),
        [DataRequired(_l("Type the code of the letter.")), Length(max=100)],
    )


class AddressForm(FlaskForm):
    """The address that is answered."""

    address = EmailField(
        _l("What is your e-mail address?"),
        [DataRequired(_l("Type your e-mail address.")), Length(max=320)],
    )

    def validate_address(self, field: EmailField) -> None:
        """Whatever is no address gets no answer."""
        try:
            field.data = addresses.check(field.data or "")
        except addresses.BadAddress as error:
            raise ValidationError(_(str(error))) from error
