"""Pure: which column of a list is what: address, name, language, country, data, post."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from notifications.recipients import concerned
from notifications.recipients.plain import bracketed, plain

# What exports call their columns, without accents, case and punctuation; the surest first.
NAMES = {
    "address": (
        "email|e mail|mail|mel|email address|e mail address|mail address|courriel|"
        "adresse email|adresse e mail|adresse mail|adresse courriel|adresse de courriel|"
        "adresse electronique|adresse de messagerie|customer email|contact email|user email|"
        "member email|email 1|primary email|email principal|billing email|correo electronico|"
        "correo|indirizzo email|e mail adresse|adresse|address"
    ),
    "first": (
        "first name|firstname|given name|forename|prenom|first|customer first name|"
        "contact first name|vorname|nombre|nome"
    ),
    "last": (
        "last name|lastname|surname|family name|nom de famille|last|nom|customer last name|"
        "contact last name|nom usuel|nachname|apellido|apellidos|cognome|sobrenome"
    ),
    "name": (
        "full name|fullname|name|display name|customer name|contact name|card name|contact|client|"
        "nom complet|nom et prenom|prenom et nom|nom prenom|prenom nom|member name|member"
    ),
    "language": (
        "language|lang|langue|locale|preferred language|langue preferee|user language|"
        "preferred locales|sprache|idioma|lingua"
    ),
    "country": (
        "country|pays|country code|code pays|card address country|address country|"
        "customer address country|billing address country|shipping address country|"
        "billing country|shipping country|land|pais|paese"
    ),
    "data": (
        "data concerned|data|concerned data|affected data|data affected|exposed data|"
        "data exposed|donnees concernees|donnees|donnees exposees|donnees touchees"
    ),
}
NAMES_OF = {part: tuple(words.split("|")) for part, words in NAMES.items()}
# The parts of an address for letters on paper, as they stand on an envelope. `of`: whose it is.
_OF = r"(?P<of>(?:(?:card|customer|billing|shipping|mailing|postal|home|default) )*)(?:address )?"
POSTAL = (
    r"(?:(?:street |full )?address|adresse(?: postale| complete)?|"
    r"street(?: line)?(?: 1)?|(?:address )?line ?1|address ?1|adresse(?: ligne)? ?1|rue|strasse)",
    r"(?:street(?: line)? 2|line ?2|address ?2|adresse(?: ligne)? ?2|complement(?: d adresse)?)",
    r"(?:zip(?: ?code)?|postal ?code|post ?code|code postal|cp|plz)",
    r"(?:city|ville|town|commune|ort|ciudad|citta)",
    r"(?:state|province|region|departement)",
)
_POSTAL = tuple(re.compile(_OF + words) for words in POSTAL)

LANGUAGES = {
    "fr": ("fr", "fre", "fra", "french", "francais", "francaise"),
    "en": ("en", "eng", "english", "anglais", "anglaise"),
    "de": ("de", "ger", "deu", "german", "deutsch", "allemand"),
    "es": ("es", "spa", "spanish", "espanol", "espagnol"),
    "pt": ("pt", "por", "portuguese", "portugues", "portugais"),
    "it": ("it", "ita", "italian", "italiano", "italien"),
}
ONE = ("address", "name", "first", "last", "language", "country", "data")  # at most one column
MANY = ("flags", "postal", "fields")  # any number of columns


@dataclass(frozen=True)
class Columns:
    """Column numbers from 0; None or empty where the list has no such column.

    `data`: one column that says which data is concerned; `flags`: columns that are named like the
    data and say yes or no; `postal`: the parts of a postal address, in order; `fields`: free
    columns kept for the text. `header`: the row (from 0, empty ones not counted) that names the
    columns, and with which people begin after it; -1 when none does.
    """

    address: int | None = None
    name: int | None = None
    first: int | None = None
    last: int | None = None
    language: int | None = None
    country: int | None = None
    data: int | None = None
    flags: tuple[int, ...] = ()
    postal: tuple[int, ...] = ()
    fields: tuple[int, ...] = ()
    header: int = 0

    @property
    def usable(self) -> bool:
        """Whether people can be found by it: by address, or for a letter on paper."""
        return self.address is not None or bool(self.postal)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        given: dict[str, Any] = {n: tuple(v) if n in MANY else v for n, v in values.items()}
        return cls(**given)


def recognise(header: Sequence[str], samples: Sequence[Sequence[str]] = ()) -> Columns:
    """The columns that a list's first row names, or shows: a row with an address has no names.

    `samples`: some of the rows that follow; a column counts as yes or no only if they do.

    >>> recognise(["Nom", "Prénom", "Adresse e-mail"])
    Columns(address=2, name=None, first=1, last=0, ...header=0)
    >>> recognise(["ada@example.org", "Ada"])
    Columns(address=0, ...header=-1)
    """
    for number, cell in enumerate(header):
        if "@" in cell:
            return Columns(address=number, header=-1)
    words = [_word(cell) for cell in header]
    found: dict[str, Any] = {part: _first(words, names) for part, names in NAMES_OF.items()}
    if found["last"] is not None and found["first"] is None and found["name"] is None:
        found["name"], found["last"] = found["last"], None  # "Nom" alone is the whole name
    if found["name"] is not None and None in (found["first"], found["last"]):
        found["first"] = found["last"] = None
    columns = Columns(**found)
    taken = {number for part in ONE if (number := getattr(columns, part)) is not None}
    postal = _postal(words, taken)
    taken.update(postal)
    flags = [
        number
        for number, word in enumerate(map(plain, header))
        if number not in taken and word in concerned.categories() and _yes_or_no(number, samples)
    ]
    return replace(columns, postal=tuple(postal), flags=tuple(flags))


def knows(header: Sequence[str]) -> int:
    """How many columns of a row have a name that says what they are; 0 unless one of them is that
    of the addresses."""
    words = [_word(cell) for cell in header]
    known = [part for part, names in NAMES_OF.items() if _first(words, names) is not None]
    return len(known) if "address" in known else 0


def language(text: str) -> str | None:
    """The two letters of a language named in one of many ways, or None.

    >>> language("Français"), language("en-GB"), language("Klingon")
    ('fr', 'en', None)
    """
    words = plain(text)
    for code, names in LANGUAGES.items():
        if words in names or words.split(" ")[0] == code:
            return code
    return None


def _word(cell: str) -> str:
    """What a column is known by: the name its service puts in brackets, where there is one."""
    own = bracketed(cell)
    return own if " " in own and not own.startswith("custom ") else plain(cell)


def _first(words: list[str], names: tuple[str, ...]) -> int | None:
    for name in names:
        if name in words:
            return words.index(name)
    return None


def _postal(words: list[str], taken: set[int]) -> list[int]:
    """The columns of one postal address, and no part of another. A city or a country alone is
    none."""
    found: list[list[tuple[int, str]]] = [[] for _ in _POSTAL]
    for number, word in enumerate(words):
        if number in taken:
            continue
        for part, columns in zip(_POSTAL, found, strict=True):
            if match := part.fullmatch(word):
                columns.append((number, match["of"]))
                break
    streets, *others = found
    if not streets:
        return []
    number, whose = streets[0]
    numbers, foreign = [number], {of for _, of in streets} - {whose}
    for part_columns in others:
        near = [n for n, of in part_columns if of == whose]
        near += [n for n, of in part_columns if of not in foreign]
        numbers += near[:1]
    return numbers


def _yes_or_no(number: int, samples: Sequence[Sequence[str]]) -> bool:
    """Whether cells say yes or no, and at least one of them does: a column that is empty so far,
    e.g. of phone numbers, may hold anything further down."""
    cells = {row[number].strip().casefold() for row in samples if number < len(row)}
    return bool(cells - {""}) and cells <= concerned.YES | concerned.NO
