"""What is asked when a letter did not reach somebody, and before mail leaves again."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, RadioField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from incidents.forms.report import AtMost


class ToldForm(FlaskForm):
    """How people were told whose letter failed."""

    how = TextAreaField(
        _l("How were they told, when, and by whom?"), [InputRequired(), AtMost(2_000)]
    )


class ReleaseForm(FlaskForm):
    """Let mail leave again after a backup was restored."""

    mails = RadioField(
        _l("What becomes of the single mails that wait?"),
        [InputRequired(_l("Choose one of the two."))],
        choices=[
            ("cancel", _l("They are never sent: they may have been sent before the restoring")),
            ("send", _l("They are sent")),
        ],
    )
    sure = BooleanField(
        _l("I have looked at what would be sent, and no other copy of this database sends mail"),
        [DataRequired(_l("Confirm this first."))],
    )


class PaperForm(FlaskForm):
    """Set letters on paper."""

    layout = RadioField(
        _l("Where is the window of your envelopes?"),
        [InputRequired(_l("Choose one of the two."))],
        choices=[
            ("NF", _l("On the right, as usual in France (NF Z 11-001)")),
            ("DIN", _l("On the left, as usual in Germany (DIN 5008, form B)")),
        ],
    )


class PostedForm(FlaskForm):
    """Letters on paper were posted."""

    on = DateField(_l("On which day were they posted?"), [InputRequired()])
    how = StringField(_l("By whom, and how?"), [InputRequired(), Length(max=500)])


class SomeToldForm(FlaskForm):
    """Some people were told by phone, in person, or otherwise."""

    way = RadioField(
        _l("How were they told?"),
        [InputRequired(_l("Choose one."))],
        choices=[
            ("phone", _l("By phone")),
            ("person", _l("In person")),
            ("paper", _l("By a letter of their own")),
            ("other", _l("In another way")),
        ],
    )
    how = TextAreaField(_l("When, and by whom?"), [InputRequired(), AtMost(2_000)])


class ProofForm(FlaskForm):
    """Have a proof dossier made."""

    variant = RadioField(
        _l("For whom is it?"),
        [InputRequired(_l("Choose one of the two."))],
        choices=[
            ("sealed", _l("For others: without addresses and names, only keyed hashes")),
            ("open", _l("For your own file: with addresses, names and the mails that came back")),
        ],
    )
    people = TextAreaField(
        _l("Whose exact letters are included? One address a line"), [AtMost(20_000)]
    )
