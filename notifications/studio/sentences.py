"""Pure: a letter's words as sentences, each a run of text that is read in one go."""

import re
from collections.abc import Iterator

from notifications import twins, wording

# An end of a sentence: a mark, then a space and something that begins one. Not after a single
# letter or a short form, as in "Art. 34", "z. B.", "Ms. Byron".
_END = re.compile(r"(?<=[.!?…])[\"”»)]*\s+(?=[\"“«(¿¡]?[^\W\d_a-zà-öø-ÿ])")
_SHORT = re.compile(
    r"(?:\b\w|\b(?:art|nr|no|dr|mr|ms|mrs|mme|sr|sra|sig|bzw|ca|etc|st|av))\.$", re.I
)


def sentences(words: str) -> list[str]:
    """The sentences of a text, headings, points and steps each on their own, without placeholders.

    >>> sentences("# What now\\n- Call us.\\nSee Art. 34. We know. You too")
    ['Call us.', 'See Art. 34.', 'We know.', 'You too']
    """
    return list(_sentences(words))


def _sentences(words: str) -> Iterator[str]:
    for kind, lines in twins.parts(words):
        if kind == "heading":
            continue
        for line in [" ".join(lines)] if kind == "text" else lines:
            rest = ""
            for piece in _END.split(line):
                rest = f"{rest} {piece}".strip()
                if not _SHORT.search(rest):
                    yield rest
                    rest = ""
            if rest:
                yield rest


def readable(sentence: str) -> str:
    """A sentence without what is filled in: placeholders, sites and addresses are not words.

    >>> readable("Write to {contact} or see https://a.example.")
    'Write to  or see .'
    """
    return re.sub(r"https?://\S+?(?=[.,;]?(?:\s|$))|\S+@\S+", "", wording.PLACE.sub(" ", sentence))
