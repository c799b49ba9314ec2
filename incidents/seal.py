"""Sealing: personal data at rest is AES-256-GCM, bound to its table, column and row.

A sealed value is one byte key id, twelve bytes nonce, ciphertext. A value copied into another
row or column does not open: the place is part of what is authenticated.
"""

import json
import secrets
from typing import Any

from flask import Flask, current_app

from incidents.vault import Broken, Vault

__all__ = ["Broken", "Sealed", "Vault", "address_key", "init_app", "vault"]


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
        self.name, self.owner = name, owner
        self.column = f"{name}_sealed"

    def __get__(self, row: Any, owner: type) -> Any:
        if row is None:
            return self
        sealed = getattr(row, self.column)
        return None if sealed is None else self._opened(sealed, self._place(row))

    def open(self, sealed: bytes | None, uid: str) -> Any:
        """What stands sealed in this column of the row `uid`, of which only columns were read."""
        if sealed is None:
            return None
        return self._opened(sealed, f"{self.owner.__tablename__}.{self.name}.{uid}")  # type: ignore[attr-defined]

    def _opened(self, sealed: bytes, place: str) -> Any:
        plain = vault().open(sealed, place)
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
