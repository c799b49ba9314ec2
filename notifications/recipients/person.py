"""Pure: one person on a list, and how one is kept sealed.

A person is compact JSON under AES-256-GCM with the key of their incident's lists: one seal a
person, since a million of them are written. Bound to the notice and to the keyed hash of the
address, so that a value copied into another row does not open.
"""

import json
import secrets
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from incidents.vault import Broken

NONCE = 12  # bytes, before the ciphertext
_quoted = json.encoder.encode_basestring
_decoded = json.JSONDecoder().raw_decode
_USUAL = {"a", "n", "l"}  # of nearly all; looking for the others takes longer than all the rest


class Person(NamedTuple):
    """Somebody to tell. `address` is "" for people without an e-mail address.

    `language`: two letters, or "" where the list does not say. `country`: as the list says it.
    `data`: what of theirs is concerned, by the names of the law's categories where they were
    recognised, else in the words of the list. `fields`: free columns, by their names in the list.
    `postal`: the address for a letter on paper, its lines apart by "\\n".
    """

    address: str
    name: str | None = None
    language: str = ""
    country: str | None = None
    data: tuple[str, ...] = ()
    fields: Mapping[str, str] = MappingProxyType({})
    postal: str | None = None

    def as_json(self) -> str:
        """Compact, without what is empty; the same person always gives the same text."""
        return compact(
            self.address,
            self.name,
            self.language,
            self.country,
            self.data,
            self.fields,
            self.postal,
        )

    @classmethod
    def from_json(cls, text: str | bytes) -> "Person":
        """The person that `as_json` wrote."""
        text = text if isinstance(text, str) else text.decode()
        values, end = _decoded(text)  # json.loads looks for blanks around it, and for its coding
        if end != len(text):
            raise ValueError("More than one person.")
        if values.keys() == _USUAL:
            return cls(values["a"], values["n"], values["l"])
        return cls(
            values["a"],
            values.get("n"),
            values.get("l", ""),
            values.get("c"),
            tuple(values.get("d", ())),
            values.get("f", {}),
            values.get("p"),
        )


def compact(
    address: str,
    name: str | None,
    language: str,
    country: str | None,
    data: tuple[str, ...],
    fields: Mapping[str, str],
    postal: str | None,
) -> str:
    """A person as JSON, by hand: json.dumps would take a third of the time of an import."""
    if name and language and not (country or data or fields or postal):  # as nearly all are
        return f'{{"a":{_quoted(address)},"n":{_quoted(name)},"l":{_quoted(language)}}}'
    text = f'{{"a":{_quoted(address)}'
    if name:
        text += f',"n":{_quoted(name)}'
    if language:
        text += f',"l":{_quoted(language)}'
    if country:
        text += f',"c":{_quoted(country)}'
    if data:
        text += f',"d":[{",".join(map(_quoted, data))}]'
    if fields:
        pairs = (f"{_quoted(name)}:{_quoted(value)}" for name, value in fields.items())
        text += f',"f":{{{",".join(pairs)}}}'
    if postal:
        text += f',"p":{_quoted(postal)}'
    return text + "}"


# What stands in the place of a person whose list was purged.
PURGED = Person("-")


class PeopleSeal:
    """Closes and opens the people of one notice. `key`: 32 bytes; `notice`: the notice's uid."""

    def __init__(self, key: bytes, notice: str) -> None:
        self.cipher = AESGCM(key)
        self.place = notice.encode()

    def close(self, person: Person, address_key: bytes) -> bytes:
        """A person sealed for the row with this `address_key` (16 bytes)."""
        return self.close_text(person.as_json(), address_key, secrets.token_bytes(NONCE))

    def close_text(self, text: str, address_key: bytes, nonce: bytes) -> bytes:
        """As `close`, of a person's JSON. `nonce`: 12 random bytes used for nobody else."""
        plain = text.encode("utf-8", "replace")
        return nonce + self.cipher.encrypt(nonce, plain, self.place + address_key)

    def open(self, sealed: bytes, address_key: bytes) -> Person:
        """The person sealed for this row. Raises incidents.seal.Broken."""
        try:
            place = self.place + address_key
            plain = self.cipher.decrypt(sealed[:NONCE], sealed[NONCE:], place)
            return Person.from_json(plain)
        except (InvalidTag, ValueError) as error:
            raise Broken("A person of a list does not open.") from error
