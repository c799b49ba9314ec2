"""A form whose sending twice is one sending."""

import json
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import FieldList, FormField, HiddenField, SelectMultipleField, ValidationError

from incidents.forms import keys
from incidents.intake import File, digest

# What a page sends beside the answers: which button, which page.
_CONTROLS = ("csrf_token", "key", "step", "change", "choose", "outside", "page", "code")


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


def _takes_many(field: Any) -> bool:
    return isinstance(field, SelectMultipleField | FieldList | FormField)


class KeyedForm(FlaskForm):
    """A form whose sending twice is one sending, and that says all that was posted."""

    key = HiddenField()
    unsaid: frozenset[str] = frozenset()  # what was posted with it and is not kept

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if keys.read(self.key.data) is None:
            self.key.data = keys.make()

    def validate(self, extra_validators: Any = None) -> bool:
        """As WTForms; and no question answered in two ways at once, of which it would take the
        first without a word (OWASP ASVS 15.3.7). No browser sends that; see `posted` for both."""
        good = super().validate(extra_validators)
        for field in self:
            if len(set(request.form.getlist(field.name))) > 1 and not _takes_many(field):
                words = _("Two different answers to this came at once. Check it and send one.")
                field.errors = [*field.errors, words]
                good = False
        return good

    @property
    def secret(self) -> str:
        """32 hex digits that only the holder of this page has; stored nowhere."""
        return keys.read(self.key.data) or ""

    @property
    def form_key(self) -> str:
        """32 hex digits, the same as long as this page is the same. The secret does not follow."""
        return digest(self.secret.encode())[:32]

    @property
    def row_uid(self) -> str:
        """The uid of the row this form makes: sent twice, it finds the row it made."""
        return self.form_key[:16]

    def posted(self, files: tuple[File, ...] = ()) -> bytes:
        """All fields as they were posted, and the files by hash, as canonical JSON."""
        fields = {
            name: values
            for name, values in request.form.lists()
            if name not in _CONTROLS and name not in self.unsaid
        }
        sent = [{"name": file.name, "size": file.size, "sha256": file.sha256} for file in files]
        whole = {"path": request.path, "fields": fields, "files": sent}
        return json.dumps(whole, ensure_ascii=False, sort_keys=True, indent=1).encode(
            "utf-8", "replace"
        )
