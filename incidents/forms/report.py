"""How a report is told on a page: by anyone, or in short by staff."""

from datetime import date, time
from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask import request
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    EmailField,
    MultipleFileField,
    RadioField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Optional
from wtforms.widgets import CheckboxInput, DateInput, ListWidget, TimeInput

from incidents.actions.held import held
from incidents.db import now
from incidents.errors import too_large_words
from incidents.forms.keyed import AtMost, KeyedForm
from incidents.forms.moment import today
from incidents.forms.questions import (
    ASKED,
    GOING_ON,
    HOW_SURE,
    KINDS,
    PEOPLE,
    WHO,
    WHOSE,
    unsure,
)
from incidents.intake import REPORTERS, Draft, File, clean, one_line
from incidents.models import HeldFile
from incidents.pages import zone
from incidents.uploads import left_out

STORY_LIMIT = 100_000
FILES_LIMIT = 20
# What says who somebody is: not asked of those who want to stay unknown, and not kept if sent.
NAMES = frozenset({"name", "contact"})


def _choices(words: dict[str, Any]) -> list[SelectChoice]:
    return [SelectChoice(key, text) for key, text in words.items()]


class ReportForm(KeyedForm):
    """What anyone may tell us. Only the story is required, and that may be "I do not know"."""

    reporter = RadioField(_l("Who are you?"), choices=_choices(WHO), validate_choice=False)
    story = TextAreaField(_l("What happened?"), [AtMost(STORY_LIMIT)])
    unsure = BooleanField(_l("I do not know what happened. Something seems to be wrong."))
    noticed_how = RadioField(
        _l("When did you notice it?"), choices=_choices(HOW_SURE), validate_choice=False
    )
    noticed_on = StringField(_l("On which day?"), [AtMost(30)], widget=DateInput())
    noticed_at = StringField(_l("At what time?"), [AtMost(30)], widget=TimeInput())
    noticed = StringField(_l("About when?"), [AtMost(500)])
    kinds = SelectMultipleField(
        _l("What data is it about?"),
        choices=_choices(KINDS),
        validate_choice=False,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    data = StringField(_l("Anything else about the data"), [AtMost(5000)])
    whose = RadioField(ASKED["whose"][0], choices=_choices(WHOSE), validate_choice=False)
    people = RadioField(ASKED["people"][0], choices=_choices(PEOPLE), validate_choice=False)
    going_on = RadioField(ASKED["going_on"][0], choices=_choices(GOING_ON), validate_choice=False)
    done = StringField(ASKED["done"][0], [AtMost(5000)])
    company = StringField(ASKED["company"][0], [AtMost(200)])
    their_reference = StringField(ASKED["their_reference"][0], [AtMost(200)])
    files = MultipleFileField(_l("Files that show it"))
    name = StringField(_l("Your name"), [AtMost(200)])
    contact = EmailField(_l("Your e-mail address"), [Optional(), AtMost(254)])
    website = StringField("Website")  # left empty by people, who do not see it

    _uploads: tuple[File, ...] | None = None

    @property
    def anonymous(self) -> bool:
        """Whether the reporter asked to stay unknown."""
        return self.reporter.data == "anonymous"

    def validate_story(self, field: Any) -> None:
        """Something, or the word that nothing is known."""
        unsure = self.unsure.data if self.unsure else False
        if not (field.data or "").strip() and not unsure:
            raise ValidationError(
                _("Tell us what happened, in a few words, or tick that you do not know.")
            )

    def validate_noticed_on(self, field: Any) -> None:
        """A day that was, where a day was meant."""
        if self.noticed_how.data in ("about", "unknown"):
            return
        if not field.data:
            return  # the next page says that nothing was said
        try:
            day = date.fromisoformat(field.data.strip())
        except ValueError:
            raise ValidationError(_("This is no day. Write it as in 2026-11-23.")) from None
        if day > today():
            raise ValidationError(_("This lies in the future."))
        if day.year < 1990:
            raise ValidationError(_("Check the year."))

    def validate_noticed_at(self, field: Any) -> None:
        """A time that was, where a day was given."""
        if self.noticed_how.data in ("about", "unknown") or not field.data:
            return
        try:
            clock = time.fromisoformat(field.data.strip())
        except ValueError:
            raise ValidationError(_("This is no time. Write it as in 14:05.")) from None
        here = now().astimezone(zone())
        if self.noticed_on.data == here.date().isoformat() and clock.replace(tzinfo=None) > (
            here.time()
        ):
            raise ValidationError(_("This lies in the future."))

    def validate_contact(self, field: Any) -> None:
        """An address that can be answered; its text stands for nothing else."""
        if self.anonymous:
            return  # it is not kept
        try:
            validate_email(field.data.strip(), check_deliverability=False)
        except EmailNotValidError as error:
            raise ValidationError(
                _(
                    "We could not answer to this address. Write it like name@example.org, "
                    "or leave it empty."
                )
            ) from error

    def validate_files(self, field: Any) -> None:
        """Every file was taken: none too large, not too many."""
        if words := too_large_words():
            raise ValidationError(
                " ".join([*words, _("Send the report without it and say that you have it.")])
            )
        if len(self.uploads()) + len(self.kept()) > FILES_LIMIT:
            raise ValidationError(
                _("These are more than %(limit)s files. Put them into one archive.", limit=20)
            )

    def uploads(self) -> tuple[File, ...]:
        """The files that came with this request, each once. Their names carry no folder."""
        if self._uploads is not None:
            return self._uploads
        files: dict[tuple[str, str], File] = {}
        for sent in request.files.getlist("files"):
            if sent.filename:
                sent.stream.seek(0)
                name = sent.filename.replace("\\", "/").rsplit("/", 1)[-1]
                file = File(name, sent.mimetype, sent.stream.read())
                files.setdefault((name, file.sha256), file)
        self._uploads = tuple(files.values())
        return self._uploads

    def kept(self) -> list[HeldFile]:
        """The files of an earlier sending of this form that are still wanted."""
        wanted = set(request.form.getlist("kept"))
        return [file for file in held(self.form_key) if file.uid in wanted] if wanted else []

    def when(self) -> str | None:
        """When it was noticed, as one text: 2026-11-23 14:05, or the reporter's own words."""
        exact = " ".join(
            filter(None, (one_line(self.noticed_on.data), one_line(self.noticed_at.data)))
        )
        words = one_line(self.noticed.data, 500)
        if self.noticed_how.data == "unknown":
            return None
        return words or exact or None if self.noticed_how.data == "about" else exact or words

    def answers(self) -> dict[str, str]:
        """What was asked besides, as the report keeps it."""
        given: dict[str, str] = {}
        for name, (_question, choices) in ASKED.items():
            field: Any = self._fields.get(name)
            text = clean(field.data, 5000) if field and isinstance(field.data, str) else None
            if text and (choices is None or text in choices):
                given[name] = text
        if given.get("noticed_how") != "unknown":
            given.pop("noticed_how", None)
            if said := self.when():
                exact = one_line(self.noticed_on.data)
                given["noticed_how"] = "exact" if exact and said.startswith(exact) else "about"
        return given

    def draft(self) -> Draft:
        """The report as the house takes it. Of somebody who wants to stay unknown it has neither
        name nor address, even if they were typed before."""
        earlier = tuple(File(f.filename, f.media_type, b"", f.blob) for f in self.kept())
        files = earlier + self.uploads()
        ticked = [kind for kind in self.kinds.data or () if kind in KINDS]
        kinds = [str(KINDS[kind]) for kind in ticked]
        trapped = bool(self.website.data)
        self.unsaid = NAMES if self.anonymous else frozenset()
        story = clean(self.story.data, STORY_LIMIT)
        return Draft(
            source="web",
            key=f"web:{self.form_key}",
            raw=self.posted(files),
            story=story or unsure(),
            language=str(get_locale() or "en"),
            reporter=self.reporter.data if self.reporter.data in REPORTERS else "unknown",
            noticed=self.when(),
            data=clean("\n".join(filter(None, ["; ".join(kinds), clean(self.data.data)]))),
            name=None if self.anonymous else one_line(self.name.data),
            contact=None if self.anonymous else one_line(self.contact.data, 254),
            files=files,
            automatic=trapped,
            mark="trap" if trapped else None,
            answers=self.answers() | ({"kinds": " ".join(ticked)} if ticked else {}),
        )

    def lost_files(self) -> bool:
        """Whether files came with this request (a page that could not hold them says so)."""
        return any(sent.filename for sent in request.files.getlist("files")) or bool(left_out())


class LogForm(KeyedForm):
    """What staff log in a minute; the rest can follow on the incident's pages."""

    title = StringField(
        _l("What is it, in a few words?"),
        [DataRequired(_l("Give it a short title, without names of people.")), AtMost(200)],
    )
    story = TextAreaField(_l("What happened?"), [AtMost(STORY_LIMIT)])
    noticed = StringField(_l("When was it noticed?"), [AtMost(500)])

    def draft(self) -> Draft:
        """The report as the house takes it; a title alone is a story, too."""
        title = one_line(self.title.data) or ""
        return Draft(
            source="staff",
            key=f"staff:{self.form_key}",
            raw=self.posted(),
            story=clean(self.story.data, STORY_LIMIT) or title,
            language=str(get_locale() or "en"),
            reporter="staff",
            subject=title,
            noticed=one_line(self.noticed.data, 500),
        )
