"""HTML to text: what a reader would see, nothing that acts."""

import html
import re
from html.parser import HTMLParser

_BREAKING = (
    "address article aside blockquote dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6 "
    "header hr li main nav ol p pre section table tr ul title"
)
_BLOCKS = frozenset(_BREAKING.split())
_UNSEEN = frozenset(["script", "style", "head", "template", "noscript", "svg", "math", "object"])
_QUOTE, _UNQUOTE = "\x01", "\x02"  # stand for the ends of a quotation until lines are made
_MOST = 2_000_000  # characters looked at


def text(markup: str) -> str:
    """The words of an HTML text; a link that leads elsewhere than it says shows its address.

    >>> text("<style>x</style><p>Hello&nbsp;<b>you</b><br>there<p><a href='http://x.example'>a</a>")
    'Hello you\\nthere\\n\\na <http://x.example>'
    """
    reader = _Reader()
    markup = markup[:_MOST]
    try:
        if markup.count("<") > 2 * markup.count(">") + 1000:
            raise ValueError  # the square of the time for tags that never end
        reader.feed(markup)
        reader.close()
        words = "".join(reader.words)
    except (AssertionError, ValueError, RecursionError):  # html.parser gives up on some markup
        words = html.unescape(re.sub(r"<[^<>]{0,5000}>", " ", markup))
    words = words.replace("\xa0", " ")
    lines, quoted = [], 0
    for line in words.split("\n"):
        # A deeper quotation adds nothing that the first > does not say.
        quoted = max(0, quoted + line.count(_QUOTE) - line.count(_UNQUOTE))
        line = re.sub(rf"[ \t\r\f\v{_QUOTE}{_UNQUOTE}]+", " ", line).strip()
        lines.append(f"> {line}" if quoted and line else line)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.unseen: list[str] = []  # the open elements whose content nobody sees
        self.link: tuple[str, int] | None = None  # its address, where its words begin
        self.verbatim = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "body":
            self.unseen.clear()  # a head that was never closed hides no body
        if tag in _UNSEEN:
            self.unseen.append(tag)
        if self.unseen:
            return
        values = dict(attrs)
        if tag in _BLOCKS:
            self.words.append("\n- " if tag == "li" else "\n")
            if tag == "blockquote":
                self.words.append(f"\n{_QUOTE}")
            if tag in ("p", "blockquote", "table", "ul", "ol") or tag[0] == "h":
                self.words.append("\n")
            self.verbatim += tag == "pre"
        elif tag == "br":
            self.words.append("\n")
        elif tag in ("td", "th"):
            self.words.append(" ")
        elif tag == "img" and values.get("alt"):
            self.words.append(f"[{values['alt']}]")
        elif tag == "a":
            self.link = (values.get("href") or "", len(self.words))

    def handle_endtag(self, tag: str) -> None:
        if tag in self.unseen:
            del self.unseen[self.unseen.index(tag) :]
            return
        if self.unseen:
            return
        if tag == "a" and self.link:
            (address, begin), self.link = self.link, None
            said = "".join(self.words[begin:]).strip()
            if address.lower().startswith(("http:", "https:")) and address.strip() != said:
                self.words.append(f" <{address.strip()[:500]}>")
        elif tag in _BLOCKS:
            self.words.append(f"\n{_UNQUOTE}\n" if tag == "blockquote" else "\n")
            if tag == "pre":
                self.verbatim = max(0, self.verbatim - 1)

    def handle_data(self, data: str) -> None:
        if not self.unseen:
            data = data.replace(_QUOTE, "").replace(_UNQUOTE, "")
            self.words.append(data if self.verbatim else re.sub(r"\s+", _one_line, data))


def _one_line(space: re.Match[str]) -> str:
    return " " if "\n" in space[0] else space[0]
