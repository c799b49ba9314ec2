"""What is asked while a letter is worded, its people are gathered, and it is approved."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length

from incidents.forms.report import KeyedForm
from notifications.studio.elements import BODY_LIMIT, SUBJECT_LIMIT


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
    numbers: tuple[int, ...] = ()

    @classmethod
    def of(cls, parts: Mapping[int, str], public: bool, **data: Any) -> "TextForm":
        """The form with a field for the part of each group. `parts`: group number -> words."""
        fields = {
            part_name(number): TextAreaField(_l("What concerns them"), [Length(max=BODY_LIMIT)])
            for number in parts
        }
        made = type("TextForm", (cls,), {**fields, "numbers": tuple(parts)})
        data |= {part_name(number): words for number, words in parts.items()}
        form = made(data=data)
        if public:
            form.body.label.text = _("Text of the notice")
        return form

    @property
    def parts(self) -> dict[int, str]:
        """The parts as they stand in the form."""
        words = {number: self[part_name(number)].data for number in self.numbers}
        return {number: (text or "").replace("\r\n", "\n") for number, text in words.items()}

    @property
    def seen(self) -> int:
        """The version on which this edit was begun; -1 for none."""
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def part_name(number: int) -> str:
    """The name of the field for the part of a group."""
    return f"part_{number}"


class UploadForm(FlaskForm):
    """A list of people as a file."""

    file = FileField(
        _l("List of people (CSV or XLSX)"),
        [FileRequired(_l("Choose the file with the list first."))],
    )


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


PROVE = DataRequired(_l("Prove once more who you are."))


class ExportForm(FlaskForm):
    """The controller's proof, once more, before a list leaves."""

    answer = StringField(_l("Your password"), [PROVE, Length(max=320)])

    def ask(self, again: str) -> "ExportForm":
        """Ask for `again`, "code" or "password"."""
        if again == "code":
            self.answer.label.text = _l("Code from your authenticator app")
        return self


class ApproveForm(FlaskForm):
    """The controller's word for exactly what the page shows, and that it is she who says so."""

    seen = HiddenField(validators=[DataRequired()])
    sure = BooleanField(
        _l("I have read the letter as people will get it, and the list is right."),
        [InputRequired(_l("Tick this when you have read the letter and checked the list."))],
    )
    code = StringField(_l("Code from your authenticator app"), [Length(max=20)])
    password = PasswordField(_l("Your password"), [Length(max=200)])

    def ask(self, again: str, public: bool) -> "ApproveForm":
        """Keep the question by which this person proves who she is: "code" or "password".

        A public notice has dates instead of a list.
        """
        if public:
            self.sure.label.text = _(
                "I have read the notice as everybody will, and its dates are right."
            )
            self.sure.validators = [
                InputRequired(_("Tick this when you have read the notice and its dates."))
            ]
        del self[{"code": "password", "password": "code"}[again]]
        # Said to be required, but not refused here: an empty answer is a wrong one, and is noted.
        self[again].flags.required = True
        return self
