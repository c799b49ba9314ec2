"""The reason in a mail system's words: phrases with gaps; a thing, and what is said of it.

Both are looked for without backtracking. Addresses are taken out first: "does-not-exist@host" is a
name, and a long one would push apart the words around it.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

_FILES = ("certain", "refused", "never", "other")
_GAP = 40  # characters that "..." may stand for, or that may stand between the two of a pair
_ADDRESS = re.compile(r"[^\s<>()\[\]\"',;:@]{1,128}@[\w.-]{1,255}")
# How long it was tried, and how often, in whatever unit: "5 days", "20 attempts".
_COUNT = (
    r"\b(?:\d{1,9}(?:[.,:]\d{1,3}){0,2}\+?|two|three|four|five|six|seven|ten|several|many|multiple|"
    r"repeated|numerous|mehrere[nr]?|zwei|drei|fünf|plusieurs|deux|trois|cinq|varios|dos|tres|cinco|"
    r"diversi|due|tre|cinque|várias|dois|três|enkele|twee|drie|vijf) ?"
    r"(?:more |further |full |whole |business |consecutive |unsuccessful |failed |delivery )?"
)
_TIME = re.compile(
    _COUNT
    + r"(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|sekunden?|minuten?|stunden?|"
    r"tage?n?|wochen?|secondes?|heures?|jours?|semaines?|segundos?|minutos?|horas?|d[ií]as?|semanas?|"
    r"second[oi]|minut[oi]|or[ae]|giorn[oi]|settiman[ae]|uur|uren|dag(?:en|ar)?|dager?|dage|weken|"
    r"timm(?:e|ar)|timer?|godzin\w?|dn[iíů]|hodin\w?|saat|gün|nap|óra|час\w{0,3}|дн\w{1,2}|сут\w{1,2}|"
    r"秒|分|時間|日|小时|小時|天|시간|일)(?:\(\w\))?(?![a-zà-ž])"
)
_TRIES = re.compile(
    _COUNT + r"(?:attempts?|tries|tr(?:y|ies)|retries|retry|times|versuchen?|zustellversuchen?|"
    r"tentatives?|intentos?|reintentos?|tentativ[oi]|tentativas?|pogingen|försök|forsøg|forsøk|prób\w?|"
    r"pokus\w{1,2}|deneme|попыт\w{1,3}|回|次|번)(?:\(\w\))?(?![a-zà-ž])"
)
_MOST = 8000  # characters that are looked at: the reason stands early
_WORD = re.compile(r"\w+")
_ENDS = re.compile(r"[\w)>\"'][!?.] |¶")  # of a sentence; "<>... user unknown" is one
_PARAGRAPH = re.compile(
    r"\n[ \t\r]*\n\s*|"  # a blank line, or a heading; in small letters it is a line that was folded
    r"\n[ \t]*(?=(?=[A-Z])(?i:reason|diagnos|error|remote|recipient|status)[^\n:]{0,20}: )"
)
_LATER = re.compile(r"\b(?:again|retry|wait|back|later)\b[^.¶#]{0,15}# time")  # when to come again
# Words that are about neither: who is told, whose answer it is, where a server looked, a guess.
_ASIDE = re.compile(
    r"\bin relay recipient table|\bunknown error\b|"
    r"\b(?:for|of) (?:the |this )?(?:recipient|user|addressee)(?= was| were| is| could)|"
    r"\bfor (?:the |this )?(?:recipient|user|addressee)(?=[.,:;]|$)|"
    r"\b(?:(?:may|might|could) (?:be misspelled or (?:may )?)?not exist|or is unable to receive)\b|"
    r"(?:returned|bounced|sent) (?:back )?to (?:the |its )?sender|"
    r"\bhost:? [\w.-]{1,255} ?(?:[\[(][\w.:]{1,45}[\])](?::\d{1,5})?)?(?: said)?:"
)


class Words:
    """A list of words, found where they begin a word of a text ("_" at the end: where they are
    the whole of it); those of scripts without spaces, and "n't", anywhere."""

    def __init__(self, words: str) -> None:
        self._begins: dict[str, list[tuple[str, bool]]] = {}
        self._anywhere: list[str] = []
        for word in _listed(words):
            plain = word.rstrip("_")
            if plain[0] >= "\u3000" or plain.startswith("n't"):
                self._anywhere.append(plain)
            else:
                self._begins.setdefault(plain[:2], []).append((plain, word != plain))

    def places(self, text: str, starts: list[int]) -> list[tuple[int, int]]:
        """Where they stand in `text`, whose words begin at `starts`."""
        found = []
        for start in starts:
            for word, whole in self._begins.get(text[start : start + 2], ()):
                end = start + len(word)
                if text.startswith(word, start) and not (whole and text[end : end + 1].isalnum()):
                    found.append((start, end))
        for word in self._anywhere:
            position = text.find(word)
            while position >= 0:
                found.append((position, position + len(word)))
                position = text.find(word, position + len(word))
        return sorted(found)


@dataclass(frozen=True)
class Reason:
    """One reason why mail comes back, what it means for the address, and how it is worded."""

    name: str
    shown: str  # the reason as it is told
    outcome: str  # hard, soft, delayed
    phrases: tuple[tuple[str, ...], ...]  # each in pieces, with a gap between two
    pairs: tuple[tuple[Words, Words], ...] = ()  # things, and what is said of one of them


class Said:
    """What a mail system said, and which reasons stand in it."""

    def __init__(self, text: str) -> None:
        self.plain = plainly(text[:_MOST])
        self._starts = [found.start() for found in _WORD.finditer(self.plain)]
        self._known: dict[str, bool] = {}

    def gives(self, reason: Reason) -> bool:
        """Whether one of the wordings of `reason` stands in it."""
        if reason.name not in self._known:
            self._known[reason.name] = any(
                _stands(one, self.plain) for one in reason.phrases
            ) or any(self._near(about, state) for about, state in reason.pairs)
        return self._known[reason.name]

    def _near(self, about: Words, state: Words) -> bool:
        """Whether one of each stands near the other, in one sentence."""
        states = state.places(self.plain, self._starts)
        things = about.places(self.plain, self._starts) if states else []
        at = 0
        for start, end in states:
            while at < len(things) and things[at][1] < start - _GAP:
                at += 1
            for begin, finish in things[at : at + 20]:
                if begin > end + _GAP:
                    break
                first, second = (finish, start) if finish <= start else (end, begin)
                if not _ENDS.search(self.plain[first:second]):
                    return True
        return False


@cache
def known() -> tuple[Reason, ...]:
    """The reasons, most telling first."""
    files = [Path(__file__).parent / "words" / f"{name}.toml" for name in _FILES]
    return tuple(
        Reason(
            name=row["name"],
            shown=row.get("shown", row["name"]),
            outcome=row["outcome"],
            phrases=tuple(_phrases(row.get("words", ""))),
            pairs=tuple((Words(two["about"]), Words(two["state"])) for two in row.get("pairs", ())),
        )
        for file in files
        for row in tomllib.loads(file.read_text(encoding="utf-8"))["reason"]
    )


def named(name: str) -> Reason:
    """The reason called `name`."""
    return next(reason for reason in known() if reason.name == name)


def find(text: str, *names: str) -> Reason | None:
    """The first reason whose words stand in `text`; only of `names`, when some are given."""
    said = _read(text)
    for reason in known():
        if (not names or reason.name in names) and said.gives(reason):
            return reason
    return None


@lru_cache(maxsize=16)
def _read(text: str) -> Said:
    """`text`, looked through once: a verdict asks for several reasons in it."""
    return Said(text)


def plainly(text: str) -> str:
    """`text` in lower case on one line, with plain apostrophes, single spaces, no addresses, and
    one unit of time and of tries.

    >>> plainly("Gave up on <a@b.example> after 3 attempts in 48:00 hours")
    'gave up on <@> after # tries in # time'
    """
    text = _PARAGRAPH.sub(" ¶ ", text.strip())
    text = " ".join(text.replace("\u2019", "'").replace("_", " ").casefold().split())
    text = _ASIDE.sub(" ", _ADDRESS.sub("@", text).replace('"@"', "@"))
    return _LATER.sub(" ", _TRIES.sub("# tries", _TIME.sub("# time", text)))


def _listed(words: str) -> list[str]:
    return [one for phrase in words.split("|") if (one := " ".join(phrase.split()))]


def _phrases(words: str) -> list[tuple[str, ...]]:
    plain = words.replace("_", " ")
    return [tuple(piece.strip() for piece in one.split("...")) for one in _listed(plain)]


def _stands(pieces: tuple[str, ...], text: str) -> bool:
    """Whether the pieces follow one another in `text`, the first at the beginning of a word."""
    first, *others = pieces
    position = text.find(first)
    tries = 0
    while position >= 0 and tries < 50:
        before = text[position - 1] if position else " "
        if not (first[0].isalnum() and first[0].isascii() and before.isalnum()):
            end = position + len(first)
            for piece in others:
                position_of = text.find(piece, end, end + _GAP + len(piece))
                if position_of < 0:
                    break
                end = position_of + len(piece)
            else:
                return True
        position = text.find(first, position + 1)
        tries += 1
    return False
