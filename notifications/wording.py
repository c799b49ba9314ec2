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
    "group": N_("which data of theirs is concerned, what may follow, and what to do"),
    "code": N_("the code by which this one letter can be checked"),
    "check_site": N_("the page on which people check the code"),
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
PERSONAL = ("name", "code")  # and every column of the list
FIELD = "field:"

# A space before; a word, or a column of the list; what stands there where a person has none.
PLACE = re.compile(r"( ?)\{([A-Za-z_][A-Za-z0-9_]*|field:[^{}|\n]{1,80})(?:\|([^{}|\n]{1,200}))?\}")
_GROUP = re.compile(r"\{group\}")
_MARKER = re.compile(r"\[\[.*?\]\]", re.DOTALL)


def field_key(column: str) -> str:
    """The name under which a column of the list stands among a person's values.

    >>> field_key(" Order  Number ")
    'field:order number'
    """
    return FIELD + " ".join(column.casefold().split())


def key(word: str) -> str:
    """The name under which the value of a placeholder stands."""
    return field_key(word.removeprefix(FIELD)) if word.startswith(FIELD) else word


def is_personal(word: str) -> bool:
    """Whether a placeholder stands for something of one person."""
    return word in PERSONAL or word.startswith(FIELD)


def bare_fields(text: str) -> list[str]:
    """The columns that a text uses without words for whoever lacks them, as written.

    >>> bare_fields("{field:Order} {field:Course|your course}")
    ['Order']
    """
    found = (m[2].removeprefix(FIELD) for m in PLACE.finditer(text) if m[3] is None and ":" in m[2])
    return list(dict.fromkeys(" ".join(column.split()) for column in found))


def with_part(body: str, part: str) -> str:
    """A text with the part of a group in its place; before its other placeholders are filled in.

    >>> with_part("a {group}", "{name}{group}")
    'a {name}{group}'
    """
    return _GROUP.sub(lambda _match: part.strip(), body)


def used(text: str) -> list[str]:
    """The words in braces, each once, in order.

    >>> used("Hello {name}, {{7*7}} {% x %} {nom} {name}")
    ['name', 'nom']
    """
    return list(dict.fromkeys(key(match[2]) for match in PLACE.finditer(text)))


def unknown(text: str) -> list[str]:
    """The words in braces that are no placeholder. Only a column of the list, and only where a
    person may lack it, has words to stand in for it."""
    found = (match[2] for match in PLACE.finditer(text) if match[3] and ":" not in match[2])
    wrong = [word for word in used(text) if word not in PLACEHOLDERS and not is_personal(word)]
    return list(dict.fromkeys([*wrong, *found]))


def markers(text: str) -> list[str]:
    """What still has to be written or translated: the parts between [[ and ]]."""
    found = _MARKER.findall(text)
    rest = _MARKER.sub("", text)
    return found + [mark for mark in ("[[", "]]") if mark in rest]


def fill(text: str, values: Mapping[str, str]) -> str:
    """A text with its placeholders filled in, once. A value that is empty takes the space
    before it along; a column that a person lacks is its words for that.

    >>> fill("Hello {name}, {{7*7}}", {"name": "{contact}"})
    'Hello {contact}, {{7*7}}'
    >>> fill("Hello {name},", {"name": ""})
    'Hello,'
    >>> fill("Your order: {field:Order|not known}.", {"field:order": ""})
    'Your order: not known.'
    """

    def place(match: re.Match[str]) -> str:
        space, word, instead = match.groups()
        if key(word) not in values:
            return match[0]
        value = values[key(word)] or (instead if word.startswith(FIELD) else None)
        return space + value if value else ""

    return PLACE.sub(place, text)


def literal(text: str) -> str:
    """Words of a case as they may stand in a letter: nothing in them is taken for a placeholder,
    a heading or a marker.

    >>> literal("see {name}")
    'see (name)'
    """
    text = PLACE.sub(r"\1(\2)", text).replace("[[", "[").replace("]]", "]")
    return re.sub(r"^#+\s*", "", text, flags=re.MULTILINE).strip()
