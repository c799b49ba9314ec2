"""Bytes to words: charsets as they are named, or really are; encoded words in headers."""

import binascii
import re

# Codecs that are no charsets of mail, or take the square of the time for long input.
_REFUSED = re.compile(r"idna|punycode|unicode.?escape|undefined|mbcs|oem", re.IGNORECASE)
# Names that mail uses and Python does not know, or knows as something narrower.
_ALIASES = {
    "iso-8859-1": "cp1252",  # a browser reads it so, and 0x80-0x9f are quotes, not controls
    "latin1": "cp1252",
    "us-ascii": "utf-8",
    "ascii": "utf-8",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "euc-kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "shift_jis": "cp932",
    "iso-8859-8-i": "iso-8859-8",
    "x-unknown": "utf-8",
    "unknown-8bit": "utf-8",
    "utf8mb4": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
    "ansi_x3.4-1968": "utf-8",
}
_SHIFTS = re.compile(rb"\x1b\$[@B]")  # from ASCII to JIS X 0208 (RFC 1468)
_ENCODED = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?\r\n]*)\?=")


def decode(content: bytes, charset: str | None) -> str:
    """`content` as text: by its named charset, else UTF-8, else Windows-1252. Never raises.

    >>> decode(b"caf\\xc3\\xa9", None), decode(b"caf\\xe9", "us-ascii"), decode(b"x", "no-such")
    ('café', 'café', 'x')
    """
    name = (charset or "").strip(" \t\"'").partition("*")[0].lower()
    named = _ALIASES.get(name, name)
    strict = [named, "utf-8"] if named and not _REFUSED.search(named) else ["utf-8"]
    if _SHIFTS.search(content) and named in ("", "utf-8", "iso-2022-jp"):
        strict.insert(0, "iso-2022-jp")  # in ASCII bytes: taken for UTF-8, it would stay unread
    for codec in strict:
        try:
            return _whole(content.decode(codec))
        except (LookupError, ValueError):  # not a charset, or not in it; UnicodeError is one
            continue
    if named and named not in ("utf-8", "utf8") and not _REFUSED.search(named):
        try:
            text = _whole(content.decode(named, "replace"))
            # Mostly right: the charset was true, and some bytes were damaged on the way.
            if text.count("\ufffd") * 20 <= len(text):
                return text
        except (LookupError, ValueError):
            pass
    text = content.decode("utf-8", "replace")
    if text.count("\ufffd") * 20 <= len(text):
        return text
    return content.decode("cp1252", "replace")


def _whole(text: str) -> str:
    """A text without halves of characters, which UTF-7 can spell and nothing else can keep."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def header(value: bytes) -> str:
    """A header's value with its encoded words read (RFC 2047), on one line.

    >>> header(b"=?utf-8?B?w6k=?= =?utf-8?Q?_t=C3=A9?= x")
    'é té x'
    """
    text = decode(value, None)
    text = re.sub(r"[\r\n\t ]+", " ", text)
    pieces: list[tuple[str | None, bytes | str]] = []  # (charset, bytes) or (None, text)
    end = 0
    for match in _ENCODED.finditer(text):
        between = text[end : match.start()]
        if between.strip() or not (pieces and pieces[-1][0]):
            pieces.append((None, between))
        charset = match[1].lower()
        content = _unpack(match[2], match[3])
        # Some writers cut a character in two: neighbours in one charset are read as one.
        if pieces and pieces[-1][0] == charset and isinstance(pieces[-1][1], bytes):
            pieces[-1] = (charset, pieces[-1][1] + content)
        else:
            pieces.append((charset, content))
        end = match.end()
    pieces.append((None, text[end:]))
    return "".join(
        decode(piece, charset) if isinstance(piece, bytes) else piece for charset, piece in pieces
    ).strip()


def _unpack(way: str, text: str) -> bytes:
    if way in "bB":
        return base64(text.encode("ascii", "ignore"))
    content = text.encode("utf-8").replace(b"_", b" ")
    return binascii.a2b_qp(content)


def base64(content: bytes | memoryview) -> bytes:
    """Base64 with what mails do to it: line ends, missing padding, strange characters, a tail.

    >>> base64(b"aGVs\\r\\nbG8"), base64(b"aGVsbG8=A")
    (b'hello', b'hello')
    """
    try:
        return binascii.a2b_base64(content)
    except binascii.Error:
        kept = re.sub(rb"[^A-Za-z0-9+/]", b"", content)
        if len(kept) % 4 == 1:
            kept = kept[:-1]
        return binascii.a2b_base64(kept + b"=" * (-len(kept) % 4))
