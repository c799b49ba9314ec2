"""Two versions side by side: what somebody typed, and what another one has saved meanwhile."""

from datetime import date, datetime
from typing import Any

from flask_babel import format_decimal
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import Field

from incidents import pages


def words(field: Field) -> str:
    """The answer to one question as a reader would say it; empty when there is none."""
    value = field.data
    if value is None or value == "" or value == []:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if hasattr(field, "iter_choices"):
        return ", ".join(str(choice.label) for choice in field.iter_choices() if choice.selected)
    if isinstance(value, datetime):
        return pages.moment(value)
    if isinstance(value, int):
        return format_decimal(value)
    return pages.day(value) if isinstance(value, date) else str(value)


def differences(typed: FlaskForm, stored: FlaskForm) -> list[dict[str, Any]]:
    """Where two fillings of one form differ: dicts of question, typed and stored (texts), id."""
    rows = []
    for field in typed:
        if getattr(field.widget, "input_type", "") in ("hidden", "submit"):
            continue
        mine, theirs = words(field), words(stored[field.name])
        if mine != theirs:
            rows.append(
                {"question": field.label.text, "typed": mine, "stored": theirs, "id": field.id}
            )
    return rows
