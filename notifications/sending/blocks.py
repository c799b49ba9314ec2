"""Pure: one block of a letter (a paragraph, a heading, a list) in both twins, as mail carries it.

Blocks are recognised before anything personal is filled in: what stands in somebody's name or
order is never taken for a heading, a placeholder or a header.
"""

import re
from binascii import b2a_qp
from collections.abc import Collection, Mapping, Sequence

from notifications import codes, twins, wording

# Private-use characters around what is personal, while the rest is made; none comes from outside.
_OPEN, _NEXT, _CLOSE = "\ue000", "\ue001", "\ue002"
_MARKS = re.compile("[\ue000-\ue002]")
_PERSONAL = re.compile(f"( ?){_OPEN}([^{_NEXT}]*){_NEXT}([^{_CLOSE}]*){_CLOSE}")
# A line that reads the same as text, in HTML and in quoted-printable, and is too short to wrap.
_EASY = re.compile(r"[A-Za-z0-9,;:!?()_+-][A-Za-z0-9 .,;:!?()_+-]{0,59}").fullmatch

Own = Mapping[str, str]
Part = str | tuple[str, str, str]  # or: space before, placeholder, words for whoever lacks it


class Block:
    """`words` as `marked` gives them, of one kind as `twins.parts` has them."""

    def __init__(self, kind: str, words: list[str], hosts: Collection[str], last: bool) -> None:
        self._kind, self._hosts = kind, hosts
        self._end = "\n" if last else "\n\n"
        self._lines = [_parts(line) for line in words]
        self._around: list[list[bytes]] = []
        personal = [part[1] for line in self._lines for part in line if not isinstance(part, str)]
        self.personal = bool(personal)
        if set(personal) == {"code"}:
            self._around = self._around_codes(len(personal))

    def filled(self, own: Own) -> tuple[bytes, bytes]:
        """Text and HTML for one person, whole lines; both empty where no words are left."""
        if self._around and len(code := own["code"].encode()) == len(codes.SAMPLE):
            return code.join(self._around[0]), code.join(self._around[1])
        lines = [line for line in [_filled(parts, own) for parts in self._lines] if line]
        if not lines:
            return b"", b""
        if self._kind == "text" and all(map(_EASY, lines)):
            text, html = "\n".join(lines) + self._end, "<br>\n".join(lines)
            return _plain(text), _plain(f"<p>{html}</p>\n")
        return (
            encoded(twins.block_text(self._kind, lines) + self._end),
            encoded(twins.block_html(self._kind, lines, self._hosts)),
        )

    def _around_codes(self, count: int) -> list[list[bytes]]:
        """What stands around the codes in both twins: all codes are of one length, and of signs
        that are the same everywhere, so that nothing else changes with them. Empty where the end
        of an encoded line falls into one."""
        mark = codes.SAMPLE.encode()
        around = [twin.split(mark) for twin in self.filled({"code": codes.SAMPLE})]
        return around if all(len(parts) == count + 1 for parts in around) else []


def marked(words: str, shared: Mapping[str, str]) -> str:
    """A text with what is shared filled in, and marks around what is personal."""

    def mark(match: re.Match[str]) -> str:
        space, word, *fallback = match.groups(default="")
        if not wording.is_personal(word):
            return match[0]
        return f"{space}{_OPEN}{wording.key(word)}{_NEXT}{''.join(fallback)}{_CLOSE}"

    clean = {key: _MARKS.sub("", value) for key, value in shared.items()}
    return wording.fill(wording.PLACE.sub(mark, _MARKS.sub("", words)), clean)


def encoded(text: str) -> bytes:
    """Whole lines in quoted-printable with CRLF. Line by line, so pieces may be joined."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return b2a_qp(text.replace("\n", "\r\n").encode("utf-8", "replace"))


def stuffed(raw: bytes) -> bytes:
    """A letter as it is said after DATA: a dot that begins a line is doubled (RFC 5321 4.5.2)."""
    raw = raw.replace(b"\n.", b"\n..") if b"\n." in raw else raw
    return b"." + raw if raw.startswith(b".") else raw


def _plain(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode("ascii")


def _parts(line: str) -> list[Part]:
    parts: list[Part] = []
    at = 0
    for match in _PERSONAL.finditer(line):
        parts += [line[at : match.start()], (match[1], match[2], match[3])]
        at = match.end()
    return [part for part in [*parts, line[at:]] if part]


def _filled(parts: Sequence[Part], own: Own) -> str:
    out = ""
    for part in parts:
        if isinstance(part, str):
            out += part
        elif value := own.get(part[1]) or part[2]:
            out += part[0] + value
    return out.strip()
