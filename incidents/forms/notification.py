"""What the authority asks beside the facts, and how a version was sent, withdrawn or answered."""

from datetime import date
from typing import Any

from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    Field,
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from incidents.forms.count import CountField
from incidents.forms.moment import MomentField, not_ahead
from incidents.forms.report import AtMost, KeyedForm
from incidents.intake import clean, one_line
from incidents.law.portal import Asked, Form

LONG, SHORT = 20_000, 500


class AnswersForm(FlaskForm):
    """The questions of a form that no fact answers; made for the form of one authority."""

    version = HiddenField()

    def answers(self, form: Form) -> dict[str, Any]:
        """What was answered, by question, as JSON holds it."""
        return {
            question.key: _read(question, self[question.key])
            for question in form.fields
            if question.ours
        }


def answers_form(form: Form, stored: dict[str, Any], version: int, **given: Any) -> AnswersForm:
    """One field for each question that is ours to ask, in the form's order, with what is stored."""
    fields = {question.key: _field(question) for question in form.fields if question.ours}
    form_class = type("AnswersForm", (AnswersForm,), fields)
    data = {q.key: _show(q, stored.get(q.key)) for q in form.fields if q.ours}
    return form_class(data=data | {"version": version}, **given)


def _field(question: Asked) -> Field:
    language = str(get_locale())
    text = question.texts[language]
    options = [SelectChoice(one.key, one.texts[language]) for one in question.options]
    if question.kind == "many":
        return SelectMultipleField(
            text,
            choices=options,
            widget=ListWidget(prefix_label=False),
            option_widget=CheckboxInput(),
        )
    if question.kind == "one":
        unknown = SelectChoice("", _l("I don’t know"))
        return SelectField(text, [Optional()], choices=[unknown, *options])
    if question.kind == "number":
        return CountField(text)
    if question.kind == "day":
        ahead = [] if question.key == "informed_on" else [not_ahead]
        return DateField(text, [Optional(), *ahead])
    if question.kind == "line":
        return StringField(text, [AtMost(SHORT)])
    return TextAreaField(text, [AtMost(LONG)])


def _show(question: Asked, value: Any) -> Any:
    return date.fromisoformat(value) if question.kind == "day" and value else value


def _read(question: Asked, field: Field) -> Any:
    value = field.data
    if question.kind == "text":
        return clean(value) or None
    if question.kind == "line":
        return one_line(value, SHORT) or None
    if isinstance(value, date):
        return value.isoformat()
    return None if value in (None, "", []) else value


class FreezeForm(FlaskForm):
    """Which version is made, after which one."""

    phase = HiddenField()
    seen = HiddenField()
    why = TextAreaField(_l("Why was it no breach after all?"), [AtMost(LONG)])


class SentForm(FlaskForm):
    """When a version was filed, and the number the authority gave it."""

    at = MomentField(
        _l("When was it filed?"), [InputRequired(_l("Give the day and the time.")), not_ahead]
    )
    reference = StringField(
        _l("Which number did the authority give it?"), [DataRequired(), AtMost(200)]
    )
    late = TextAreaField(_l("Why was it later than 72 hours?"), [AtMost(LONG)])


KINDS = {
    "request": _l("A request: it asks for something"),
    "order": _l("An order, such as to tell the people (GDPR Art. 34(4))"),
    "reference": _l("A receipt or a file number"),
    "letter": _l("Another letter"),
    "closed": _l("It has closed the case"),
}


class LetterForm(KeyedForm):
    """What the authority wrote."""

    kind = SelectField(
        _l("What is it?"), choices=[SelectChoice(key, text) for key, text in KINDS.items()]
    )
    received_on = DateField(
        _l("When did it come?"), [InputRequired(_l("Give the day.")), not_ahead]
    )
    reference = StringField(_l("Which reference does it carry?"), [AtMost(200)])
    text = TextAreaField(_l("What does it say, or ask?"), [AtMost(LONG)])
    due_on = DateField(_l("By which day does it want an answer?"), [Optional()])

    def validate_due_on(self, field: DateField) -> None:
        if field.data and self.received_on.data and field.data < self.received_on.data:
            raise ValidationError(_l("An answer cannot be due before the letter came."))

    def words(self) -> dict[str, Any]:
        """What actions.authority_letters takes."""
        names = ("kind", "received_on", "reference", "text", "due_on")
        return {name: self[name].data for name in names}


class AnsweredForm(FlaskForm):
    """That a letter was answered: when, and how."""

    on = DateField(_l("When was it answered?"), [InputRequired(_l("Give the day.")), not_ahead])
    text = TextAreaField(_l("What was answered, and how?"), [DataRequired(), AtMost(LONG)])
