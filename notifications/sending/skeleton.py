"""Pure: a letter of which only what is a person's own is left to be filled in.

All that is the same for everybody, nearly all of it, is rendered, encoded and joined once for each
text. A block in which something personal stands is rendered for each person, in both twins.
"""

from collections.abc import Collection, Mapping
from email.message import EmailMessage

from markupsafe import escape

from notifications import twins
from notifications.sending.across import filled
from notifications.sending.blocks import Block, Own, encoded, marked, stuffed

# What stands for address and Message-ID, in this order, in the mail that is made into a skeleton.
TO, ID = "mark-to@mark.invalid", "<mark-id@mark.invalid>"
_TEXT, _HTML = "mark-text", "mark-html"


class Skeleton:
    """The letters of one text. `mail` (under policy.SMTP) has all headers, with TO and ID in their
    places; `words` is the text with its placeholders, `shared` what stands for those that are not
    personal."""

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
        self._pieces = [head, b"", to_id, b"", b""]  # places 1 and 3: address and Message-ID
        self._own: list[tuple[Block, int, int]] = []  # and the places of its twins
        found = list(twins.parts(marked(words, shared)))
        blocks = [
            Block(kind, lines, hosts, last=number == len(found))
            for number, (kind, lines) in enumerate(found, 1)
        ]
        fixed = [(b"", b"") if block.personal else block.filled({}) for block in blocks]
        self._add(to_text)
        texts = [self._add(twin[0], block) for twin, block in zip(fixed, blocks, strict=True)]
        self._add(to_html + encoded(before))
        htmls = [self._add(twin[1], block) for twin, block in zip(fixed, blocks, strict=True)]
        self._add(encoded(after) + end)
        self._own = [place for place in zip(blocks, texts, htmls, strict=True) if place[0].personal]
        # Each piece begins a line, or with the end of one.
        self.said_pieces = [stuffed(piece) for piece in self._pieces]
        self.places = (1, 3, *(place for _, *twins in self._own for place in twins))

    def letter(self, to: str, message_id: str, own: Own) -> bytes:
        """The letter to one person, as it goes over the wire but for dots at the start of lines.

        `to` and `message_id` are ASCII without control characters; `own` holds the personal
        values by placeholder.
        """
        pieces = self._pieces.copy()
        pieces[1], pieces[3] = to.encode("ascii"), message_id.encode("ascii")
        for block, text, html in self._own:
            pieces[text], pieces[html] = block.filled(own)
        return b"".join(pieces)

    def said(self, to: str, message_id: str, own: Own) -> bytes:
        """`stuffed(letter(...))`: as it is said after DATA."""
        own_pieces = self.own_pieces(to.encode("ascii"), message_id, own)
        return filled(self.said_pieces, self.places, own_pieces)

    def own_pieces(self, to: bytes, message_id: str, own: Own) -> tuple[bytes, ...]:
        """What `said` has in its `places` among the `said_pieces`, in their order."""
        pieces = [to, message_id.encode("ascii")]
        for block, _text, _html in self._own:
            pieces += block.said(own)
        return (*pieces,)

    def _add(self, piece: bytes, block: Block | None = None) -> int:
        """Put a piece at the end, a personal one in a place of its own; returns its place."""
        if block is not None and block.personal:
            self._pieces += [b"", b""]
            return len(self._pieces) - 2
        self._pieces[-1] += piece
        return len(self._pieces) - 1


def _frame(mail: EmailMessage, language: str, boundary: str) -> list[bytes]:
    """The bytes of the mail around address, Message-ID, text and HTML: five parts."""
    mail.set_content(_TEXT, cte="quoted-printable")
    mail.add_alternative(_HTML, subtype="html", cte="quoted-printable")
    for part in mail.iter_parts():
        del part["MIME-Version"]  # belongs to the whole (RFC 2045 section 4)
    mail["Content-Language"] = language
    mail.set_boundary(boundary)
    rest, parts = mail.as_bytes(), list[bytes]()
    for mark in (TO, ID, f"{_TEXT}\r\n", f"{_HTML}\r\n"):
        before, found, rest = rest.partition(mark.encode())
        assert found
        parts.append(before)
    return [*parts, rest]
