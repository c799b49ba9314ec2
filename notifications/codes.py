"""The short code of one letter, by which whoever got it can ask whether it is genuine.

    K7QM2-9XWTA-4HRB6

Fifteen signs of Crockford's alphabet (no I, L, O, U), 75 bits: a keyed hash of the letter's row,
40 bits, and its number, 35 bits, hidden by a second keyed hash of the first. A code is computed
and never stored; read, it names its row without a search. It holds as long as the row and the key
stay, whatever has been erased of the person. A guess is right once in 2**40.
"""

import hmac
from collections.abc import Callable
from functools import lru_cache
from hashlib import blake2b

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LIKE = str.maketrans("OIL", "011")  # what people read for them
_DIGITS = {sign: number for number, sign in enumerate(SIGNS)}
_PAIRS = tuple(first + second for first in SIGNS for second in SIGNS)
_APART = tuple(first + "-" + second for first in SIGNS for second in SIGNS)
_NUMBER, _MAC = 35, 40  # bits
LENGTH = (_NUMBER + _MAC) // 5
SAMPLE = "00000-00000-00000"  # in a letter to nobody; no letter has it


def code(number: int) -> str:
    """The code of the letter in row `number`.

    Raises ValueError for a number beyond 34 thousand million.
    """
    return maker()(number)


def maker() -> Callable[[int], str]:
    """`code` for many letters."""
    named, hidden = _hashes()
    pairs, apart, signs = _PAIRS, _APART, SIGNS

    def code(number: int) -> str:
        if not 0 < number < 1 << _NUMBER:
            raise ValueError("A letter's number does not fit its code.")
        mac, mask = named.copy(), hidden.copy()
        mac.update(number.to_bytes(5))
        keyed = mac.digest()
        mask.update(keyed)
        number ^= int.from_bytes(mask.digest()) >> _MAC - _NUMBER
        value = int.from_bytes(keyed)
        return (  # eight signs of the hash, seven of the number
            f"{pairs[value >> 30]}{pairs[value >> 20 & 1023]}{apart[value >> 10 & 1023]}"
            f"{pairs[value & 1023]}{pairs[number >> 25]}-"
            f"{pairs[number >> 15 & 1023]}{pairs[number >> 5 & 1023]}{signs[number & 31]}"
        )

    return code


def read(text: str) -> int | None:
    """The row that a genuine code names, however it was typed; None for any other text.

    What is no code at all takes the same way as a wrong one.
    """
    typed = [c for c in text[:100].upper().translate(_LIKE) if c in _DIGITS]
    whole = len(typed) == LENGTH
    value = 0
    for sign in typed if whole else "0" * LENGTH:
        value = value << 5 | _DIGITS[sign]
    mac = value >> _NUMBER
    named, hidden = _hashes()
    number = value & (1 << _NUMBER) - 1 ^ _keyed(hidden, mac) >> _MAC - _NUMBER
    right = hmac.compare_digest(_keyed(named, number).to_bytes(5), mac.to_bytes(5))
    return number if right and whole and number else None


def _keyed(begun: blake2b, value: int) -> int:
    made = begun.copy()
    made.update(value.to_bytes(5))
    return int.from_bytes(made.digest())


def _hashes() -> tuple[blake2b, blake2b]:
    from incidents.seal import vault  # here: the wire knows the form of a code without the app

    return _begun(vault().blind)


@lru_cache(4)
def _begun(key: bytes) -> tuple[blake2b, blake2b]:
    """Both hashes with the key in them already: a million codes take half the time."""
    size = _MAC // 8
    return (
        blake2b(digest_size=size, key=key, person=b"letter code"),
        blake2b(digest_size=size, key=key, person=b"letter number"),
    )
