"""The supervisory authorities, country by country: GDPR Art. 51 and 55, and two neighbours."""

import tomllib
from dataclasses import dataclass
from functools import cache

from incidents.law.book import shipped


@dataclass(frozen=True)
class Authority:
    """Where a breach is told. `code` is the ISO code of the country (EU: EU institutions).

    `languages` are ISO codes, `zone` an IANA time zone. `verified` names the fields that were
    seen in a source; what is not named there must be checked before it is relied on.
    `gdpr` is False for authorities of other laws.
    """

    code: str
    country: str
    country_fr: str
    name: str
    url: str
    languages: tuple[str, ...]
    zone: str
    gdpr: bool = True
    address: str | None = None
    phone: str | None = None
    email: str | None = None
    complaints: str | None = None
    note: str | None = None
    note_fr: str | None = None
    verified: frozenset[str] = frozenset()

    def is_sure(self, field: str) -> bool:
        """Whether a field was seen in a source.

        >>> authority("FR").is_sure("url"), authority("IT").is_sure("url")
        (True, False)
        """
        return field in self.verified


@cache
def authorities() -> tuple[Authority, ...]:
    """All authorities, by the English name of their country; the neighbours last."""
    rows = tomllib.loads(shipped("authorities.toml"))["authority"]
    return tuple(
        Authority(
            **{
                **row,
                "languages": tuple(row["languages"]),
                "verified": frozenset(row.get("verified", ())),
            }
        )
        for row in rows
    )


def authority(code: str) -> Authority:
    """The authority of a country. KeyError, naming the codes that exist, for any other.

    >>> authority("FR").name
    'Commission nationale de l’informatique et des libertés (CNIL)'
    """
    for one in authorities():
        if one.code == code:
            return one
    known = ", ".join(one.code for one in authorities())
    raise KeyError(f"No authority is on file for this country. Known: {known}")
