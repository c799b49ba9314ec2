"""Pure: words as they are compared: without case, accents and punctuation."""

import unicodedata


def plain(text: str) -> str:
    """Words in lower case, a blank between them, nothing else.

    >>> plain("  Prénom_de l’abonné (e-mail)")
    'prenom de l abonne e mail'
    """
    text = unicodedata.normalize("NFKD", text[:200].casefold())
    text = "".join(c if c.isalnum() else " " for c in text if not unicodedata.combining(c))
    return " ".join(text.split())
