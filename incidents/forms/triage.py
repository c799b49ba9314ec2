"""What becomes of a report: an incident, part of one, or nothing. Each carries the version seen."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy import select
from wtforms import HiddenField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

from incidents.db import db
from incidents.intake import one_line
from incidents.models import Incident, Report, User

OFFERED = 50


class SeenForm(FlaskForm):
    """A form about a report as it stood when the page was made."""

    version = HiddenField()

    @property
    def seen(self) -> int | None:
        """The version of the report that this reader saw."""
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdigit() else None

    def fill(self, report: Report) -> "SeenForm":
        """Begin from the report as it is now."""
        self.version.data = str(report.version)
        return self


class OpenForm(SeenForm):
    """Open an incident from the report."""

    title = TextAreaField(  # one line, but all of it should be seen in a narrow panel
        _l("A short title"),
        [DataRequired(_l("Give the incident a short title.")), Length(max=200)],
    )

    def fill(self, report: Report) -> "SeenForm":
        """The title begins as the subject or the first words, and is there to be changed."""
        self.title.data = first_words(report)
        return super().fill(report)


class JoinForm(SeenForm):
    """Join the report to an incident that is open."""

    incident = SelectField(_l("Which incident?"), validate_choice=False)
    reference = StringField(_l("Or its reference"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        columns = select(Incident.reference, Incident.title).where(Incident.stage != "closed")
        rows = db.session.execute(columns.order_by(Incident.id.desc()).limit(OFFERED))
        self.incident.choices = [
            SelectChoice("", _("Choose")),
            *(SelectChoice(reference, f"{reference} · {title}") for reference, title in rows),
        ]

    def validate_reference(self, field: StringField) -> None:
        """One of the two names an incident; the one that was typed goes first."""
        if self.found() is not None:
            return
        if field.data or self.incident.data:
            raise ValidationError(
                _("There is no incident of this reference. It looks like BR-2026-014.")
            )
        raise ValidationError(_("Choose an incident, or type its reference."))

    def found(self) -> Incident | None:
        """The incident that was named."""
        name = (one_line(self.reference.data, 20) or self.incident.data or "").upper()
        return db.session.scalar(select(Incident).where(Incident.reference == name))


class AsideForm(SeenForm):
    """Set the report aside."""

    reason = TextAreaField(
        _l("Why is it not an incident?"),
        [DataRequired(_l("Say in a few words why this is not an incident.")), Length(max=5000)],
    )


class PartForm(SeenForm):
    """Take the report out of its incident."""

    reason = TextAreaField(
        _l("Why does it not belong there?"),
        [DataRequired(_l("Say in a few words why it does not belong there.")), Length(max=5000)],
    )


class ManyAsideForm(FlaskForm):
    """Set several reports aside with one reason."""

    reason = TextAreaField(
        _l("Why are they no incident?"),
        [DataRequired(_l("Say in a few words why they are no incident.")), Length(max=5000)],
    )


class NameForm(FlaskForm):
    """The name of a filter that is kept."""

    name = StringField(_l("Name of this filter"), [Length(max=60)])


class AssignForm(FlaskForm):
    """Who sees to a report."""

    assignee = SelectField(_l("Who sees to it?"), coerce=int, validate_choice=False)

    def offer(self, people: Iterable[User]) -> "AssignForm":
        """Offer these people, and nobody."""
        self.assignee.choices = [SelectChoice(0, _("Nobody yet"))] + [
            SelectChoice(one.id, one.name or one.email) for one in people
        ]
        return self


def first_words(report: Report, limit: int = 90) -> str:
    """What a report is about in one line: its subject, else how it begins.

    Cut at a word where the line is too long.
    """
    words = one_line(report.subject) or one_line(report.story, limit * 2) or ""
    if len(words) <= limit:
        return words
    return words[: limit - 1].rsplit(" ", 1)[0].rstrip(" ,;:.") + "…"
