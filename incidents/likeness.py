"""Pure: how much two tellings of what happened are alike, and in what.

Same words, the rarer the better; the same system or service provider; the same days.

>>> one = Telling("Other people's invoices in my Kajabi account", frozenset({"kajabi"}))
>>> other = Telling("I saw invoices of other people at Kajabi", frozenset({"kajabi"}))
>>> compare(one, other).words
('invoices', 'other', 'people')
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

READ = 2_000  # characters of a telling that are compared
SHOWN = 5
CLOSE = timedelta(days=3)
FAR = timedelta(days=21)
ALIKE = 0.25  # from this score on two tellings are shown as alike

_WORD = re.compile(r"[^\W\d_]{4,}")
# Words that are in every report, in the languages of the house.
_COMMON = frozenset(
    """
    about after also been before could does from have here just more only over please same should
    some than that their them then there these they thing this very want was were what when where
    which while will with would your yours dear hello regards sincerely thank thanks
    alors apres aussi avant avec avez avoir avons bonjour cela cette ceux chez comme dans depuis
    deux donc elle elles encore entre etait etes etre fait faire hier jour leur leurs mais meme
    merci mieux moins monsieur madame notre nous parce pour quand quel quelle sans sera sont sous
    suis tous tout toute tres votre vous cordialement recu recevoir donnees data
    """.split()  # noqa: SIM905 - a hundred quotes would hide the words
)


@dataclass(frozen=True)
class Telling:
    """What somebody told: its words, the systems it names, the moment it is about."""

    text: str
    systems: frozenset[str] = frozenset()  # in small letters, without accents
    at: datetime | None = None

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(_WORD.findall(plain(self.text[:READ]))) - _COMMON - self.systems


@dataclass(frozen=True)
class Likeness:
    """In what two tellings are alike. `score`: from 0 up; 1 is the same words."""

    score: float
    words: tuple[str, ...] = field(default=())
    systems: tuple[str, ...] = field(default=())
    days: bool = False

    @property
    def is_alike(self) -> bool:
        return self.score >= ALIKE


def plain(text: str) -> str:
    """A text in small letters, without accents, as words are compared.

    >>> plain("Données reçues")
    'donnees recues'
    """
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in parts if not unicodedata.combining(c))


def rarity(tellings: Iterable[Telling]) -> dict[str, float]:
    """How much a shared word says: the fewer tellings have it, the more."""
    counts: Counter[str] = Counter()
    number = 0
    for one in tellings:
        counts.update(one.words)
        number += 1
    return {word: math.log((number + 2) / (count + 1)) for word, count in counts.items()}


def compare(one: Telling, other: Telling, rare: Mapping[str, float] | None = None) -> Likeness:
    """How much two tellings are alike; without `rare` every word weighs the same."""

    def weight(words: Iterable[str]) -> float:
        return sum((rare.get(word, 1.0) if rare is not None else 1.0) for word in words)

    shared = one.words & other.words
    both = math.sqrt(weight(one.words) * weight(other.words))
    score = weight(shared) / both if both else 0.0
    systems = one.systems & other.systems
    score += 0.12 * min(len(systems), 2)
    days = False
    if one.at is not None and other.at is not None:
        apart = abs(one.at - other.at)
        days = apart <= CLOSE
        score *= 0.5 if apart > FAR else 1.0
        score += 0.08 if days and (shared or systems) else 0.0
    telling = sorted(shared, key=lambda word: (-(rare or {}).get(word, 1.0), word))
    return Likeness(score, tuple(telling[:SHOWN]), tuple(sorted(systems)), days)
