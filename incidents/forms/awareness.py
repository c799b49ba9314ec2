"""When we became aware, and why then: never filled in beforehand."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, TextAreaField
from wtforms.validators import DataRequired, InputRequired

from incidents.forms.moment import MomentField, not_ahead
from incidents.forms.report import AtMost


class AwarenessForm(FlaskForm):
    """The moment, the argument, and a tick. `sure` is asked only where the moment is doubtful."""

    version = HiddenField()
    moment = MomentField(
        _l("On which day, and at what time?"),
        [InputRequired(_l("Give the day and the time.")), not_ahead],
    )
    reason = TextAreaField(
        _l("What made it certain then?"),
        [DataRequired(_l("Say what made it certain then.")), AtMost(20_000)],
    )
    confirm = BooleanField(
        _l("I confirm that this is when we became aware"),
        [DataRequired(_l("Tick this when you are certain. The clock runs from this moment."))],
    )
    sure = BooleanField(_l("I have checked: this moment is right"))
    sure_of = HiddenField()

    @property
    def is_sure(self) -> bool:
        """Whether the second tick was given for this very moment, not for another one."""
        moment = self.moment.data
        return bool(self.sure.data and moment and self.sure_of.data == moment.isoformat())


class AwarenessChangeForm(AwarenessForm):
    """The same once it was stated: a change needs its reason, and both values stay in the file."""

    why_changed = TextAreaField(
        _l("Why is this changed?"),
        [
            DataRequired(_l("Say why this is changed. The earlier words stay in the file.")),
            AtMost(20_000),
        ],
    )
