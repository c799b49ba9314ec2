"""What one mail says: who, about what, in which words, with which files. Bytes in, a dict out."""

import hashlib
import re
from dataclasses import dataclass
from email.utils import getaddresses
from typing import Any

from incidents.intake import clean, one_line
from notifications.reading import checked, language, markup, mime, signs, words

MOST_TEXT = 200_000  # characters kept of what can be read; the original mail has the rest
MOST_FILES = 200
MOST_CARRIED = 20  # mails in a mail that are compared with those we have
_SHOWN = frozenset(  # told in words rather than kept as a file
    [
        "message/delivery-status",
        "message/disposition-notification",
        "message/feedback-report",
        "text/rfc822-headers",
    ]
)
# What mail servers add on the way. The same mail that came by two ways differs in them only.
_ON_THE_WAY = "return-path delivered-to envelope-to received received-spf authentication-results"
_TRACE = frozenset(_ON_THE_WAY.split())
_JUNK = (  # in which mail servers say what they hold for junk; see notifications.junk
    "x-spam-flag",
    "x-spam-status",
    "x-spam",
    "x-rspamd-action",
    "x-spam-action",
    "x-ms-exchange-organization-scl",
)
_MARKED_UP = frozenset(["text/html", "text/enriched", "text/richtext", "text/x-amp-html"])
_ADDRESS = r"[^@\s<>\"(),:;]+@[^@\s<>\"(),:;]+"
_ENDINGS = {
    "message/rfc822": ".eml",
    "text/plain": ".txt",
    "text/html": ".html",
    "text/calendar": ".ics",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "application/pdf": ".pdf",
    "application/zip": ".zip",
    "application/gzip": ".gz",
    "application/x-gzip": ".gz",
    "application/pgp-signature": ".asc",
    "application/pkcs7-signature": ".p7s",
}
_UUENCODED = re.compile(r"(?m)^begin [0-7]{3,4} (\S[^\n]{0,200})\n((?:[ -`][^\n]{0,90}\n)+)end *$")


@dataclass
class Words:
    """One piece of readable text and where in the tree it stood."""

    leaf: mime.Leaf
    text: str


def read(raw: bytes, file_limit: int) -> tuple[dict[str, Any], list[bytes]]:
    """Everything that is understood of a mail: the facts (JSON), and its files in their order.

    `file_limit` in bytes; larger files stay in the original mail only, and it is marked.
    """
    content = memoryview(_line_ends(raw))
    headers, body = mime.split(content)
    tree = mime.Tree()
    files, spoken, carries = _contents(content, tree, file_limit, len(raw))
    facts = about(headers, raw, body) | {"carried": carries}
    text = _join(_chosen(spoken))
    text, more = _take_uuencoded(text)
    files += more
    facts["text"] = clean(text, MOST_TEXT) or ""
    facts["language"] = language.guess(facts["text"] or facts["subject"])
    facts["files"] = [
        {"name": one_line(name) or "", "type": kind, "size": len(content)}
        for name, kind, content in files
    ]
    facts["marks"] = sorted(tree.marks)
    return facts, [content for _, _, content in files]


def about(headers: mime.Headers, raw: bytes, body: memoryview) -> dict[str, Any]:
    """What the headers alone say; see `read`."""
    name, address = sender(headers)
    routed = ("to", "cc", "delivered-to", "x-original-to", "envelope-to", "in-reply-to")
    message_id = headers.first("message-id").decode("ascii", "replace").strip()
    return {
        "subject": one_line(headers.text("subject")[:2000]) or "",
        "name": one_line(name) or "",
        "from": address,
        "message_id": message_id[:200],
        "references": headers.first("references").decode("ascii", "replace")[-4000:],
        "routes": " ".join(
            value.decode("ascii", "replace")[:4000]
            for name in (*routed, "references")
            for value in headers.all(name)[:20]
        ),
        "automatic": signs.automatic(headers, address),
        "auto_reply": signs.is_auto_reply(headers),
        "identity": identity(headers, raw, body),
        "checked": checked.results(headers),
        "junk": {name: headers.text(name)[:200] for name in _JUNK if headers.first(name)},
    }


def identity(headers: mime.Headers, raw: bytes, body: memoryview) -> str:
    """What is the same of one mail by whatever way it came: SHA-256, in hex."""
    if not headers.first("message-id").strip():
        return hashlib.sha256(raw).hexdigest()
    whole = _identified(headers)
    whole.update(body)
    return whole.hexdigest()


def _identified(headers: mime.Headers) -> Any:
    whole = hashlib.sha256()
    for key, value in headers.items:
        if key not in _TRACE and not key.startswith(("x-", "arc-")):
            whole.update(key.encode("utf-8", "replace") + b":" + value + b"\n")
    # Its first step is the same by all ways: servers write theirs above it.
    whole.update(b"\n".join([*headers.all("received")[-1:], b"", b""]))
    return whole


def carried(leaf: mime.Leaf) -> list[str]:
    """The identities that the mail in this part of a mail can have had; none without Message-ID.

    A mail in a mail has the line ends of the mail around it, and may have lost its last one.
    """
    headers, body = mime.split(memoryview(leaf.bytes()))
    if not headers.first("message-id").strip():
        return []
    plain = bytes(body).replace(b"\r\n", b"\n").rstrip(b"\n")
    found = []
    for end in (b"\n", b"\r\n"):
        whole = _identified(headers)
        whole.update(plain if end == b"\n" else plain.replace(b"\n", end))
        for _ in range(3):  # without a last line end, with one, with an empty last line
            found.append(whole.hexdigest())
            whole.update(end)
    return found


def sender(headers: mime.Headers) -> tuple[str, str]:
    """The name and the address of the first From with an address; "" for what is missing."""
    shown = ""
    for value in headers.all("from")[:5]:
        text = words.decode(value[:2000], None)
        try:
            pairs = getaddresses([text])
        except (RecursionError, ValueError, IndexError):
            pairs = []
        for name, address in pairs:
            name = words.header(name.encode("utf-8", "replace"))
            if re.fullmatch(_ADDRESS, address.strip()):
                return name, address.strip()[:254]
        shown = shown or words.header(value[:500])
        if found := re.search(_ADDRESS, shown):  # a header without the commas or brackets it needs
            return shown, found[0][:254]
    return shown, ""


def skim(raw: bytes) -> dict[str, Any]:
    """What can be told of a mail that could not be read: its headers and its plain lines."""
    content = memoryview(_line_ends(raw[:262_144]))
    headers, body = mime.split(content)
    try:
        facts = about(headers, raw, body)
    except Exception:  # what broke the reading may sit in the headers too
        facts = {"identity": hashlib.sha256(raw).hexdigest()}
    text = words.decode(bytes(body[:65_536]), None)
    text = re.sub(r"<[^<>]{0,1000}>", " ", text)
    lines = [line for line in text.splitlines() if not re.fullmatch(r"[A-Za-z0-9+/=]{60,}", line)]
    return facts | {"text": (clean("\n".join(lines)) or "")[:20_000], "files": [], "marks": []}


def _contents(
    content: memoryview, tree: mime.Tree, file_limit: int, size: int
) -> tuple[list[tuple[str, str, bytes]], list[Words], list[list[str]]]:
    """The files and the texts of a mail, and the identities that the mails in it can have had."""
    carries: list[list[str]] = []
    files: list[tuple[str, str, bytes]] = []
    spoken: list[Words] = []
    set_apart: list[Words] = []  # texts sent as files
    room = 2 * size + 1_000_000  # forwarded mails are kept whole and in parts
    for number, leaf in enumerate(mime.leaves(content, tree), 1):
        named = bool(leaf.filename) or leaf.disposition == "attachment"
        is_text = leaf.type in _SHOWN or leaf.type.startswith("text/")
        if leaf.type == "text/calendar" or leaf.type in ("text/rtf", "text/directory"):
            is_text = False
        if leaf.type == "message/rfc822":
            spoken.append(Words(leaf, _heading(leaf)))
            if "message/rfc822" not in leaf.path and len(carries) <= MOST_CARRIED:
                carries.append(carried(leaf) if len(carries) < MOST_CARRIED else [])
        elif is_text:
            (set_apart if named else spoken).append(Words(leaf, _text(leaf)))
            if not named:
                continue
        file = leaf.bytes()
        if not file and not named:
            continue
        room -= len(file)
        if len(file) > file_limit or room < 0 or len(files) >= MOST_FILES:
            tree.marks.add("oversize")
            continue
        files.append((leaf.filename or _name(leaf, number), leaf.type, file))
    if not any(words.text.strip() for words in spoken):
        spoken = set_apart
    return files, spoken, carries


def _text(leaf: mime.Leaf) -> str:
    text = words.decode(leaf.bytes(), leaf.charset)
    if leaf.type in _MARKED_UP:
        return markup.text(text)
    return text.replace("\r\n", "\n").strip("\n")


def _heading(leaf: mime.Leaf) -> str:
    """The head of a mail within the mail."""
    inner, _ = mime.split(memoryview(leaf.bytes()))
    lines = [f"{name}: {inner.text(name.lower())}" for name in ("From", "Date", "Subject")]
    return "\n".join(["-" * 20, *(line for line in lines if not line.endswith(": "))])


def _chosen(spoken: list[Words]) -> list[Words]:
    """Of texts that say the same in two ways (multipart/alternative), the plain one; unless it
    says next to nothing, as "this mail needs HTML" does."""
    by_place: dict[tuple[int, ...], list[Words]] = {}
    for piece in spoken:
        for level, kind in enumerate(piece.leaf.path):
            if kind == "multipart/alternative":
                by_place.setdefault(piece.leaf.branch[:level], []).append(piece)
    dropped: set[int] = set()
    for pieces in by_place.values():
        plain = [p for p in pieces if p.leaf.type not in _MARKED_UP and p.text.strip()]
        marked = [p for p in pieces if p.leaf.type in _MARKED_UP and p.text.strip()]
        if not plain or not marked:
            continue
        said = sum(len(p.text) for p in plain)
        little = said * 5 < sum(len(p.text) for p in marked)
        dropped.update(map(id, plain if little else marked))
    return [piece for piece in spoken if id(piece) not in dropped]


def _join(pieces: list[Words]) -> str:
    texts, size = [], 0
    for piece in pieces:
        if piece.text.strip():
            texts.append(piece.text[: MOST_TEXT - size])
            size += len(texts[-1])
        if size >= MOST_TEXT:
            break
    return "\n\n".join(texts)


def _take_uuencoded(text: str) -> tuple[str, list[tuple[str, str, bytes]]]:
    """Files that were written into the text, as mail did before MIME."""
    files = []
    for match in list(_UUENCODED.finditer(text))[:20]:
        content = mime.uudecode(match[0].encode("ascii", "replace"))
        if content:
            files.append((match[1].strip(), "application/octet-stream", content))
            text = text.replace(match[0], f"[{match[1].strip()}]")
    return text, files


def _name(leaf: mime.Leaf, number: int) -> str:
    ending = _ENDINGS.get(leaf.type, ".bin")
    if leaf.type == "message/rfc822":
        inner, _ = mime.split(memoryview(leaf.bytes()))
        return (one_line(inner.text("subject")[:500], 80) or f"part-{number}") + ending
    return f"part-{number}{ending}"


def _line_ends(raw: bytes) -> bytes:
    """Mail with old line ends (CR alone) is read as if it had new ones."""
    return raw if b"\n" in raw else raw.replace(b"\r", b"\n")
