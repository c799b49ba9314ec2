"""The values of a notification in words, in one language: what is copied into the portal."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import force_locale, format_decimal
from flask_babel import gettext as _

from incidents import pages
from incidents.law.places import places
from incidents.law.portal import Asked, Form
from incidents.notification.taken import NONE
from incidents.retold import retold

# GDPR Art. 33(3)(d) asks for the measures "taken or proposed to be taken": planned ones do.
EITHER = {"done": ("planned",)}


@dataclass(frozen=True)
class Line:
    """One question with its answer in words. `answer` None: not known; `arises`: it is asked.

    `stands`: another answer does for this one, as far as the law asks.
    """

    key: str
    section: str
    question: str
    answer: str | None
    arises: bool
    rule: str | None = None
    sure: bool = True
    stands: bool = False

    @property
    def missing(self) -> bool:
        """Whether a complete notification still lacks it."""
        asked = (bool(self.rule) and not self.stands) or self.key == "late"
        return self.arises and self.answer is None and asked


def lines(form: Form, found: Mapping[str, Any], language: str) -> list[Line]:
    """Every question of the form in its order, with what `values` found, in a language."""
    with force_locale(language):
        return [
            Line(
                key=question.key,
                section=question.section.texts[language],
                question=question.texts[language],
                answer=said(question, found.get(question.key), language),
                arises=question.key in found,
                rule=question.rule,
                sure=question.sure,
                stands=any(found.get(other) for other in EITHER.get(question.key, ())),
            )
            for question in form.fields
        ]


def said(question: Asked, value: Any, language: str) -> str | None:
    """One value in words; None for what is not known."""
    if value is None or value in ("", []):
        return None
    if value == NONE:
        return _("None")
    if question.kind in ("one", "many"):
        keys = value if isinstance(value, list) else [value]
        options = [option for key in keys if (option := question.option(key))]
        return "\n".join(option.texts[language] for option in options) or None
    if question.kind == "number":
        return format_decimal(value)
    if question.kind == "day":
        return pages.day(date.fromisoformat(value))
    if question.kind == "moment":
        return pages.moment(datetime.fromisoformat(value))
    if question.kind == "countries":
        return _countries(value, language)
    if isinstance(value, dict):
        return _about(value)
    if isinstance(value, list):
        return "\n".join(_measure(one) for one in value)
    return retold(str(value))


def _about(value: Mapping[str, str]) -> str:
    when = pages.moment(datetime.fromisoformat(value["at"]))
    return _("about %(when)s", when=when) if value["sure"] == "about" else when


def _measure(value: Mapping[str, str | None]) -> str:
    day = value["day"]
    return f"{value['text']} ({pages.day(date.fromisoformat(day))})" if day else str(value["text"])


def _countries(value: Mapping[str, int | None], language: str) -> str:
    names = {place.code: place.fr if language == "fr" else place.en for place in places()}
    return "\n".join(
        _(
            "%(country)s: %(n)s",
            country=names.get(code, code),
            n=_("number not known") if count is None else format_decimal(count),
        )
        for code, count in value.items()
    )
