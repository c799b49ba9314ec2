"""Tokens by which a mail that comes back finds what it speaks of; nobody else can make one.

    r-4f0c1d2e3a4b5c6d-0-9f8e7d6c5b4a39281706

Kind ("r" report, "l" letter to one person, "m" any other mail of ours), the `uid` of the row, a
part that tells several mails about one row apart, and 80 bits of HMAC-SHA-256. Hex throughout,
since some servers fold the case of what they pass on. A token gives its holder no rights: it only
says where a mail belongs.
"""

import hmac
import re
from functools import lru_cache
from hashlib import sha256
from typing import Any

from flask import current_app

KINDS = {"report": "r", "letter": "l", "mail": "m"}
_NAMES = {letter: kind for kind, letter in KINDS.items()}
# Not after or before a letter, digit or hyphen: half a token is none.
_TOKEN = re.compile(
    r"(?<![0-9a-z-])([rlm])-([0-9a-f]{16})-([0-9a-f]{1,8})-([0-9a-f]{20})(?![0-9a-z-])",
    re.IGNORECASE,
)
_MOST = 200  # tokens looked at in one text; more is somebody guessing
_LOCAL_PART = 64  # RFC 5321 section 4.5.3.1.1


def token(kind: str, uid: str, part: str = "0") -> str:
    """The token of one row. `kind` as in KINDS, `uid` 16 hex digits, `part` 1 to 8 hex digits."""
    start = f"{KINDS[kind]}-{uid}-{part}".lower()
    return f"{start}-{_mac(start)}"


def reply_token(uid: str) -> str:
    """The token of the report `uid`: whoever answers with it adds to that report."""
    return token("report", uid)


def message_id(kind: str, uid: str, domain: str, part: str = "0") -> str:
    """A Message-ID of ours, the same each time it is asked for. `domain` that of the sender."""
    return _message_id(token(kind, uid, part), domain)


def _message_id(signed: str, domain: str) -> str:
    host = domain.rpartition("@")[2].strip().lower() or "localhost"
    return f"<{signed}@{host}>"


def find(text: str) -> list[tuple[str, str]]:
    """The rows that the genuine tokens in `text` name, as (kind, uid), each once, in order.

    `text` may be headers, a body, or an address; forged and damaged tokens are passed over.
    """
    found: dict[tuple[str, str], None] = {}
    for number, match in enumerate(_TOKEN.finditer(text)):
        if number >= _MOST:
            break
        letter, uid, part, mac = (group.lower() for group in match.groups())
        if hmac.compare_digest(mac, _mac(f"{letter}-{uid}-{part}")):
            found[_NAMES[letter], uid] = None
    return list(found)


def return_address(uid: str, base: str, kind: str = "letter") -> str:
    """The address to which returns of the mail `uid` go: `base` with its token after a plus.

    `base` itself when the local part would grow over 64 characters (RFC 5321) or is no address.
    """
    return _return_address(token(kind, uid), base)


def _return_address(signed: str, base: str) -> str:
    local, at, domain = base.rpartition("@")
    fits = at and local and len(local) + 1 + len(signed) <= _LOCAL_PART
    return f"{local}+{signed}@{domain}" if fits else base


class Letters:
    """`message_id` and `return_address` of many letters of one sender: the token of each is made
    once for both. Without a `base` the address is empty."""

    def __init__(self, domain: str, base: str | None) -> None:
        self._halves = _halves(current_app.config["DATA_KEYS"][0][1])
        signed = token("letter", "0" * 16)
        self._message_id = _message_id(signed, domain).split(signed)
        address = _return_address(signed, base) if base else ""
        self._return_address = address.split(signed) if signed in address else [address]

    def __call__(self, number: int) -> tuple[str, str]:
        """Those of the letter in row `number`."""
        start = f"l-{number:016x}-0"
        signed = f"{start}-{_signature(start, *self._halves)}"
        return signed.join(self._message_id), signed.join(self._return_address)


def read_return_address(address: str) -> tuple[str, str] | None:
    """The (kind, uid) that an address made by `return_address` names, or None."""
    return next(iter(find(address.rpartition("@")[0].rpartition("+")[2])), None)


def _mac(start: str) -> str:
    """80 bits over `start`. The key comes from the first data key, so that a new session key
    does not cut the thread of mails already on their way."""
    return _signature(start, *_halves(current_app.config["DATA_KEYS"][0][1]))


def _signature(start: str, inner: Any, outer: Any) -> str:
    first, second = inner.copy(), outer.copy()
    first.update(start.encode())
    second.update(first.digest())
    return second.hexdigest()[:20]


@lru_cache(4)
def _halves(data_key: bytes) -> tuple[Any, Any]:
    """HMAC-SHA-256 (RFC 2104) with both its halves begun once: half the time of `hmac`."""
    key = hmac.digest(data_key, b"mail tokens", "sha256").ljust(64, b"\0")
    pads = (bytes(byte ^ pad for byte in key) for pad in (0x36, 0x5C))
    inner, outer = (sha256(pad) for pad in pads)
    return inner, outer
