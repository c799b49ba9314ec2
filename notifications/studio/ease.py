"""Pure: how easy a text is to read, by the established formula of its language. It advises.

Flesch 1948 for English, Kandel and Moles 1958 for French, Amstad 1978 for German,
Fernández Huerta 1959 for Spanish, Martins and others 1996 for Portuguese; Gulpease (Lucisano and
Piemontese 1988) for Italian, which counts letters instead of syllables. All run from about 0
(hard) to 100 (easy).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from notifications.studio.sentences import readable, sentences
from notifications.studio.syllables import count
from notifications.wording import N_

_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
HARDEST = 3  # sentences that are pointed out
SHORT = 8  # words; a shorter sentence is never pointed out


@dataclass(frozen=True)
class Counted:
    """What the formulas count."""

    sentences: int
    words: int
    syllables: int
    letters: int


def _flesch(base: float, length: float, syllables: float) -> Callable[[Counted], float]:
    """Base, less `length` for each word a sentence and `syllables` for each syllable a word."""
    return lambda n: base - length * n.words / n.sentences - syllables * n.syllables / n.words


def _gulpease(n: Counted) -> float:
    return 89 + (300 * n.sentences - 10 * n.letters) / n.words


FORMULAS: dict[str, tuple[str, Callable[[Counted], float]]] = {
    "en": ("Flesch", _flesch(206.835, 1.015, 84.6)),
    "fr": ("Kandel-Moles", _flesch(207, 1.015, 73.6)),
    "de": ("Amstad", _flesch(180, 1, 58.5)),
    "es": ("Fernández Huerta", _flesch(206.84, 1.02, 60)),
    "pt": ("Martins", _flesch(248.835, 1.015, 84.6)),
    "it": ("Gulpease", _gulpease),
}
# From which score on a text is read by whom. Flesch's own table for those made after his;
# Gulpease: 60 for whoever finished lower secondary school, 40 for upper secondary school.
BANDS = (
    (60, N_("Easy to read: most people understand it at the first reading.")),
    (50, N_("Fairly hard: some people will have to read it twice.")),
    (30, N_("Hard: many people will not understand it. Shorten the sentences below.")),
    (float("-inf"), N_("Very hard: few people will understand it. Shorten the sentences below.")),
)


@dataclass(frozen=True)
class Ease:
    """The verdict on one text: score, formula by name, words for it, and the hardest sentences,
    each with its number of words."""

    score: int
    formula: str
    verdict: str
    hardest: tuple[tuple[str, int], ...]


def ease(words: str, language: str) -> Ease | None:
    """How easy a text is to read; None for a language without a formula or a text without words.

    >>> ease("The cat sat on the mat.", "en").score
    100
    """
    if language not in FORMULAS:
        return None
    name, formula = FORMULAS[language]
    counted = [(sentence, _count(readable(sentence), language)) for sentence in sentences(words)]
    counted = [(sentence, n) for sentence, n in counted if n.words]
    if not counted:
        return None
    whole = Counted(
        len(counted),
        sum(n.words for _sentence, n in counted),
        sum(n.syllables for _sentence, n in counted),
        sum(n.letters for _sentence, n in counted),
    )
    score = formula(whole)
    hard = sorted(
        (formula(n), sentence, n.words)
        for sentence, n in counted
        if n.words >= SHORT and formula(n) < BANDS[1][0]
    )
    return Ease(
        round(min(max(score, 0), 100)),
        name,
        next(text for least, text in BANDS if score >= least),
        tuple((sentence, number) for _score, sentence, number in hard[:HARDEST]),
    )


def _count(sentence: str, language: str) -> Counted:
    found = [word for word in _WORD.findall(sentence) if not word.startswith("[[")]
    return Counted(
        1,
        len(found),
        sum(count(word, language) for word in found),
        sum(sum(c.isalpha() for c in word) for word in found),
    )
