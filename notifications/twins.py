"""Pure: a letter's words as plain text and as HTML, which say the same.

The words are written in blocks with an empty line between them. A line "# ..." is a heading,
lines "- ..." are points, lines "1. ..." are steps; everything else is text.
"""

import re
import textwrap
from collections.abc import Collection, Iterator
from typing import Any
from urllib.parse import urlsplit

from markupsafe import Markup, escape

WIDTH = 72  # characters a line of the text twin
_HEADING = re.compile(r"#+\s+(.*)")
_POINT = re.compile(r"[-*•]\s+(.*)")
_STEP = re.compile(r"\d{1,2}[.)]\s+(.*)")
_FRAMES = {
    "points": Markup("<ul>\n{}\n</ul>\n"),
    "steps": Markup("<ol>\n{}\n</ol>\n"),
}
_LINK = re.compile(r"https?://[^\s<>\"'()\[\]]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


def _parts(words: str) -> Iterator[tuple[str, list[str]]]:
    """(kind, lines): "heading", "text", "points" or "steps", in order."""
    kind, lines = "", list[str]()
    for raw in [*words.splitlines(), ""]:
        line = raw.strip()
        now = "text" if line else ""
        for name, pattern in (("heading", _HEADING), ("points", _POINT), ("steps", _STEP)):
            if found := pattern.fullmatch(line):
                now, line = name, found[1].strip()
        if lines and (now != kind or now == "heading"):
            yield kind, lines
            lines = []
        kind = now
        if now:
            lines.append(line)


def text(words: str) -> str:
    """The text twin: lines of at most 72 characters, headings underlined, steps counted.

    >>> print(text("# What now\\n1. Change it.\\n1. Tell us."))
    What now
    --------
    <BLANKLINE>
    1. Change it.
    2. Tell us.
    <BLANKLINE>
    """
    blocks = []
    for kind, lines in _parts(words):
        if kind == "heading":
            blocks.append(f"{lines[0]}\n{'-' * min(len(lines[0]), WIDTH)}")
        elif kind == "text":
            blocks.append("\n".join(_wrap(line) for line in lines))
        else:
            starts = ["- " if kind == "points" else f"{n}. " for n in range(1, len(lines) + 1)]
            pairs = zip(starts, lines, strict=True)
            blocks.append("\n".join(_wrap(line, start) for start, line in pairs))
    return "\n\n".join(blocks) + "\n"


def blocks(words: str) -> list[dict[str, Any]]:
    """The blocks of a text for paper: dicts of kind (heading, text, points, steps) and lines."""
    return [{"kind": kind, "lines": lines} for kind, lines in _parts(words)]


def _wrap(line: str, start: str = "") -> str:
    return textwrap.fill(
        line,
        WIDTH,
        initial_indent=start,
        subsequent_indent=" " * len(start),
        break_long_words=False,  # an address or a link stays whole
        break_on_hyphens=False,
    )


def html(words: str, hosts: Collection[str]) -> Markup:
    """The HTML twin, without a frame: paragraphs, headings and lists, and nothing else.

    Web addresses become links only on `hosts` (the organisation's and the authority's); mail
    addresses always. Everything is escaped; there are no images, styles or scripts.

    >>> html("Hello <b>,", ())
    Markup('<p>Hello &lt;b&gt;,</p>\\n')
    """
    out = Markup()
    for kind, lines in _parts(words):
        filled = [_linked(line, hosts) for line in lines]
        if kind == "heading":
            out += Markup("<h2>{}</h2>\n").format(filled[0])
        elif kind == "text":
            out += Markup("<p>{}</p>\n").format(Markup("<br>\n").join(filled))
        else:
            items = Markup("\n").join(Markup("<li>{}</li>").format(line) for line in filled)
            out += _FRAMES[kind].format(items)
    return out


def _linked(line: str, hosts: Collection[str]) -> Markup:
    out, at = Markup(), 0
    for found in _LINK.finditer(line):
        shown = found[0].rstrip(".,;:!?")
        if "://" not in shown:
            link = f"mailto:{shown}"
        elif host_of(shown) in hosts:
            link = shown
        else:
            continue
        out += escape(line[at : found.start()])
        out += Markup('<a href="{}">{}</a>').format(link, shown)
        at = found.start() + len(shown)
    return out + escape(line[at:])


def links(words: str) -> list[str]:
    """The web addresses in a text."""
    return [found.rstrip(".,;:!?") for found in _LINK.findall(words) if "://" in found]


def host_of(link: str) -> str:
    """The host of a web address without a leading "www.", or "".

    >>> host_of("https://www.Example.org:8443/x"), host_of("example.org")
    ('example.org', 'example.org')
    """
    try:
        parts = urlsplit(link if "://" in link else f"https://{link}")
        return (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def page(body: Markup, language: str, title: str) -> str:
    """The HTML twin as a whole page, as it is sent."""
    return str(
        Markup(
            '<!doctype html>\n<html lang="{}">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            "<title>{}</title>\n</head>\n"
            '<body style="font-family: Arial, Helvetica, sans-serif; font-size: 16px; '
            'line-height: 1.5; max-width: 40em; margin: 0 auto; padding: 16px">\n{}</body>\n'
            "</html>\n"
        ).format(language, title, body)
    )
