"""A mail that may be a return, taken apart: the notice to people, the fields for machines, and what
is left of the mail that came back."""

import re
from dataclasses import dataclass, field

from notifications.reading import markup, mime, words

MOST = 50_000  # characters of the notice that are looked at
_REPORTS = ("message/delivery-status", "message/global-delivery-status")
# Where the notice ends and the mail that came back begins.
_COPY = re.compile(
    r"^[ \t>*=#_.-]{0,80}(below this line is|possibly truncated original|"
    r"this is a copy of (the|your) message|"
    r"original (message|mail|text) (follows|headers?)|original headers?\b|"
    r"(the )?headers? of (the )?original|the header of the|"
    r"message headers? follow|original message\b|unsent message (follows|below)|"
    r"below is a copy of|(the )?first \d+ lines of|returned message|"
    r"(a )?copy of (the|your) (original )?message|your original message|message header|"
    r"the (attached|following) (file|message)? ?(contains|is) (the|your) original|"
    r"message d'origine|ursprüngliche nachricht|mensaje original|messaggio originale|"
    r"mensagem original|oorspronkelijk bericht|original mail as follows|"
    r"the text of the message|start of the message|text of your message)[^\n]{0,100}$",
    re.IGNORECASE | re.MULTILINE,
)
_HEADERS = re.compile(
    r"^[ \t]{0,8}(Received: from |Received: by |Return-Path: ?<|DKIM-Signature: )", re.M
)
_BLOCK = re.compile(r"^(Reporting-MTA|Final-Recipient|Original-Recipient) ?:", re.I | re.M)


@dataclass
class Paper:
    """What a mail consists of, as far as it may be a return."""

    headers: mime.Headers
    text: str = ""  # what it says to people, without the mail that came back
    reports: list[bytes] = field(default_factory=list)  # message/delivery-status
    complaints: list[bytes] = field(default_factory=list)  # message/feedback-report
    original: mime.Headers = field(default_factory=mime.Headers)
    inner: bytes = b""  # the mail that came back, or was passed on, where it is attached

    def inner_is_return(self) -> bool:
        """Whether what is attached is a return itself, that a gateway passed on."""
        return bool(self.inner) and b"mailer-daemon" in self.original.first("from").lower()


def apart(raw: bytes) -> Paper:
    """Take a mail apart. What is forwarded inside it is not looked into."""
    if b"\n" not in raw:
        raw = raw.replace(b"\r", b"\n")
    content = memoryview(raw)
    headers, _ = mime.split(content)
    paper = Paper(headers)
    plain: list[str] = []
    marked: list[str] = []
    size = 0
    for leaf in mime.leaves(content, mime.Tree(parts=100, depth=6)):
        if "message/rfc822" in leaf.path:
            continue
        if leaf.type in _REPORTS:
            paper.reports.append(leaf.bytes()[:200_000])
        elif leaf.type == "message/feedback-report":
            paper.complaints.append(leaf.bytes()[:200_000])
        elif leaf.type in ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers"):
            inner = leaf.bytes()[:1_000_000]
            _original(paper, inner[:200_000])
            paper.inner = paper.inner or (inner if leaf.type == "message/rfc822" else b"")
        elif leaf.type.startswith("text/") and size < MOST:
            text = words.decode(leaf.bytes()[: 4 * MOST], leaf.charset)
            if leaf.type == "text/html":
                marked.append(markup.text(text)[:MOST])
            else:
                plain.append(text[:MOST])
            size += len(text)
    said = [text for text in plain if text.strip()] or marked
    _cut(paper, "\n".join(said).replace("\r\n", "\n").replace("\r", "\n")[:MOST])
    return paper


def _cut(paper: Paper, text: str) -> None:
    """The notice ends where the mail that came back begins; its fields may stand in the text."""
    ends = [found.start() for found in (_COPY.search(text), _HEADERS.search(text)) if found]
    if not paper.reports and (block := _BLOCK.search(text)):
        stop = re.compile(r"\n--\S|\nContent-Type: (message/rfc822|text/rfc822)", re.I)
        end = stop.search(text, block.end())
        paper.reports.append(text[block.start() : end.start() if end else None].encode())
        ends.append(block.start())
    if ends:
        _original(paper, text[min(ends) :].encode())
        text = text[: min(ends)]
    paper.text = text


def _original(paper: Paper, content: bytes) -> None:
    """The headers of the mail that came back, wherever in `content` they begin."""
    if paper.original.items:
        return
    lines = content.lstrip()
    found = re.search(
        rb"^(Received|Return-Path|From|To|Date|Message-ID|Subject|X-[\w-]{1,60}): ?\S",
        lines,
        re.I | re.M,
    )
    if found:
        paper.original, _ = mime.split(memoryview(lines[found.start() :]))
