"""The facts as questions, drawn from the law's own list; and the controller's decision."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import (
    DecimalField,
    Field,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from incidents.asking import TOGETHER
from incidents.forms.moment import MomentField, not_ahead
from incidents.law.questions import Question, questions
from incidents.law.reading import KINDS
from incidents.usual import follows, stated

FEW = 5  # so many answers stand side by side; of more one is chosen from a list


class FactsForm(FlaskForm):
    """Every fact as a question; an open answer is always possible.

    Beside its fields it may be posted `kind`, the kind of incident as a button; `usual`, the
    sentences that were ticked; and `rest`, keys whose questions are answered "no" together.
    """

    def facts(self, posted: MultiDict[str, str]) -> dict[str, Any]:
        """What was answered, in the law's vocabulary; what is open is left out.

        What was answered one by one stands before what was answered together.
        """
        found = {}
        for question in questions():
            given = _read(question, self[question.key])
            if given is not None:
                found[question.key] = given
        if (kind := posted.get("kind")) in KINDS["incident_type"].known:
            found.setdefault("incident_type", kind)
        found = {**stated(posted.getlist("usual"), found.get("incident_type")), **found}
        found = {**follows(found), **found}
        no = {key: False for key in " ".join(posted.getlist("rest")).split() if key in TOGETHER}
        return {**no, **found}

    def holds(self, key: str) -> bool:
        """Whether a question has an answer here, kept or only typed, or a mistake to put right."""
        field = self[key]
        return bool(field.errors or field.data or (field.raw_data and any(field.raw_data)))


def facts_form(stored: Mapping[str, Any], **given: Any) -> FactsForm:
    """The form with one field a question, filled from what is stored and then from the request;
    `formdata=None` for a page on which another form was sent."""
    form_class = type("FactsForm", (FactsForm,), {q.key: _field(q, stored) for q in questions()})
    data = {q.key: _show(q, stored.get(q.key)) for q in questions()}
    return form_class(data=data, **given)


def _field(question: Question, stored: Mapping[str, Any]) -> Field:
    text, kind = _(question.text), question.kind
    if kind == "bool":
        words = (("yes", _("Yes")), ("no", _("No")), ("", _("I don’t know")))
        return RadioField(text, [Optional()], choices=[SelectChoice(*word) for word in words])
    if kind == "multi":
        known = [SelectChoice(key, _(word)) for key, word in question.choices]
        # A value that came by another way, such as the command line, is kept and shown.
        strange = set(stored.get(question.key) or ()) - {choice.value for choice in known}
        return SelectMultipleField(
            text,
            choices=[*known, *(SelectChoice(word, word) for word in sorted(strange))],
            widget=ListWidget(prefix_label=False),
            option_widget=CheckboxInput(),
        )
    if kind == "int":
        return IntegerField(text, [Optional(), NumberRange(min=0, max=KINDS[question.key].most)])
    if kind == "number":
        return DecimalField(text, [Optional(), NumberRange(min=0, max=KINDS[question.key].most)])
    known = [SelectChoice(key, _(word)) for key, word in question.choices]
    unknown = SelectChoice("", _("I don’t know"))
    if len(known) > FEW:
        return SelectField(text, [Optional()], choices=[unknown, *known])
    return RadioField(text, [Optional()], choices=[*known, unknown])


def _show(question: Question, value: Any) -> Any:
    if question.kind == "bool":
        return {True: "yes", False: "no"}.get(value, "")
    if question.kind in ("choice", "text"):
        return value or ""
    return value


def _read(question: Question, field: Field) -> Any:
    value = field.data
    if question.kind == "bool":
        return {"yes": True, "no": False}.get(value)
    if question.kind == "multi":
        return list(value) or None
    if question.kind == "number":
        return None if value is None else float(value)
    return None if value in ("", None) else value


YES_NO = [SelectChoice("yes", _l("Yes")), SelectChoice("no", _l("No"))]


class DecisionForm(FlaskForm):
    """The controller's decision on the result shown."""

    authority = RadioField(
        _l("Do you tell the supervisory authority?"),
        [InputRequired(_l("Choose yes or no."))],
        choices=YES_NO,
    )
    subjects = RadioField(
        _l("Do you tell the people concerned?"),
        [InputRequired(_l("Choose yes or no."))],
        choices=YES_NO,
    )
    reason = TextAreaField(_l("Why do you decide so?"), [Optional(), Length(max=20_000)])


class MetForm(FlaskForm):
    """That a duty was met: when, and how it can be proved."""

    at = MomentField(
        _l("When was it done?"), [InputRequired(_l("Give the day and the time.")), not_ahead]
    )
    proof = TextAreaField(_l("How was it done?"), [InputRequired(), Length(max=5_000)])
    late = TextAreaField(_l("Why was it later than 72 hours?"), [Optional(), Length(max=20_000)])


class WithdrawForm(FlaskForm):
    """That a duty falls away."""

    reason = TextAreaField(
        _l("Why is this not due any more?"), [InputRequired(), Length(max=20_000)]
    )
