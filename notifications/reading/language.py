"""Which of our languages a text is written in, by its smallest words."""

import re

_SMALLEST = {
    "en": (
        "the and to of is in that it you for have on with this are was not my your be i we has "
        "from been our please they can"
    ),
    "fr": (
        "le la les de des du un une et est en que qui je vous nous pas pour dans sur avec mon ma "
        "mes votre vos ce cette au aux il elle sont été ai avons bonjour merci"
    ),
}
_WORDS = {name: frozenset(words.split()) for name, words in _SMALLEST.items()}


def guess(text: str) -> str | None:
    """ "en" or "fr", or None when the text does not say.

    >>> guess("Bonjour, je vois les factures de quelqu'un"), guess("I see the bills"), guess("42")
    ('fr', 'en', None)
    """
    found = re.findall(r"[a-zà-ÿœ]+", text[:5000].lower())
    counts = {name: sum(word in known for word in found) for name, known in _WORDS.items()}
    best = max(counts, key=lambda name: counts[name])
    others = max(count for name, count in counts.items() if name != best)
    return best if counts[best] >= 2 and counts[best] > others else None
