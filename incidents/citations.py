"""Citations in the reader's language: a place in a text is data, the name of the text is words."""

import re

from flask_babel import gettext as _

from incidents.intake import N_

WORDS = (
    N_("EDPB Guidelines"),
    N_("GDPR Art."),
    N_("GDPR recital"),
    N_("GDPR"),
    N_("Art."),
    N_("Annex"),
    N_("recital"),
    N_("sections"),
    N_("section"),
    N_("and"),
)
_NAMED = re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in WORDS))


def cite(rule: str | None) -> str:
    """ "GDPR Art. 33(1); recital 85" as the reader's language writes it."""
    return _NAMED.sub(lambda found: _(found.group()), rule or "")
