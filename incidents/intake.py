"""Pure: what a report is, whichever door it came by, and how its words are made safe to keep."""

import hashlib
import unicodedata
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any


def N_(text: str) -> str:  # noqa: N802 - the name that translators' tools look for
    """Mark a text for translation without translating it here."""
    return text


SOURCES = ("web", "mail", "staff")
# "anonymous" asked to stay unknown; of "unknown" we were not told.
REPORTERS = ("customer", "staff", "provider", "anonymous", "unknown")

# Characters that change how others are shown: bidi overrides and isolates, and the byte order
# mark. They are shown as U+FFFD instead of acting (a file name that reads backwards).
_ACTING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF], "\ufffd")
# What Unicode promises never to be a character; XML, and so a workbook, refuses two of them.
_NONE = dict.fromkeys(
    [
        *range(0xFDD0, 0xFDF0),
        *(plane + end for plane in range(0, 0x110000, 0x10000) for end in (0xFFFE, 0xFFFF)),
    ],
    "\ufffd",
)
_REPLACED = _ACTING | _NONE


@dataclass(frozen=True)
class File:
    """A file that came with a report. `stored` is the row of its bytes where they are kept
    already; then `content` is empty."""

    name: str
    media_type: str
    content: bytes
    stored: Any = None

    @property
    def size(self) -> int:
        """In bytes."""
        return self.stored.size if self.stored else len(self.content)

    @cached_property
    def sha256(self) -> str:
        """Of its bytes, in hex. Worked out once: it is asked for whenever two are compared."""
        return self.stored.sha256 if self.stored else digest(self.content)


@dataclass(frozen=True)
class Draft:
    """A report before it is stored. `raw` is what came, byte for byte; `key` is the same when
    the same sending comes twice (a form key, or a mail's identity)."""

    source: str
    key: str
    raw: bytes
    story: str
    language: str = "en"
    reporter: str = "unknown"
    subject: str | None = None
    noticed: str | None = None
    data: str | None = None
    name: str | None = None
    contact: str | None = None
    files: tuple[File, ...] = field(default=())
    automatic: bool = False
    mark: str | None = None
    sender_check: str | None = None  # of a mail: verified, failed or unknown
    processor: int | None = None  # the service provider whose own link it came by
    answers: dict[str, str] = field(default_factory=dict)  # to what its kind of reporter is asked
    by_code: bool = False  # whoever sent it held the code of the receipt


def clean(text: str | None, limit: int = 200_000) -> str | None:
    """One canonical form of a text: NFC, `\\n` line ends, no control or bidi-acting characters.

    >>> clean("a\\r\\nb\\x00c")
    'a\\nb\\ufffdc'
    >>> clean("  ") is None
    True
    """
    if text is None:
        return None
    text = text if text.isascii() else _unpiled(text)
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = text.translate(_REPLACED)
    text = "".join(
        c if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs") else "\ufffd" for c in text
    )
    return text[:limit].strip() or None


def _unpiled(text: str, most: int = 16) -> str:
    """No more than `most` marks on one letter: no language needs more, and bringing 100,000 of
    them into canonical order takes minutes."""
    kept, run = [], 0
    for character in text:
        run = run + 1 if unicodedata.combining(character) else 0
        if run <= most:
            kept.append(character)
    return "".join(kept)


def one_line(text: str | None, limit: int = 200) -> str | None:
    """As `clean`, on one line: for subjects, names and file names.

    >>> one_line("a\\nb")
    'a b'
    """
    text = clean(text, limit * 4)
    return " ".join(text.split())[:limit] if text else None


def digest(raw: bytes) -> str:
    """SHA-256 in hex: by which two sendings are the same."""
    return hashlib.sha256(raw).hexdigest()
