"""Pure: one block of a letter (a paragraph, a heading, a list) in both twins, as mail carries it.

Blocks are recognised before anything personal is filled in: what stands in somebody's name or
order is never taken for a heading, a placeholder or a header.
"""

import re
from binascii import b2a_qp
from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise

from notifications import codes, twins, wording

# Private-use characters around what is personal, while the rest is made; none comes from outside.
_OPEN, _NEXT, _CLOSE = "\ue000", "\ue001", "\ue002"
_MARKS = re.compile("[\ue000-\ue002]")
_PERSONAL = re.compile(f"( ?){_OPEN}([^{_NEXT}]*){_NEXT}([^{_CLOSE}]*){_CLOSE}")
# A value of letters and digits alone: nothing in it is escaped, linked, wrapped or a dot at the
# start of a line, so that it can be put between what stands around any other such value.
_EASY = re.compile(r"[^\W_]+(?:[ ’-][^\W_]+)*").fullmatch
_ANYBODY = "Mark"  # one of them

Own = Mapping[str, str]
Part = str | tuple[str, str, str]  # or: space before, placeholder, words for whoever lacks it


class Block:
    """`words` as `marked` gives them, of one kind as `twins.parts` has them."""

    def __init__(self, kind: str, words: list[str], hosts: Collection[str], last: bool) -> None:
        self._kind, self._hosts = kind, hosts
        self._end = "\n" if last else "\n\n"
        self._lines = [_parts(line) for line in words]
        personal = [part[1] for line in self._lines for part in line if not isinstance(part, str)]
        self.personal = bool(personal)
        self._only = personal[0] if len(set(personal)) == 1 else ""
        self._around: list[list[bytes]] = []  # of both twins, as they are said
        self._breaks: list[int] = []  # after so many bytes of a code its line ends; -1: nowhere
        self._room = 0  # bytes that an easy value may have
        if self._only == "code":
            self._around = self._around_a(codes.SAMPLE, len(personal))
        elif self._only and self._is_simple():
            around = self._around_a(_ANYBODY, len(personal))
            self._room = _free(around) if max(self._breaks, default=0) < 0 else 0
            self._around = around if self._room else []

    def filled(self, own: Own) -> tuple[bytes, bytes]:
        """Text and HTML for one person, whole lines; both empty where no words are left."""
        lines = [line for line in [_filled(parts, own) for parts in self._lines] if line]
        if not lines:
            return b"", b""
        return (
            encoded(twins.block_text(self._kind, lines) + self._end),
            encoded(twins.block_html(self._kind, lines, self._hosts)),
        )

    def said(self, own: Own) -> tuple[bytes, bytes]:
        """`filled`, each twin `stuffed`; nearly always by putting the value into its place."""
        if self._around:
            value = own.get(self._only, "")
            if self._room:
                quoted = _quoted(value) if _EASY(value) else b""
                fits = 0 < len(quoted) <= self._room
            else:  # codes: all are of one length, so that no line ends elsewhere
                quoted, fits = value.encode(), len(value) == len(codes.SAMPLE)
            if fits:
                (text, html), (at, at_html) = self._around, self._breaks
                in_text = quoted if at < 0 else _broken(quoted, at)
                in_html = quoted if at_html < 0 else _broken(quoted, at_html)
                return in_text.join(text), in_html.join(html)
        whole, page = self.filled(own)
        return stuffed(whole), stuffed(page)

    def _is_simple(self) -> bool:
        """Whether its twins change with an easy value in its places alone: headings are underlined
        to their length, links depend on what stands beside them, and a tab is as wide as what
        stands before it leaves it."""
        fixed = [part for line in self._lines for part in line if isinstance(part, str)]
        alone = all(sum(not isinstance(part, str) for part in line) < 2 for line in self._lines)
        moved = any(mark in part for part in fixed for mark in ("@", "://", "\t"))
        return self._kind != "heading" and alone and not moved

    def _around_a(self, value: str, count: int) -> list[list[bytes]]:
        """What stands around a value in both twins, as it is said; and where the end of an
        encoded line falls into it. Empty where it does so in one place and not in another."""
        mark = re.compile(b"(?:=\r\n)?".join(b"%c" % sign for sign in value.encode()))
        around = []
        for twin in map(stuffed, self.filled({self._only: value})):
            found, parts = set(mark.findall(twin)), mark.split(twin)
            if len(parts) != count + 1 or len(found) != 1:
                return []
            around.append(parts)
            self._breaks.append(found.pop().find(b"="))
        return around


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


def unstuffed(said: bytes) -> bytes:
    """The letter of which `said` is `stuffed`."""
    said = said.replace(b"\n..", b"\n.") if b"\n.." in said else said
    return said[1:] if said.startswith(b".") else said


def _free(around: list[list[bytes]]) -> int:
    """The bytes that a value between these may have without a line being broken anew; 0 where one
    is broken already, or where there is nothing to put it between."""
    free = twins.WIDTH if around else 0
    for parts in around:
        for before, after in pairwise(parts):
            above, _, start = before.rpartition(b"\r\n")
            end = after.partition(b"\r\n")[0]
            if above.endswith(b"=") or end.endswith(b"="):
                return 0
            free = min(free, twins.WIDTH - len(start) - len(end))
    return max(0, free)


def _broken(value: bytes, at: int) -> bytes:
    return b"%b=\r\n%b" % (value[:at], value[at:])


def _quoted(value: str) -> bytes:
    return value.encode() if value.isascii() else b2a_qp(value.encode())


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
