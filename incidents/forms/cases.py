"""The small forms of an incident's own page: open, move, close, note, hand over."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired

from incidents.forms.moment import MomentField, not_ahead
from incidents.forms.report import AtMost, KeyedForm
from incidents.models import User
from incidents.workflow import STAGE_NAMES, moves, next_stage


class OpenForm(KeyedForm):
    """An incident without a report: three questions; the rest is asked on its own page."""

    title = StringField(_l("Short title"), [DataRequired(), AtMost(200)])
    summary = TextAreaField(_l("What happened?"), [AtMost(20_000)])
    noticed_at = MomentField(_l("When was it noticed?"), [not_ahead])


class MoveForm(FlaskForm):
    """One stage on, or, with a reason, back. `lesson` is asked when the next stage is the end."""

    to = SelectField(_l("To which stage?"), validate_choice=False)
    reason = StringField(_l("Why does it go back?"), [AtMost(2_000)])
    lesson = TextAreaField(_l("What did we learn from it?"), [AtMost(20_000)])

    def offer(self, stage: str) -> None:
        """Offer the stages that lie behind `stage`."""
        onward = next_stage(stage)
        self.to.choices = [
            SelectChoice(name, _l(STAGE_NAMES[name])) for name in moves(stage) if name != onward
        ]


class NoteForm(FlaskForm):
    """A line for the story. It cannot be changed afterwards."""

    text = TextAreaField(_l("Add a note"), [DataRequired(), AtMost(20_000)])


class OwnerForm(FlaskForm):
    """Who sees to this incident."""

    owner = SelectField(_l("Owner"), coerce=int)
    version = HiddenField()

    def offer(self, people: list[User]) -> None:
        """Offer these people."""
        self.owner.choices = [SelectChoice(one.id, one.name or one.email) for one in people]
