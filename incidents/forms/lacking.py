"""What a complete notification still lacks, where one page can ask for it: GDPR Art. 33(3)."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, TextAreaField

from incidents.forms.count import CountField
from incidents.forms.keyed import AtMost, KeyedForm

LONG = 20_000
ASKED = {"records", "consequences", "done"}


class LackingForm(KeyedForm):
    """One field for each answer that may be missing; those that are there are left out."""

    version = HiddenField()
    records = CountField(_l("How many records, about?"))
    consequences = TextAreaField(_l("What may happen to the people because of it?"), [AtMost(LONG)])
    done = TextAreaField(_l("What is done, or will be done?"), [AtMost(LONG)])
    done_already = BooleanField(_l("It is done already"))

    def only(self, missing: set[str]) -> "LackingForm | None":
        """The form without what is there already and was not typed; None if nothing is left."""
        asked = {name for name in ASKED if name in missing or self[name].data}
        for name in ASKED - asked:
            del self[name]
        if "done" not in self:
            del self.done_already
        return self if asked else None
