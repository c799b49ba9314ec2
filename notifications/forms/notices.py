"""What is asked while a letter is worded, its people are gathered, and it is approved."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length

from incidents.forms.report import KeyedForm
from notifications.elements import BODY_LIMIT, SUBJECT_LIMIT
from notifications.recipients import addresses
from notifications.recipients.columns import Columns

NOTHING = "-"


class Wanted:
    """Marks a question as one that needs an answer, where the letter may still be kept without."""

    field_flags = {"required": True}

    def __call__(self, form: FlaskForm, field: Any) -> None:
        """Nothing is refused here; what is missing blocks the approval."""


class DraftForm(KeyedForm):
    """Begin a letter."""

    written_in = RadioField(_l("In which language is the incident described?"), [Wanted()])

    def offer(self, languages: Sequence[tuple[str, str]], first: str) -> "DraftForm":
        """The languages to choose from, as (code, name), and the one that is likely."""
        self.written_in.choices = list(languages)
        if self.written_in.data is None:
            self.written_in.data = first
        return self


class TextForm(FlaskForm):
    """The words of a letter in one language. Half a text may be kept."""

    subject = StringField(_l("Subject"), [Wanted(), Length(max=SUBJECT_LIMIT)])
    body = TextAreaField(_l("Letter"), [Wanted(), Length(max=BODY_LIMIT)])
    version = HiddenField()

    @property
    def seen(self) -> int:
        """The version on which this edit was begun; -1 for none."""
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


class UploadForm(FlaskForm):
    """A list of people as a file."""

    file = FileField(
        _l("List of people (CSV)"), [FileRequired(_l("Choose the file with the list first."))]
    )


class ColumnsForm(FlaskForm):
    """Which column of a list is what."""

    address = SelectField(_l("E-mail address"), [Wanted()])
    name = SelectField(_l("Whole name"))
    first = SelectField(_l("First name"))
    last = SelectField(_l("Last name"))
    language = SelectField(_l("Language"))
    named = BooleanField(_l("The first row names the columns and is no person"))

    parts = ("address", "name", "first", "last", "language")

    def offer(self, header: Sequence[str], columns: Columns | None) -> "ColumnsForm":
        """The columns of the file; `columns` is what they were taken for, when nobody chose yet."""
        choices = [(NOTHING, _("not in this file"))]
        for number, cell in enumerate(header):
            shown = addresses.masked(cell) if "@" in cell else cell[:60]
            label = f"{number + 1}: {shown}" if shown else str(number + 1)
            choices.append((str(number), label))
        for part in self.parts:
            field = self[part]
            field.choices = choices
            if columns is not None:
                number = getattr(columns, part)
                field.data = NOTHING if number is None else str(number)
        if columns is not None:
            self.named.data = columns.named
        return self

    def validate_address(self, field: Any) -> None:
        """Without an address nobody can be written to."""
        if field.data == NOTHING:
            raise ValidationError(_("Say which column holds the addresses."))

    def columns(self) -> Columns:
        """What was chosen."""
        chosen = {part: self[part].data for part in self.parts}
        numbers = {part: None if n == NOTHING else int(n) for part, n in chosen.items()}
        return Columns(**numbers, named=bool(self.named.data))


class PersonForm(FlaskForm):
    """One person, added by hand."""

    address = StringField(
        _l("E-mail address"), [DataRequired(_l("Write the address.")), Length(max=320)]
    )
    name = StringField(_l("Name"), [Length(max=200)])
    language = SelectField(_l("Language of the letter"), [Wanted()])


class FindForm(FlaskForm):
    """One person, looked up by the whole address."""

    address = StringField(
        _l("Whole e-mail address"), [DataRequired(_l("Write the whole address.")), Length(max=320)]
    )


class ApproveForm(FlaskForm):
    """The controller's word for exactly what the page shows."""

    seen = HiddenField(validators=[DataRequired()])
    sure = BooleanField(
        _l("I have read the letter as people will get it, and the list is right."),
        [InputRequired(_l("Tick this when you have read the letter and checked the list."))],
    )
