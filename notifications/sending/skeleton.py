"""Pure: a letter of which only what is a person's own is left to be filled in.

All that is the same for everybody, nearly all of it, is rendered, encoded and joined once for each
text. Blocks (paragraphs, headings, lists) are recognised before anything personal is filled in:
what stands in somebody's name or order is never taken for a heading, a placeholder or a header.
A block in which something personal stands is rendered for each person, in both twins.
"""

import re
from binascii import b2a_qp
from collections.abc import Callable, Collection, Mapping
from email.message import EmailMessage
from email.policy import SMTP
from functools import partial

from markupsafe import escape

from notifications import twins, wording

# Private-use characters around what is personal, while the rest is made; none comes from outside.
_OPEN, _NEXT, _CLOSE = "\ue000", "\ue001", "\ue002"
_MARKS = re.compile("[\ue000-\ue002]")
_PERSONAL = re.compile(f"{_OPEN}( ?)([^{_NEXT}]*){_NEXT}([^{_CLOSE}]*){_CLOSE}")
_LINE_ENDS = re.compile(r"\r\n|\r|\n")

# What stands for address and Message-ID, in this order, in the mail that is made into a skeleton.
TO, ID = "mark-to@mark.invalid", "<mark-id@mark.invalid>"
_TEXT, _HTML = "mark-text", "mark-html"

Own = Mapping[str, str]
Piece = bytes | Callable[[Own], bytes]


class Skeleton:
    """The letters of one text. `mail` has all headers, with TO and ID in their places; `words` is
    the text with its placeholders, `shared` what stands for those that are not personal."""

    def __init__(
        self,
        mail: EmailMessage,
        words: str,
        shared: Mapping[str, str],
        hosts: Collection[str],
        language: str,
        title: str,
        boundary: str,
    ) -> None:
        head, to_id, to_text, to_html, end = _frame(mail, language, boundary)
        before, _, after = twins.page(escape(_HTML), language, title).rpartition(_HTML)
        blocks = list(twins.parts(_marked(words, shared)))
        self._pieces: list[Piece] = [head, b"", to_id, b"", to_text]
        for number, (kind, lines) in enumerate(blocks, 1):
            rest = "\n" if number == len(blocks) else "\n\n"
            self._add(lines, partial(_text, kind, rest))
        self._pieces += [to_html, encoded(before)]
        for kind, lines in blocks:
            self._add(lines, partial(_html, kind, hosts))
        self._pieces += [encoded(after), end]
        self._pieces = _joined(self._pieces)
        self._personal = [
            (place, piece)
            for place, piece in enumerate(self._pieces)
            if not isinstance(piece, bytes)
        ]

    def letter(self, to: str, message_id: str, own: Own) -> bytes:
        """The letter to one person, as it goes over the wire but for dots at the start of lines.

        `to` and `message_id` are ASCII without control characters; `own` holds the personal
        values by placeholder.
        """
        pieces = self._pieces.copy()
        pieces[1], pieces[3] = to.encode("ascii"), message_id.encode("ascii")
        for place, piece in self._personal:
            pieces[place] = piece(own)
        return b"".join(pieces)  # type: ignore[arg-type]

    def _add(self, lines: list[str], block: Callable[[list[str]], str]) -> None:
        """One block of one twin; `block` renders its lines."""
        parts = [_parts(line) for line in lines]
        if all(isinstance(part, str) for line in parts for part in line):
            self._pieces.append(encoded(block(lines)))
            return

        def render(own: Own) -> bytes:
            filled = [line for line in [_filled(line, own) for line in parts] if line]
            return encoded(block(filled)) if filled else b""

        self._pieces.append(render)


def _text(kind: str, rest: str, lines: list[str]) -> str:
    return twins.block_text(kind, lines) + rest


def _html(kind: str, hosts: Collection[str], lines: list[str]) -> str:
    return str(twins.block_html(kind, lines, hosts))


def encoded(text: str) -> bytes:
    """Whole lines in quoted-printable with CRLF. Line by line, so pieces may be joined."""
    return b2a_qp(_LINE_ENDS.sub("\r\n", text).encode("utf-8", "replace"))


def stuffed(raw: bytes) -> bytes:
    """A letter as it is said after DATA: a dot that begins a line is doubled (RFC 5321 4.5.2)."""
    raw = raw.replace(b"\n.", b"\n..") if b"\n." in raw else raw
    return b"." + raw if raw.startswith(b".") else raw


def _frame(mail: EmailMessage, language: str, boundary: str) -> list[bytes]:
    """The bytes of the mail around address, Message-ID, text and HTML: five parts."""
    mail.set_content(_TEXT, cte="quoted-printable")
    mail.add_alternative(_HTML, subtype="html", cte="quoted-printable")
    for part in mail.iter_parts():
        del part["MIME-Version"]  # belongs to the whole (RFC 2045 section 4)
    mail["Content-Language"] = language
    mail.set_boundary(boundary)
    rest, parts = mail.as_bytes(policy=SMTP), list[bytes]()
    for mark in (TO, ID, f"{_TEXT}\r\n", f"{_HTML}\r\n"):
        before, found, rest = rest.partition(mark.encode())
        assert found
        parts.append(before)
    return [*parts, rest]


def _marked(words: str, shared: Mapping[str, str]) -> str:
    """A text with what is shared filled in, and marks around what is personal."""

    def mark(match: re.Match[str]) -> str:
        space, word, *fallback = match.groups(default="")
        if not wording.is_personal(word):
            return match[0]
        return f"{_OPEN}{space}{wording.key(word)}{_NEXT}{''.join(fallback)}{_CLOSE}"

    return wording.fill(wording.PLACE.sub(mark, _MARKS.sub("", words)), _clean(shared))


def _clean(values: Mapping[str, str]) -> dict[str, str]:
    return {key: _MARKS.sub("", value) for key, value in values.items()}


def _parts(line: str) -> list[str | tuple[str, str, str]]:
    """A line as text and (space before, placeholder, words for whoever lacks it)."""
    parts: list[str | tuple[str, str, str]] = []
    at = 0
    for match in _PERSONAL.finditer(line):
        parts += [line[at : match.start()], (match[1], match[2], match[3])]
        at = match.end()
    return [part for part in [*parts, line[at:]] if part]


def _filled(parts: list[str | tuple[str, str, str]], own: Own) -> str:
    out = ""
    for part in parts:
        if isinstance(part, str):
            out += part
        elif value := own.get(part[1]) or part[2]:
            out += part[0] + value
    return out.strip()


def _joined(pieces: list[Piece]) -> list[Piece]:
    """Neighbours in bytes as one; the places of address and Message-ID stay."""
    out = pieces[:4]
    for piece in pieces[4:]:
        last = out[-1]
        if isinstance(piece, bytes) and isinstance(last, bytes) and len(out) > 4:
            out[-1] = last + piece
        else:
            out.append(piece)
    return out
