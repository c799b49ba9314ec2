"""Pure: which column of a list is the address, the name, the language."""

import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

# What exports call their columns, without accents, case and punctuation.
NAMES = {
    "address": (
        "email|e mail|mail|mel|email address|e mail address|mail address|courriel|"
        "adresse email|adresse e mail|adresse mail|adresse courriel|adresse de courriel|"
        "adresse electronique|adresse de messagerie|customer email|contact email|user email|"
        "email 1|primary email|email principal|adresse|address"
    ),
    "first": "first name|firstname|given name|forename|prenom|first|customer first name",
    "last": (
        "last name|lastname|surname|family name|nom de famille|last|nom|customer last name|"
        "nom usuel"
    ),
    "name": (
        "name|full name|fullname|display name|customer name|contact name|contact|client|"
        "nom complet|nom et prenom|prenom et nom|nom prenom|prenom nom|member name|member"
    ),
    "language": "language|lang|langue|locale|preferred language|langue preferee|user language",
}
NAMES_OF = {part: tuple(words.split("|")) for part, words in NAMES.items()}

LANGUAGES = {
    "fr": ("fr", "fre", "fra", "french", "francais", "francaise"),
    "en": ("en", "eng", "english", "anglais", "anglaise"),
    "de": ("de", "ger", "deu", "german", "deutsch", "allemand"),
    "es": ("es", "spa", "spanish", "espanol", "espagnol"),
    "pt": ("pt", "por", "portuguese", "portugues", "portugais"),
    "it": ("it", "ita", "italian", "italiano", "italien"),
}


@dataclass(frozen=True)
class Columns:
    """Column numbers from 0; None where the list has no such column. `named`: the first row
    names the columns and is no person."""

    address: int | None = None
    name: int | None = None
    first: int | None = None
    last: int | None = None
    language: int | None = None
    named: bool = True

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        return cls(**values)


def recognise(header: Sequence[str]) -> Columns:
    """The columns that a list's first row names, or shows: a row with an address has no names.

    >>> recognise(["Nom", "Prénom", "Adresse e-mail"])
    Columns(address=2, name=None, first=1, last=0, language=None, named=True)
    >>> recognise(["ada@example.org", "Ada"])
    Columns(address=0, name=None, first=None, last=None, language=None, named=False)
    """
    for number, cell in enumerate(header):
        if "@" in cell:
            return Columns(address=number, named=False)
    plain = [_plain(cell) for cell in header]
    found = {part: _first(plain, words) for part, words in NAMES_OF.items()}
    if found["last"] is not None and found["first"] is None and found["name"] is None:
        found["name"], found["last"] = found["last"], None  # "Nom" alone is the whole name
    if found["first"] is not None:
        found["name"] = None
    return Columns(named=True, **found)


def language(text: str) -> str | None:
    """The two letters of a language named in one of many ways, or None.

    >>> language("Français"), language("en-GB"), language("Klingon")
    ('fr', 'en', None)
    """
    plain = _plain(text)
    for code, words in LANGUAGES.items():
        if plain in words or plain.split(" ")[0] == code:
            return code
    return None


def _first(plain: list[str], words: tuple[str, ...]) -> int | None:
    for word in words:
        if word in plain:
            return plain.index(word)
    return None


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFKD", text.casefold())
    text = "".join(c if c.isalnum() else " " for c in text if not unicodedata.combining(c))
    return " ".join(text.split())
