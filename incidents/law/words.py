"""Sentences that are said in English here and translated by whoever shows them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


def N_(text: str) -> str:  # noqa: N802 - the name that translation tools look for
    """Mark a text for translation without translating it: this package knows no language.

    >>> N_("Tell the authority.")
    'Tell the authority.'
    """
    return text


@dataclass(frozen=True)
class Sentence:
    """A text with %(name)s places, and what goes into them. A page shows _(text, **params)."""

    text: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def english(self) -> str:
        """The sentence as it stands in the source.

        >>> Sentence("%(n)s people", {"n": 3}).english()
        '3 people'
        """
        return self.text % self.params if self.params else self.text

    def as_json(self) -> dict[str, Any]:
        """{"text": the text with its places, "params": {...}}: enough to translate it later."""
        return {"text": self.text, "params": dict(self.params)}
