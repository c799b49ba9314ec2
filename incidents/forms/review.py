"""The answers of the public form as its reporter reads them once more before sending."""

from datetime import date
from typing import Any

from flask_babel import gettext as _
from wtforms import Field

from incidents.forms.questions import unsure
from incidents.forms.report import NAMES, ReportForm
from incidents.pages import day, size

# Always shown, answered or not; the others only when they were answered.
ALWAYS = ("reporter", "story", "noticed_how", "kinds", "files")
NOT_SHOWN = ("key", "website", "unsure", "noticed_on", "noticed_at", "noticed", "csrf_token")


def review(form: ReportForm, kept: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of `name` (the question to go back to), `question`, `answer`, in the order asked."""
    rows = []
    for field in form:
        if field.name in NOT_SHOWN or (form.anonymous and field.name in NAMES):
            continue
        answer = _answer(form, field, kept)
        if answer or field.name in ALWAYS or (field.name == "contact" and not form.anonymous):
            text = answer or _("Not said")
            rows.append({"name": field.name, "question": field.label.text, "answer": text})
    return rows


def _answer(form: ReportForm, field: Field, kept: list[dict[str, Any]]) -> str:
    if field.name == "story":
        return field.data or unsure()
    if field.name == "noticed_how":
        return _when(form)
    if field.name == "files":
        return "\n".join(f"{file['name']} ({size(file['size'])})" for file in kept) or _("None")
    if hasattr(field, "choices"):
        chosen = field.data if isinstance(field.data, list) else [field.data]
        return "\n".join(str(c.label) for c in field.choices if c.value in chosen)
    return str(field.data or "").strip()


def _when(form: ReportForm) -> str:
    if form.noticed_how.data == "unknown":
        return _("I do not know")
    said = form.when()
    if said and form.answers().get("noticed_how") == "exact" and form.noticed_on.data:
        try:
            said = day(date.fromisoformat(form.noticed_on.data.strip()))
        except ValueError:
            return said
        return f"{said}, {form.noticed_at.data}" if form.noticed_at.data else said
    return said or ""
