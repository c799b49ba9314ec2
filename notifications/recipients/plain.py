"""Pure: words as they are compared: without case, accents and punctuation."""

import re
import unicodedata

_BRACKETED = re.compile(r"\(([a-z0-9_]+)\)\s*$", re.IGNORECASE)


def plain(text: str) -> str:
    """Words in lower case, a blank between them, nothing else.

    >>> plain("  Prénom_de l’abonné (e-mail)")
    'prenom de l abonne e mail'
    """
    text = unicodedata.normalize("NFKD", text[:200].casefold())
    text = "".join(c if c.isalnum() else " " for c in text if not unicodedata.combining(c))
    return " ".join(text.split())


def bracketed(text: str) -> str:
    """The one word in brackets with which a name ends, where services put a name of their own
    that stays when people rename the column; else "".

    >>> bracketed("Code postal (address_zip)"), bracketed("Created (UTC)"), bracketed("Email")
    ('address zip', 'utc', '')
    """
    found = _BRACKETED.search(text[:200])
    return plain(found[1]) if found else ""
