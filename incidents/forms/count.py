"""A question for how many: whole numbers, written with or without spaces or commas."""

import re
from typing import Any

from flask_babel import gettext as _
from wtforms import StringField

MOST = 2_000_000_000  # a 32-bit column of PostgreSQL ends a little higher
_GROUPED = re.compile(r"[0-9]{1,3}(?:[ ,.'\u00a0\u202f\u2019][0-9]{3})+")


def whole(text: str) -> int:
    """The number a text means. Raises ValueError for anything but a whole number from 0.

    >>> whole("1,284"), whole("1 284"), whole("12")
    (1284, 1284, 12)
    >>> whole("12.5")
    Traceback (most recent call last):
    ValueError: 12.5
    """
    text = text.strip()
    if _GROUPED.fullmatch(text):
        text = re.sub(r"\D", "", text)
    if not re.fullmatch("[0-9]{1,10}", text) or int(text) > MOST:
        raise ValueError(text)
    return int(text)


class CountField(StringField):
    """A whole number from 0, or None; what was typed is shown again when it is no number."""

    def process_data(self, value: int | None) -> None:
        self.data: Any = value

    def _value(self) -> str:
        typed = self.raw_data[0] if self.raw_data else None
        return str(typed if typed is not None else "" if self.data is None else self.data)

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist:
            return
        self.data = None
        if valuelist[0].strip():
            try:
                self.data = whole(valuelist[0])
            except ValueError:
                raise ValueError(_("Give a whole number, such as 1,284.")) from None
