"""Citations in the reader's language: a place in a text is data, the name of the text is words."""

import re

from flask_babel import gettext as _

from incidents.intake import N_

WORDS = (
    N_("EDPB Guidelines"),
    N_("Delegated Regulation (EU)"),
    N_("Regulation (EU)"),
    N_("Directive (EU)"),
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
_BETWEEN = r"(?= (?:\d|[IVXivx]+\b))"  # "and" joins two places; in the name of a law it stays
_NAMED = re.compile(
    "|".join(
        rf"(?<!\w){re.escape(word)}(?!\w)" + (_BETWEEN if word == "and" else "") for word in WORDS
    )
)


def cite(rule: str | None) -> str:
    """ "GDPR Art. 33(1); recital 85" as the reader's language writes it."""
    return _NAMED.sub(lambda found: _(found.group()), rule or "")
