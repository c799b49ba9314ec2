"""Pure: what is an e-mail address that a letter can be sent to, and how one is shown masked.

Stricter than RFC 5321 on purpose: no quoted local parts, no comments, no address literals, no
names with the address. A list that needs them is a list to look at again.
"""

import re
from unicodedata import is_normalized

import idna

from incidents.intake import one_line


def N_(text: str) -> str:  # noqa: N802 - the name that translators' tools look for
    """Mark a text for translation without translating it here."""
    return text


NO_ADDRESS = N_("There is no address.")
CONTROL = N_("The address has a space, a line break or a character that cannot be seen.")
WITH_NAME = N_("Only the address may stand here, without a name, < > or quotes.")
PUNCTUATION = N_(
    "There is a comma or a semicolon in it. Write one address, with dots, and nothing else."
)
NO_AT = N_("An address has one @ with something before and after it.")
TOO_LONG = N_("The address is longer than any mail system allows.")
LOCAL = N_("The part before the @ has a character, or dots, that mail systems refuse.")
FOREIGN_LOCAL = N_("The part before the @ has a letter that ordinary mail cannot carry.")
DOMAIN = N_("The part after the @ is not a domain name.")

_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
# What nearly all addresses and names are; whatever does not match, or is longer than 64
# characters, is looked at slowly. The letters are the Latin ones that are one character each.
# "++" takes all there is and gives nothing back, so that no way back need be remembered.
is_plain = re.compile(
    r"[A-Za-z0-9_+-]++(?:\.[A-Za-z0-9_+-]++)*+@(?:[a-z0-9]++(?:-++[a-z0-9]++)*+\.)++[a-z]{2,63}"
).fullmatch
_LETTERS = "[A-Za-z0-9\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f]++"
is_plain_name = re.compile(f"{_LETTERS}(?:[ ’-]{_LETTERS})*+").fullmatch
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_CHECKED = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[a-z0-9-]+(?:\.[a-z0-9-]+)+")
_EDGES = " \t\r\n\u00a0\u200b\ufeff"
_LINK = re.compile(r"https?:|www\.|://|@", re.IGNORECASE)


class BadAddress(ValueError):
    """An address that is refused; the message says why, untranslated, without the address."""


def check(text: str) -> str:
    """The address as mail carries it: the domain in lower case and ASCII (RFC 5891).

    Raises BadAddress.

    >>> check(" Ada.Byron@Example.ORG ")
    'Ada.Byron@example.org'
    >>> check("ada@bücher.example")
    'ada@xn--bcher-kva.example'
    >>> check("ada@example.org, bob@example.org")
    Traceback (most recent call last):
    ...
    notifications.recipients.addresses.BadAddress: There is a comma or a semicolon in it. ...
    """
    if len(text) <= 64 and is_plain(text):
        return text
    text = text.strip(_EDGES)
    if not text:
        raise BadAddress(NO_ADDRESS)
    if any(mark in text for mark in ",;") and not any(mark in text for mark in '<>"()'):
        raise BadAddress(PUNCTUATION)
    if any(mark in text for mark in '<>"(),;:\\[]') and "@" in text and " " not in text:
        raise BadAddress(WITH_NAME)
    if " " in text or not text.isprintable():
        raise BadAddress(WITH_NAME if "<" in text else CONTROL)
    local, at, domain = text.partition("@")
    if not at or "@" in domain or not local or not domain:
        raise BadAddress(NO_AT)
    if not local.isascii():
        raise BadAddress(FOREIGN_LOCAL)
    if not _ATOM.fullmatch(local):
        raise BadAddress(LOCAL)
    domain = _domain(domain)
    if len(local) > 64 or len(local) + 1 + len(domain) > 254:
        raise BadAddress(TOO_LONG)
    return f"{local}@{domain}"


def as_checked(address: str) -> str:
    """An address that `check` gave back, looked at once more for what would end a header or an
    envelope; faster than `check`, for a million of them. Raises BadAddress."""
    return address if _CHECKED.fullmatch(address) else check(address)


def _domain(domain: str) -> str:
    if not domain.isascii():
        try:
            domain = idna.encode(domain, uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError) as error:
            raise BadAddress(DOMAIN) from error
    domain = domain.lower()
    labels = domain.split(".")
    if len(labels) < 2 or len(domain) > 253:
        raise BadAddress(DOMAIN)
    if not all(_LABEL.fullmatch(label) for label in labels):
        raise BadAddress(DOMAIN)
    if not ((labels[-1].isalpha() and len(labels[-1]) > 1) or labels[-1].startswith("xn--")):
        raise BadAddress(DOMAIN)  # 192.0.2.1, example.c0m
    return domain


def masked(address: str) -> str:
    """An address as lists show it: enough to recognise one's own, too little to write to.

    >>> masked("jocelyne@example.org")
    'j•••@example.org'
    """
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}•••@{domain}"


def masked_name(name: str | None) -> str:
    """A name as lists show it.

    >>> masked_name("Ada Byron"), masked_name(None)
    ('A••• B•••', '')
    """
    return " ".join(f"{part[0]}•••" for part in (name or "").split()[:3])


def name(*parts: str | None) -> str | None:
    """One name on one line from its parts, or None where there is none that can be printed.

    A "name" that holds a web or mail address is left out: whoever signed up with it would have
    our letter carry a link of theirs.

    >>> name("Ada", "Byron"), name("a\\r\\nBcc: b"), name("Win at www.example.org")
    ('Ada Byron', 'a Bcc: b', None)
    """
    text = " ".join(part for part in parts if part) if len(parts) > 1 else parts[0] or ""
    if len(text) <= 64 and is_plain_name(text):
        return text
    letters = text.replace(" ", "").replace("-", "").replace("’", "")
    if letters.isalnum() and len(text) <= 100 and is_normalized("NFC", text):
        return text if text[0] != " " != text[-1] and "  " not in text else " ".join(text.split())
    text = one_line(text, 120) or ""
    if not text or _LINK.search(text):
        return None
    return " ".join(text.replace("\ufffd", " ").split())[:100] or None


def twin(address: str) -> str:
    """What is left of an address without dots and what follows a plus before the @: two that
    have it in common may be one person's.

    >>> twin("Ada.Byron+shop@example.org")
    'adabyron@example.org'
    """
    local, _, domain = address.casefold().rpartition("@")
    return f"{local.partition('+')[0].replace('.', '')}@{domain}"
