"""How a report is told on a page: by anyone, or in short by staff."""

import json
from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask import request
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    EmailField,
    HiddenField,
    MultipleFileField,
    RadioField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from incidents.actions.held import held
from incidents.errors import too_large_words
from incidents.forms import keys
from incidents.intake import REPORTERS, Draft, File, clean, digest, one_line
from incidents.models import HeldFile
from incidents.uploads import left_out

STORY_LIMIT = 100_000
FILES_LIMIT = 20

# Hints only: what people recognise, in the order in which it worries them.
KINDS = {
    "contact": _l("Names, addresses, e-mail, phone"),
    "login": _l("Passwords or logins"),
    "money": _l("Bank or card details"),
    "papers": _l("Identity papers or numbers"),
    "health": _l("Health or other very private matters"),
    "messages": _l("Messages, photos or files"),
    "unknown": _l("I do not know"),
}
WHO = {
    "customer": _l("A customer, or somebody whose data it is"),
    "staff": _l("Somebody who works here"),
    "provider": _l("A service provider"),
    "unknown": _l("I would rather not say"),
}


class AtMost:
    """At most so many characters. Not WTForms' Length: that makes browsers cut pasted text."""

    def __init__(self, limit: int) -> None:
        self.limit = limit

    def __call__(self, form: FlaskForm, field: Any) -> None:
        over = len(field.data or "") - self.limit
        if over > 0:
            raise ValidationError(
                _(
                    "This is %(over)s characters longer than the %(limit)s we can take. "
                    "Shorten it, or put the rest into a file.",
                    over=over,
                    limit=self.limit,
                )
            )


class KeyedForm(FlaskForm):
    """A form whose sending twice is one sending, and that says all that was posted."""

    key = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if keys.read(self.key.data) is None:
            self.key.data = keys.make()

    @property
    def form_key(self) -> str:
        """32 hex digits, the same as long as this page is the same."""
        return keys.read(self.key.data) or ""

    @property
    def row_uid(self) -> str:
        """The uid of the row this form makes: sent twice, it finds the row it made."""
        return self.form_key[:16]

    def posted(self, files: tuple[File, ...] = ()) -> bytes:
        """All fields as they were posted, and the files by hash, as canonical JSON."""
        fields = {
            name: values
            for name, values in request.form.lists()
            if name not in ("csrf_token", "key")
        }
        sent = [
            {"name": file.name, "size": len(file.content), "sha256": digest(file.content)}
            for file in files
        ]
        whole = {"path": request.path, "fields": fields, "files": sent}
        return json.dumps(whole, ensure_ascii=False, sort_keys=True, indent=1).encode(
            "utf-8", "replace"
        )


class ReportForm(KeyedForm):
    """What anyone may tell us. Only the story is required."""

    story = TextAreaField(
        _l("What happened?"),
        [DataRequired(_l("Tell us what happened, in a few words.")), AtMost(STORY_LIMIT)],
    )
    noticed = StringField(_l("When did you notice it?"), [AtMost(500)])
    kinds = SelectMultipleField(
        _l("What data is it about?"),
        choices=[SelectChoice(key, words) for key, words in KINDS.items()],
        validate_choice=False,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    data = StringField(_l("Anything else about the data"), [AtMost(5000)])
    reporter = RadioField(
        _l("Who are you?"),
        choices=[SelectChoice(key, words) for key, words in WHO.items()],
        validate_choice=False,
    )
    files = MultipleFileField(_l("Files that show it"))
    name = StringField(_l("Your name"), [AtMost(200)])
    contact = EmailField(_l("Your e-mail address"), [Optional(), AtMost(254)])
    website = StringField("Website")  # left empty by people, who do not see it

    def validate_contact(self, field: Any) -> None:
        """An address that can be answered; its text stands for nothing else."""
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
        """The files that came with this request. Their names carry no folder."""
        files = []
        for sent in request.files.getlist("files"):
            if sent.filename:
                sent.stream.seek(0)
                name = sent.filename.replace("\\", "/").rsplit("/", 1)[-1]
                files.append(File(name, sent.mimetype, sent.stream.read()))
        return tuple(files)

    def kept(self) -> list[HeldFile]:
        """The files of an earlier sending of this form that are still wanted."""
        wanted = set(request.form.getlist("kept"))
        return [file for file in held(self.form_key) if file.uid in wanted] if wanted else []

    def draft(self) -> Draft:
        """The report as the house takes it."""
        earlier = tuple(File(f.filename, f.media_type, f.blob.content) for f in self.kept())
        files = earlier + self.uploads()
        kinds = [str(KINDS[kind]) for kind in self.kinds.data or () if kind in KINDS]
        trapped = bool(self.website.data)
        return Draft(
            source="web",
            key=f"web:{self.form_key}",
            raw=self.posted(files),
            story=clean(self.story.data, STORY_LIMIT) or "",
            language=str(get_locale() or "en"),
            reporter=self.reporter.data if self.reporter.data in REPORTERS else "unknown",
            noticed=one_line(self.noticed.data, 500),
            data=clean("\n".join(filter(None, ["; ".join(kinds), clean(self.data.data)]))),
            name=one_line(self.name.data),
            contact=one_line(self.contact.data, 254),
            files=files,
            automatic=trapped,
            mark="trap" if trapped else None,
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
