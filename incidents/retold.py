"""Sentences that were written by ourselves, said again in the language of whoever reads.

How a duty was met is kept as one sentence, in the language of whoever acted then. It stays in the
file as it is. Where it is shown, it is known by its wording, and what a person wrote is left alone.
"""

import re
from collections.abc import Callable
from functools import cache

from flask_babel import force_locale, format_decimal
from flask_babel import gettext as _

from incidents import pages

_sentences: dict[str, dict[str, Callable[[str], str]]] = {}


def count(words: str) -> str:
    """A number of any language, as the reader's writes it."""
    digits = re.sub(r"\D", "", words)
    return format_decimal(int(digits)) if digits else words


def tell(text: str, **parts: Callable[[str], str]) -> None:
    """Make a sentence known: its English, and how parts of it change with the language."""
    _sentences[text] = parts


def retold(words: str) -> str:
    """The words in the reader's language if they are a sentence of ours, else as they are."""
    for text, parts in _sentences.items():
        for language in pages.LANGUAGES:
            if found := _pattern(text, language).fullmatch(words):
                said = {
                    name: parts.get(name, str)(part) for name, part in found.groupdict().items()
                }
                return _(text) % said
    return words


@cache
def _pattern(text: str, language: str) -> re.Pattern[str]:
    with force_locale(language):
        pieces = re.split(r"%\((\w+)\)s", _(text))
    named = [f"(?P<{one}>.+?)" if n % 2 else re.escape(one) for n, one in enumerate(pieces)]
    return re.compile("".join(named), re.DOTALL)


tell("Notification version %(n)s, number %(number)s")
