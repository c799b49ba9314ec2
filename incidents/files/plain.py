"""The words of a text file, to read in a page."""

from incidents.intake import clean

MOST = 200_000  # characters shown


def plain(content: bytes) -> tuple[str, bool]:
    """The text of a file, made safe to show, and whether that is all of it.

    >>> plain("Caf\\u00e9\\x00 \\u202etxt".encode())
    ('Café� �txt', True)
    """
    head = content[: 4 * MOST]
    text = ""
    for codec in _codecs(head):
        try:
            text = head.decode(codec)
            break
        except UnicodeDecodeError as error:
            if error.end >= len(head) - 4 and len(content) > len(head):  # a character cut in two
                text = head[: error.start].decode(codec)
                break
    else:
        text = head.decode("cp1252", "replace")
    whole = len(text) <= MOST and len(content) <= len(head)
    return clean(text, MOST) or "", whole


def _codecs(head: bytes) -> tuple[str, ...]:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    return ("utf-8-sig",)
