"""The short code of one letter, by which whoever got it can ask whether it is genuine.

    K7QM2-9XWTA-4HRB6

Fifteen signs of Crockford's alphabet (no I, L, O, U), 75 bits: a keyed hash of the letter's row,
40 bits, and its number, 35 bits, hidden by a second keyed hash of the first. A code is computed
and never stored; read, it names its row without a search. It holds as long as the row and the key
stay, whatever has been erased of the person. A guess is right once in 2**40.
"""

import hmac
from hashlib import blake2b

from incidents.seal import vault

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LIKE = str.maketrans("OIL", "011")  # what people read for them
_DIGITS = {sign: number for number, sign in enumerate(SIGNS)}
_NUMBER, _MAC = 35, 40  # bits
LENGTH = (_NUMBER + _MAC) // 5
SAMPLE = "00000-00000-00000"  # in a letter to nobody; no letter has it


def code(number: int) -> str:
    """The code of the letter in row `number`.

    Raises ValueError for a number beyond 34 thousand million.
    """
    if not 0 < number < 1 << _NUMBER:
        raise ValueError("A letter's number does not fit its code.")
    key = vault().blind
    mac = _mac(key, number)
    value = mac << _NUMBER | number ^ _mask(key, mac)
    signs = "".join(SIGNS[value >> 5 * place & 31] for place in range(LENGTH - 1, -1, -1))
    return f"{signs[:5]}-{signs[5:10]}-{signs[10:]}"


def read(text: str) -> int | None:
    """The row that a genuine code names, however it was typed; None for any other text.

    What is no code at all takes the same way as a wrong one.
    """
    typed = [c for c in text[:100].upper().translate(_LIKE) if c in _DIGITS]
    whole = len(typed) == LENGTH
    value = 0
    for sign in typed if whole else "0" * LENGTH:
        value = value << 5 | _DIGITS[sign]
    key = vault().blind
    mac = value >> _NUMBER
    number = value & (1 << _NUMBER) - 1 ^ _mask(key, mac)
    right = hmac.compare_digest(_mac(key, number).to_bytes(5), mac.to_bytes(5))
    return number if right and whole and number else None


def _mac(key: bytes, number: int) -> int:
    made = blake2b(number.to_bytes(5), digest_size=_MAC // 8, key=key, person=b"letter code")
    return int.from_bytes(made.digest())


def _mask(key: bytes, mac: int) -> int:
    made = blake2b(mac.to_bytes(5), digest_size=5, key=key, person=b"letter number")
    return int.from_bytes(made.digest()) >> 5
