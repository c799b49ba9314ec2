"""A mail taken apart: headers, and the leaves of its tree, within limits on depth and number.

Outer boundaries are looked for first, so a part can never reach past its container. Slices are
views, not copies: a mail costs its own size and what is decoded from it.
"""

import binascii
import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message

from notifications.reading import words

MOST_HEADER_BYTES = 256 * 1024  # all headers of one part
MOST_VALUE_BYTES = 20_000  # one header
_BLANK = re.compile(rb"[\r\n]*\n")
_NAME = re.compile(rb"[\x21-\x39\x3b-\x7e]+[ \t]*:")


@dataclass
class Headers:
    """The headers of a mail or part, in order, as bytes; names in lower case."""

    items: list[tuple[str, bytes]] = field(default_factory=list)
    cut: bool = False  # a limit was reached

    def all(self, name: str) -> list[bytes]:
        """Every value of one header."""
        return [value for key, value in self.items if key == name]

    def first(self, name: str) -> bytes:
        """The first value that is not empty, or b""."""
        return next((value for value in self.all(name) if value), b"")

    def text(self, name: str) -> str:
        """The first value as words."""
        return words.header(self.first(name))

    def typed(self) -> Message:
        """The MIME headers as the email package reads them, for their parameters."""
        message = Message()
        for name in ("content-type", "content-disposition", "content-transfer-encoding"):
            if value := self.first(name):
                message[name] = words.decode(value, None)
        return message


@dataclass
class Leaf:
    """One part without parts of its own. `content` as transferred."""

    headers: Headers
    type: str  # "text/plain"
    charset: str | None
    disposition: str
    filename: str
    content: memoryview
    depth: int
    path: tuple[str, ...]  # the types of the containers around it, outermost first
    branch: tuple[int, ...]  # which child of each container

    def bytes(self) -> bytes:
        """The content decoded from its transfer encoding. What does not decode stays as it is."""
        way = self.headers.text("content-transfer-encoding").partition(";")[0].strip().lower()
        if way == "base64":
            return words.base64(self.content)
        if way.replace(" ", "-") == "quoted-printable":
            return binascii.a2b_qp(self.content)
        if way in ("x-uuencode", "uuencode", "uue", "x-uue"):
            return uudecode(bytes(self.content))
        return bytes(self.content)


@dataclass
class Tree:
    """What a walk may still take, and what it met. `marks`: "too_many_parts", "oversize"."""

    parts: int = 1000
    depth: int = 50
    marks: set[str] = field(default_factory=set)


def split(content: memoryview) -> tuple[Headers, memoryview]:
    """The headers and the body of a mail or part. Without headers, all of it is body."""
    headers = Headers()
    begin = _BLANK.match(content)  # blank lines before the first header
    position, size, end = begin.end() if begin else 0, 0, len(content)
    lines: list[bytes] = []
    while position < end:
        stop = _line_end(content, position)
        line = bytes(content[position:stop]).rstrip(b"\r\n")
        if not line:
            position = stop
            if lines or headers.items:
                break
            continue  # after the separator of an mbox file
        if line[:1] in b" \t" and lines:
            lines.append(line.strip())
        elif _NAME.match(line):
            _add(headers, lines)
            lines = [line]
        elif not lines and not headers.items and re.match(rb">?From ", line):
            pass  # the separator of an mbox file
        else:
            break  # the body begins without a blank line
        position = stop
        size += len(line)
        if size > MOST_HEADER_BYTES:
            headers.cut = True
            if headers.items or lines:
                position = _blank_line(content, position - 1)
            break
    _add(headers, lines)
    return headers, content[position:]


def leaves(content: memoryview, tree: Tree) -> Iterator[Leaf]:
    """The leaves of a mail in order, as far as the limits of `tree` reach."""
    headers, body = split(content)
    yield from _walk(headers, body, tree, (), (), "text/plain")


def _walk(
    headers: Headers,
    body: memoryview,
    tree: Tree,
    path: tuple[str, ...],
    branch: tuple[int, ...],
    default: str,
) -> Iterator[Leaf]:
    if headers.cut:
        tree.marks.add("oversize")
    if tree.parts <= 0:
        tree.marks.add("too_many_parts")
        return
    tree.parts -= 1
    typed = headers.typed()
    kind = typed.get_content_type() if headers.first("content-type") else default
    leaf = Leaf(
        headers=headers,
        type=kind,
        charset=_parameter(typed, "charset"),
        disposition=(typed.get_content_disposition() or "").lower(),
        filename=_filename(typed) or _last_step(headers.text("content-location")),
        content=body,
        depth=len(path),
        path=path,
        branch=branch,
    )
    container = kind.startswith("multipart/") or kind == "message/rfc822"
    if container and len(path) >= tree.depth:
        tree.marks.add("too_many_parts")
        if kind != "message/rfc822":
            leaf.type = "text/plain"  # what lies below is shown as it stands
    elif kind == "message/rfc822":
        yield leaf
        inner, rest = split(memoryview(leaf.bytes()))
        yield from _walk(inner, rest, tree, (*path, kind), (*branch, 0), "text/plain")
        return
    elif container:
        below = "message/rfc822" if kind == "multipart/digest" else "text/plain"
        found = False
        for number, part in enumerate(_parts(body, _parameter(typed, "boundary"))):
            found = True
            inner, rest = split(part) if part[:1] not in (b"\n", b"\r") else (Headers(), part[1:])
            yield from _walk(inner, rest, tree, (*path, kind), (*branch, number), below)
            if tree.parts <= 0:
                tree.marks.add("too_many_parts")
                return
        if found:
            return
        leaf.type = "text/plain"  # no boundary in it: what is there is shown as text
    yield leaf


def _parts(body: memoryview, boundary: str | None) -> Iterator[memoryview]:
    """The parts between the lines of a boundary; a missing last line is forgiven."""
    # Boundaries are ASCII (RFC 2046 section 5.1.1); those that are not stand as they were sent.
    text = (boundary or "").rstrip()
    name = text.encode("utf-8", "replace")
    names = dict.fromkeys([name, text.encode("cp1252", "replace")]) if text else ()
    patterns = [_boundary_line(one) for one in names]
    pattern = next((one for one in patterns if one.search(body)), None)
    if pattern is None:
        guess = re.search(rb"(?m)^--([^\s-][^\r\n]{0,200}?|-{2,}[^\r\n]{1,200}?)[ \t]*\r?$", body)
        if not guess or (name and not guess[1].startswith(name[:5])):
            return
        pattern = _boundary_line(guess[1])
    begin = None
    for match in pattern.finditer(body):
        if begin is not None:
            yield _without_line_end(body[begin : match.start()])
        begin = match.end()
        if match[1]:
            return
    if begin is not None and begin < len(body):
        yield body[begin:]


def _boundary_line(name: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"(?m)^--" + re.escape(name) + rb"(--)?[ \t]*(?:\r?\n|\r?\Z)")


def _without_line_end(part: memoryview) -> memoryview:
    """The line end before a boundary belongs to the boundary (RFC 2046 section 5.1.1)."""
    for end in (b"\r\n", b"\n"):
        if part[-len(end) :] == end:
            return part[: -len(end)]
    return part


_LINE_END = re.compile(rb"\n")


def _line_end(content: memoryview, position: int) -> int:
    match = _LINE_END.search(content, position)
    return match.end() if match else len(content)


def _blank_line(content: memoryview, position: int) -> int:
    match = re.compile(rb"\r?\n\r?\n").search(content, position)
    return match.end() if match else len(content)


def _add(headers: Headers, lines: list[bytes]) -> None:
    if lines:
        name, _, value = b" ".join(lines).partition(b":")
        headers.cut |= len(value) > MOST_VALUE_BYTES
        key = name.strip().decode("ascii", "replace").lower()
        headers.items.append((key, value.strip()[:MOST_VALUE_BYTES]))


def _parameter(typed: Message, name: str) -> str | None:
    with contextlib.suppress(ValueError, LookupError, TypeError):
        value = typed.get_param(name)
        if isinstance(value, tuple):
            value = value[2]
        return str(value) if value else None
    return None


def _filename(typed: Message) -> str:
    with contextlib.suppress(ValueError, LookupError, TypeError):
        name = typed.get_filename() or ""
        return words.header(name.encode("utf-8", "replace"))
    return ""


def _last_step(address: str) -> str:
    """The file name at the end of a Content-Location."""
    step = address.partition("?")[0].rpartition("/")[2].strip()
    return step if "." in step and ":" not in step else ""


def uudecode(content: bytes) -> bytes:
    """The file between "begin 644 name" and "end"."""
    out = []
    begin = re.search(rb"^begin [0-7]+ [^\n]*\n", content, re.MULTILINE)
    for line in content[begin.end() if begin else 0 :].splitlines():
        if line.strip() in (b"end", b"`"):
            break
        try:
            out.append(binascii.a2b_uu(line))
        except binascii.Error:  # some writers pad a line wrongly: its length says what counts
            count = (((line[0] - 32) & 63) * 4 + 5) // 3 if line else 0
            with contextlib.suppress(binascii.Error):
                out.append(binascii.a2b_uu(line[: count + 1]))
    return b"".join(out)
