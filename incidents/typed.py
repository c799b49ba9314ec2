"""What was typed into a form that was refused, to be given back."""

import re
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l

# Never shown again: secrets, and what belongs to the old page.
_SECRET = re.compile(r"csrf_token|password|secret|token|code\b|key\b", re.IGNORECASE)

LABELS = {
    "story": _l("What happened"),
    "summary": _l("What happened"),
    "title": _l("Title"),
    "reason": _l("Reason"),
    "noticed": _l("When it was noticed"),
    "data": _l("Which data"),
    "people": _l("Whose data"),
    "systems": _l("Systems"),
    "text": _l("Text"),
    "subject": _l("Subject"),
    "name": _l("Name"),
    "contact": _l("Contact"),
    "note": _l("Note"),
    "lesson": _l("The lesson learned"),
    "effect": _l("Effect"),
    "consequences": _l("Likely consequences"),
    "factors": _l("Contributing factors"),
    "proof": _l("Proof"),
}


def typed(again: bool = True) -> dict[str, Any]:
    """The texts of this POST as templates/errors/error.html takes them; {} when there are none.

    Texts are shown to be read and sent again; choices and numbers go along unseen. Nothing of
    the pages of login and passwords is given back. `again`: sending it once more can help.
    """
    if request.method != "POST" or (request.endpoint or "").startswith("security."):
        return {}
    shown: dict[str, str] = {}
    along: list[tuple[str, str]] = []
    for name, values in request.form.lists():
        if _SECRET.search(name):
            continue
        if len(values) == 1 and (name in LABELS or " " in values[0].strip()):
            if values[0].strip():
                shown[name] = values[0]
        else:
            along += [(name, value) for value in values]
    if not shown:
        return {}
    url = request.full_path.rstrip("?") if again else None
    return {"kept": shown, "kept_along": along, "kept_labels": LABELS, "kept_url": url}
