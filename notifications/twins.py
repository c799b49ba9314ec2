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
_LINK = re.compile(r"https?://[^\s<>\"'()\[\]]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


def parts(words: str) -> Iterator[tuple[str, list[str]]]:
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
    return "\n\n".join(block_text(*block) for block in parts(words)) + "\n"


def unbroken(words: str) -> str:
    """The same without line ends inside a paragraph, for who sets it anew.

    >>> print(unbroken("# What now\\n1. Change it.\\n1. Tell us."))
    What now
    <BLANKLINE>
    1. Change it.
    2. Tell us.
    """
    return "\n\n".join(
        "\n".join(map(str.__add__, _starts(kind, len(lines)), lines))
        for kind, lines in parts(words)
    )


def _starts(kind: str, count: int) -> list[str]:
    """What stands before each line of a block: its point or number, if it has one."""
    if kind == "steps":
        return [f"{n}. " for n in range(1, count + 1)]
    return ["- " if kind == "points" else ""] * count


def block_text(kind: str, lines: list[str]) -> str:
    """One block of the text twin, without a line end."""
    if kind == "heading":
        return f"{lines[0]}\n{'-' * min(len(lines[0]), WIDTH)}"
    return "\n".join(map(_wrap, lines, _starts(kind, len(lines))))


def blocks(words: str) -> list[dict[str, Any]]:
    """The blocks of a text for paper: dicts of kind (heading, text, points, steps) and lines."""
    return [{"kind": kind, "lines": lines} for kind, lines in parts(words)]


def _wrap(line: str, start: str = "") -> str:
    if len(start) + len(line) <= WIDTH and line.isprintable():
        return start + line  # what is below, faster
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
    return Markup().join(block_html(kind, lines, hosts) for kind, lines in parts(words))


def block_html(kind: str, lines: list[str], hosts: Collection[str]) -> Markup:
    """One block of the HTML twin."""
    filled = [_linked(line, hosts) for line in lines]
    if kind == "heading":
        html = f"<h2>{filled[0]}</h2>\n"
    elif kind == "text":
        html = "<p>" + "<br>\n".join(filled) + "</p>\n"
    else:
        name = "ul" if kind == "points" else "ol"
        html = "\n".join([f"<{name}>", *(f"<li>{line}</li>" for line in filled), f"</{name}>\n"])
    return Markup(html)  # noqa: S704 - each line was escaped by itself


def _linked(line: str, hosts: Collection[str]) -> Markup:
    if "@" not in line and "://" not in line:
        return escape(line)
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
