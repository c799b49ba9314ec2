"""Pure: the fixed placeholders of a letter, and how they are filled in. No template code.

A placeholder is a word in braces: {name}. Everything else in a text stays as it is written,
braces included; what is filled in is never looked at again.
"""

import re
from collections.abc import Mapping


def N_(text: str) -> str:  # noqa: N802 - the name that translators' tools look for
    """Mark a text for translation without translating it here."""
    return text


# name: what stands there in the letter.
PLACEHOLDERS = {
    "name": N_("the person’s name; left out where it is not known"),
    "organisation": N_("the name of your organisation"),
    "controller": N_("the person answerable"),
    "contact": N_("the address people write to"),
    "postal_address": N_("your postal address"),
    "website": N_("your website"),
    "reference": N_("the reference of the incident"),
    "authority": N_("the supervisory authority"),
    "authority_address": N_("its postal address"),
    "authority_site": N_("its website"),
}
# A subject is read by everybody on the way: nothing of the person stands in it.
IN_SUBJECT = ("organisation", "reference")

PLACE = re.compile(r"( ?)\{([A-Za-z_][A-Za-z0-9_]*)\}")
_MARKER = re.compile(r"\[\[.*?\]\]", re.DOTALL)


def is_personal(word: str) -> bool:
    """Whether a placeholder stands for something of one person."""
    return word == "name"


def key(word: str) -> str:
    """The name under which a placeholder stands among the values."""
    return word


def used(text: str) -> list[str]:
    """The words in braces, each once, in order.

    >>> used("Hello {name}, {{7*7}} {% x %} {nom} {name}")
    ['name', 'nom']
    """
    return list(dict.fromkeys(match[1] for match in PLACE.findall(text)))


def unknown(text: str) -> list[str]:
    """The words in braces that are no placeholder."""
    return [word for word in used(text) if word not in PLACEHOLDERS]


def markers(text: str) -> list[str]:
    """What still has to be written or translated: the parts between [[ and ]]."""
    found = _MARKER.findall(text)
    rest = _MARKER.sub("", text)
    return found + [mark for mark in ("[[", "]]") if mark in rest]


def fill(text: str, values: Mapping[str, str]) -> str:
    """A text with its placeholders filled in, once. A value that is empty takes the space
    before it along.

    >>> fill("Hello {name}, {{7*7}}", {"name": "{contact}"})
    'Hello {contact}, {{7*7}}'
    >>> fill("Hello {name},", {"name": ""})
    'Hello,'
    """

    def place(match: re.Match[str]) -> str:
        space, word = match.groups()
        if word not in values:
            return match[0]
        return space + values[word] if values[word] else ""

    return PLACE.sub(place, text)


def literal(text: str) -> str:
    """Words of a case as they may stand in a letter: nothing in them is taken for a placeholder,
    a heading or a marker.

    >>> literal("see {name}")
    'see (name)'
    """
    text = PLACE.sub(r"\1(\2)", text).replace("[[", "[").replace("]]", "]")
    return re.sub(r"^#+\s*", "", text, flags=re.MULTILINE).strip()
