"""The keys of the house, without the app: what closes, what opens, what finds equal values.

A program beside the app (the one that seals a list) needs this and nothing of the web.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


class Broken(Exception):
    """A sealed value does not open: wrong key, damaged, or moved here from another row."""


class Vault:
    """The keys, ready for use. The last key seals; all of them open."""

    def __init__(self, keys: tuple[tuple[int, bytes], ...]) -> None:
        self.ciphers = {number: AESGCM(key) for number, key in keys}
        self.current = keys[-1][0]
        self.blind = keys[0][1]

    def seal(self, plain: bytes, place: str) -> bytes:
        """`plain` closed for one place, such as "report.story.4f0c..."."""
        nonce = secrets.token_bytes(12)
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
        """`index` for many values of one purpose, as 16 bytes."""
        return indexer(self.blind, purpose)


def indexer(key: bytes, purpose: str) -> Callable[[str], bytes]:
    """The keyed hash of many values under one key (32 bytes): HMAC (RFC 2104) with both its
    halves begun once, which is twice as fast."""
    block = key.ljust(64, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in block) + f"{purpose}\0".encode())
    outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in block))

    def index(value: str) -> bytes:
        first, second = inner.copy(), outer.copy()
        first.update(value.encode())
        second.update(first.digest())
        return second.digest()[:16]

    return index
