"""The code of a receipt: what it looks like, where it comes from, how it is kept and found.

    7K3Q-M9XT-4HRB-6WPA

Sixteen characters of Crockford's base 32: 80 bits, in groups of four, without letters that are
taken for figures. It is derived from the secret of the form that was sent, so that the same form
sent again gives the same code; the database holds neither that secret nor the code.

What the database holds is argon2id over the code with one salt for the whole house. So a code is
found by its hash alone: a wrong code and an unknown one cost the same single hash and cannot be
told apart. One salt is enough, since no two codes are the same and none can be guessed.
"""

import hashlib
import hmac
import threading

from argon2.low_level import Type, hash_secret_raw
from flask import current_app

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH, GROUP = 16, 4
# OWASP's second choice for argon2id: 19 MiB, two passes. 25 ms of one core, so that 500 receipts
# in a minute are made on two cores and leave room for the reports themselves.
MEMORY, PASSES = 19_456, 2  # kibibytes, times
_TAKEN_FOR = str.maketrans("ILO", "110")
# No more than so many hashes at once, whoever knocks: 19 MiB each.
_room = threading.BoundedSemaphore(4)


def make(secret: str, number: int = 0) -> str:
    """The code number `number` of the form with this secret, in groups of four."""
    text = f"{secret}:{number}".encode()
    bits = int.from_bytes(hmac.new(_key(b"receipt codes"), text, hashlib.sha256).digest()[:10])
    return show("".join(ALPHABET[bits >> shift & 31] for shift in range(75, -1, -5)))


def show(plain: str) -> str:
    """A code as people read it.

    >>> show("7K3QM9XT4HRB6WPA")
    '7K3Q-M9XT-4HRB-6WPA'
    """
    return "-".join(plain[n : n + GROUP] for n in range(0, len(plain), GROUP))


def read(typed: str | None) -> str | None:
    """The sixteen characters that were meant, however they were typed; None when it is no code.

    >>> read(" 7k3q m9xt-4hrb 6wpa. "), read("7K3Q")
    ('7K3QM9XT4HRB6WPA', None)
    """
    text = _plain(typed)
    return text if len(text) == LENGTH and set(text) <= set(ALPHABET) else None


def ends_with(code: str, typed: str | None) -> bool:
    """Whether the last group of a code was typed back (or the whole code)."""
    text = _plain(typed)
    return len(text) >= GROUP and _plain(code).endswith(text)


def _plain(typed: str | None) -> str:
    kept = (one for one in (typed or "")[:200].upper() if one.isascii() and one.isalnum())
    return "".join(kept).translate(_TAKEN_FOR)


def hashed(code: str) -> str:
    """The hash by which the database knows a code: memory-hard, the same for the same code."""
    plain = read(code) or "-" * LENGTH  # what is no code costs as much as what is one
    with _room:
        raw = hash_secret_raw(
            plain.encode(),
            _key(b"receipt salt")[:16],
            time_cost=PASSES,
            memory_cost=MEMORY,
            parallelism=1,
            hash_len=32,
            type=Type.ID,
        )
    return f"$argon2id$v=19$m={MEMORY},t={PASSES},p=1${raw.hex()}"


def _key(purpose: bytes) -> bytes:
    """From the first data key, so that codes outlive a change of the session's key."""
    return hmac.new(current_app.config["DATA_KEYS"][0][1], purpose, hashlib.sha256).digest()
