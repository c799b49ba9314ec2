"""Sealing: personal data at rest is AES-256-GCM, bound to its table, column and row.

A sealed value is one byte key id, twelve bytes nonce, ciphertext. A value copied into another
row or column does not open: the place is part of what is authenticated.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import Flask, current_app


class Broken(Exception):
    """A sealed value does not open: wrong key, damaged, or moved here from another row."""


class Vault:
    """The keys, ready for use. The last key seals; all of them open."""

    def __init__(self, keys: tuple[tuple[int, bytes], ...]) -> None:
        self.ciphers = {number: AESGCM(key) for number, key in keys}
        self.current = keys[-1][0]
        self.blind = keys[0][1]

    def seal(self, plain: bytes, place: str, nonce: bytes | None = None) -> bytes:
        """`plain` closed for one place, such as "report.story.4f0c...". `nonce`: 12 random bytes
        that were drawn for this one value, by whoever seals thousands at once."""
        nonce = nonce or secrets.token_bytes(12)
        cipher = self.ciphers[self.current].encrypt(nonce, plain, place.encode())
        return bytes([self.current]) + nonce + cipher

    def open(self, sealed: bytes, place: str) -> bytes:
        """What was sealed at `place`. Raises Broken."""
        try:
            cipher = self.ciphers[sealed[0]]
            return cipher.decrypt(sealed[1:13], sealed[13:], place.encode())
        except (KeyError, IndexError, InvalidTag, ValueError) as error:
            raise Broken(f"The sealed value at {place} does not open.") from error

    def index(self, value: str, purpose: str) -> str:
        """A keyed hash, to find equal values without storing them. 32 hex digits."""
        text = f"{purpose}\0{value}".encode()
        return hmac.new(self.blind, text, hashlib.sha256).hexdigest()[:32]

    def indexer(self, purpose: str) -> Callable[[str], bytes]:
        """`index` for many values of one purpose, as 16 bytes: HMAC (RFC 2104) with both its
        halves begun once, which is twice as fast."""
        block = self.blind.ljust(64, b"\0")  # keys have 32 bytes
        inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in block) + f"{purpose}\0".encode())
        outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in block))

        def index(value: str) -> bytes:
            first, second = inner.copy(), outer.copy()
            first.update(value.encode())
            second.update(first.digest())
            return second.digest()[:16]

        return index


def init_app(app: Flask) -> None:
    """Put the vault where `vault()` finds it."""
    app.extensions["vault"] = Vault(app.config["DATA_KEYS"])


def vault() -> Vault:
    """The vault of the running app."""
    return current_app.extensions["vault"]


def address_key(address: str) -> str:
    """The keyed hash by which one e-mail address is found again, whatever its case."""
    return vault().index(address.strip().casefold(), "address")


class Sealed:
    """A model attribute kept sealed in the column `<name>_sealed` of a row with a `uid`.

    `codec` is "text" (str), "bytes", or "json" (anything json can hold). None stays None.
    """

    def __init__(self, codec: str = "text") -> None:
        self.codec = codec

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name
        self.column = f"{name}_sealed"

    def __get__(self, row: Any, owner: type) -> Any:
        if row is None:
            return self
        sealed = getattr(row, self.column)
        if sealed is None:
            return None
        plain = vault().open(sealed, self._place(row))
        if self.codec == "bytes":
            return plain
        return json.loads(plain) if self.codec == "json" else plain.decode()

    def __set__(self, row: Any, value: Any) -> None:
        if value is None:
            setattr(row, self.column, None)
            return
        if self.codec == "json":
            value = json.dumps(value, ensure_ascii=False, sort_keys=True)
        plain = value if self.codec == "bytes" else value.encode("utf-8", "replace")
        setattr(row, self.column, vault().seal(plain, self._place(row)))

    def _place(self, row: Any) -> str:
        if row.uid is None:
            row.uid = secrets.token_hex(8)
        return f"{row.__tablename__}.{self.name}.{row.uid}"
