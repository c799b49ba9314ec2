"""Pure: which column of a list is what: address, name, language, country, data, post."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from notifications.recipients import concerned
from notifications.recipients.plain import plain

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
        "nom complet|nom et prenom|prenom et nom|nom prenom|prenom nom|member name|member|"
        "customer description"
    ),
    "language": (
        "language|lang|langue|locale|preferred language|langue preferee|user language|"
        "preferred locales|sprache|idioma|lingua"
    ),
    "country": (
        "country|pays|country code|code pays|card address country|address country|"
        "country address country|shipping country|billing country|land|pais|paese"
    ),
    "data": (
        "data concerned|data|concerned data|affected data|data affected|exposed data|"
        "data exposed|donnees concernees|donnees|donnees exposees|donnees touchees"
    ),
}
NAMES_OF = {part: tuple(words.split("|")) for part, words in NAMES.items()}
# The parts of an address for letters on paper, as they stand on an envelope.
POSTAL = (
    r"(?:card |shipping |billing |mailing |postal |home |default )*"
    r"(?:(?:postal |mailing |street |full )address|adresse (?:postale|complete)|"
    r"street(?: line)?(?: 1)?|address(?: address)? line ?1|address ?1|adresse(?: ligne)? ?1|rue|"
    r"address|adresse|strasse)",
    r"(?:card |shipping |billing |mailing )*(?:street(?: line)? 2|"
    r"address(?: line ?2)?(?: address)? line ?2|address ?2|adresse(?: ligne)? ?2|"
    r"complement(?: d adresse)?)",
    r"(?:card |shipping |billing |mailing )*(?:address )?(?:zip(?: ?code)?(?: address zip)?|"
    r"postal ?code|post ?code|code postal|cp|plz)",
    r"(?:card |shipping |billing |mailing )*(?:address )?(?:city(?: address city)?|ville|town|"
    r"commune|ort|ciudad|citta)",
    r"(?:card |shipping |billing |mailing )*(?:address )?(?:state(?: address state)?|province|"
    r"region|departement)",
)
_POSTAL = tuple(re.compile(words) for words in POSTAL)

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
    words = [plain(cell) for cell in header]
    found: dict[str, Any] = {part: _first(words, names) for part, names in NAMES_OF.items()}
    if found["last"] is not None and found["first"] is None and found["name"] is None:
        found["name"], found["last"] = found["last"], None  # "Nom" alone is the whole name
    if found["first"] is not None and found["last"] is not None:
        found["name"] = None
    elif found["name"] is not None:
        found["first"] = found["last"] = None
    columns = Columns(**found)
    taken = {number for part in ONE if (number := getattr(columns, part)) is not None}
    postal = _postal(words, taken)
    taken.update(postal)
    flags = [
        number
        for number, word in enumerate(words)
        if number not in taken and word in concerned.categories() and _yes_or_no(number, samples)
    ]
    return replace(columns, postal=tuple(postal), flags=tuple(flags))


def knows(header: Sequence[str]) -> int:
    """How many columns of a row have a name that says what they are; 0 unless one of them is that
    of the addresses."""
    words = [plain(cell) for cell in header]
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


def _first(words: list[str], names: tuple[str, ...]) -> int | None:
    for name in names:
        if name in words:
            return words.index(name)
    return None


def _postal(words: list[str], taken: set[int]) -> list[int]:
    """The columns of one postal address. A city or a country alone is none."""
    found = []
    for part in _POSTAL:
        number = next(
            (n for n, word in enumerate(words) if n not in taken and part.fullmatch(word)), None
        )
        if number is not None:
            found.append(number)
            taken = taken | {number}
    street = any(_POSTAL[0].fullmatch(words[number]) for number in found)
    return found if street else []


def _yes_or_no(number: int, samples: Sequence[Sequence[str]]) -> bool:
    cells = {row[number].strip().casefold() for row in samples if number < len(row)}
    return bool(cells) and cells <= concerned.YES | concerned.NO
