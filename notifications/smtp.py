"""What SMTP carries and says, as bytes and words."""

import quopri
import re
import smtplib
import ssl
from email.message import Message as Part
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the process that has the wire uses this module too, and must start fast
    from flask_mail import Message

LONGEST_LINE = 998  # RFC 5322 2.1.1
CODED = ("quoted-printable", "base64")  # seven-bit already: such a part goes out as it is
SOURCE = re.compile(r"\[SSL: \w+\] |_ssl\.c:\d+: | \(_ssl\.c:\d+\)")  # what is Python's of an error
ACTING = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")


def as_sent(message: "Message") -> bytes:
    """The letter as it goes over the wire: seven-bit, lines ended by CRLF.

    Seven-bit, because a relay that must convert a text breaks its signature on the way. Headers
    are not folded again, since that would break long Message-IDs in References. Raises ValueError
    for a header that holds control characters.
    """
    from email.policy import SMTP  # a megabyte that the process with the wire does without

    mime: Part = message._message()
    for name, value in mime.raw_items():  # items() drops line ends instead of showing them
        if ACTING.search(re.sub(r"\r?\n[ \t]", " ", str(value))):
            raise ValueError(f"The header {name} holds a control character.")
    for part in mime.walk():
        if part.get_content_maintype() == "text" and part["Content-Transfer-Encoding"] not in CODED:
            _quote(part)
    raw = mime.as_bytes(policy=SMTP.clone(refold_source="none"))
    raw = re.sub(rb"\r\n|\r|\n", b"\r\n", raw)
    return raw if raw.endswith(b"\r\n") else raw + b"\r\n"


def _quote(part: Part) -> None:
    """Quoted-printable, unless the text is plain already."""
    text = part.get_payload(decode=True)
    assert isinstance(text, bytes)
    plain = text.isascii() and max(map(len, text.split(b"\n"))) < LONGEST_LINE
    if not plain:
        text = quopri.encodestring(re.sub(rb"\r\n?", b"\n", text))
    part.set_payload(text.decode("ascii"))
    del part["Content-Transfer-Encoding"]
    part["Content-Transfer-Encoding"] = "7bit" if plain else "quoted-printable"


def envelope_address(address: str) -> str | None:
    """An address for MAIL and RCPT, its domain in ASCII (RFC 5890); None when it cannot be one.

    >>> envelope_address("zoe@exämple.org")
    'zoe@xn--exmple-cua.org'
    >>> envelope_address("a@b.example>\\r\\nRCPT TO:<c@d.example") is None
    True
    """
    local, at, domain = address.rpartition("@")
    try:
        domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    wrong = re.search(r"[^\x21-\x7e]|[<>@,;:\\()\[\]]", local + domain)
    return f"{local}@{domain}" if local and at and domain and not wrong else None


def words(error: Exception) -> str:
    """What a server or the network said, in one line of at most 500 characters."""
    if isinstance(error, smtplib.SMTPResponseException):
        text = error.smtp_error
        return said(error.smtp_code, text if isinstance(text, bytes) else str(text).encode())
    if isinstance(error, ssl.SSLCertVerificationError):
        text = f"The certificate was refused: {error.verify_message}"
    elif isinstance(error, OSError) and error.strerror:
        text = SOURCE.sub("", error.strerror)
    else:
        text = SOURCE.sub("", str(error)) or type(error).__name__
    return " ".join(text.split())[:500]


def said(code: int, text: bytes) -> str:
    """A reply in one line of at most 500 characters: "550 5.1.1 no such user".

    >>> said(250, b"2.0.0 ok\\nqueued as 4")
    '250 2.0.0 ok queued as 4'
    """
    answer = text.decode("utf-8", "replace").strip()
    if not answer.isprintable() or "  " in answer:
        answer = " ".join(ACTING.sub(" ", answer).split())
    return f"{code} {answer}"[:500].rstrip()
