"""What somebody types who comes back with the code of a receipt."""

import re
from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask import request
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import EmailField, MultipleFileField, StringField, TextAreaField, ValidationError
from wtforms.validators import Optional

from incidents import receipts
from incidents.actions.held import held
from incidents.errors import too_large_words
from incidents.forms.keyed import AtMost, KeyedForm
from incidents.forms.report import FILES_LIMIT, STORY_LIMIT
from incidents.intake import Draft, File, clean
from incidents.models import HeldFile, Receipt

_LIKE_A_CODE = re.compile(r"\b[0-9A-Za-z]{4}(?:[ -]?[0-9A-Za-z]{4}){3}\b")
_MOST = 4  # texts that look like a code and are looked at


class MessageForm(KeyedForm):
    """Something more about a report, in words or files."""

    text = TextAreaField(_l("Your message"), [AtMost(STORY_LIMIT)])
    files = MultipleFileField(_l("More files"))

    def validate_files(self, field: Any) -> None:
        """Every file was taken, and there is something to send at all."""
        if words := too_large_words():
            raise ValidationError(" ".join(words))
        if len(self.uploads()) + len(self.kept()) > FILES_LIMIT:
            raise ValidationError(
                _("These are more than %(limit)s files. Put them into one archive.", limit=20)
            )

    def empty(self) -> bool:
        """Whether there is nothing to send."""
        return not (clean(self.text.data) or self.uploads() or self.kept())

    def holds_code(self, receipt: Receipt) -> bool:
        """Whether the text gives away the reader's own code."""
        alike = [found[0] for found in _LIKE_A_CODE.finditer(self.text.data or "")]
        likely = [one for one in alike if any(c.isdigit() or c in "- " for c in one)]
        return any(receipts.hashed(one) == receipt.code_hash for one in likely[:_MOST])

    def uploads(self) -> tuple[File, ...]:
        """The files that came with this request."""
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

    def draft(self, receipt: Receipt) -> Draft:
        """The message as the house takes it."""
        earlier = tuple(File(f.filename, f.media_type, b"", f.blob) for f in self.kept())
        files = earlier + self.uploads()
        return Draft(
            source="web",
            key=f"visit:{self.form_key}",
            raw=self.posted(files),
            story=clean(self.text.data, STORY_LIMIT) or "",
            language=str(get_locale() or "en"),
            contact=receipt.report.contact,
            files=files,
            by_code=True,
        )


class NameForm(KeyedForm):
    """Who it is that had stayed unnamed."""

    name = StringField(_l("Your name"), [AtMost(200)])
    contact = EmailField(_l("Your e-mail address"), [Optional(), AtMost(254)])

    def validate_contact(self, field: Any) -> None:
        """An address that can be answered."""
        try:
            validate_email(field.data.strip(), check_deliverability=False)
        except EmailNotValidError as error:
            raise ValidationError(
                _("We could not answer to this address. Write it like name@example.org.")
            ) from error
