"""The reason in a mail system's words: plain phrases with gaps, looked for without backtracking."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILES = ("certain", "refused", "never", "other")
_GAP = 40  # characters that "..." may stand for


@dataclass(frozen=True)
class Reason:
    """One reason why mail comes back, what it means for the address, and how it is worded."""

    name: str
    shown: str  # the reason as it is told
    outcome: str  # hard, soft, delayed
    phrases: tuple[tuple[str, ...], ...]  # each in pieces, with a gap between two


@cache
def known() -> tuple[Reason, ...]:
    """The reasons, most telling first."""
    files = [Path(__file__).parent / "words" / f"{name}.toml" for name in _FILES]
    return tuple(
        Reason(
            name=row["name"],
            shown=row.get("shown", row["name"]),
            outcome=row["outcome"],
            phrases=tuple(_phrases(row["words"])),
        )
        for file in files
        for row in tomllib.loads(file.read_text(encoding="utf-8"))["reason"]
    )


def named(name: str) -> Reason:
    """The reason called `name`."""
    return next(reason for reason in known() if reason.name == name)


def find(text: str, *names: str) -> Reason | None:
    """The first reason whose words stand in `text`; only of `names`, when some are given."""
    plain = plainly(text)
    for reason in known():
        if names and reason.name not in names:
            continue
        if any(_stands(pieces, plain) for pieces in reason.phrases):
            return reason
    return None


def plainly(text: str) -> str:
    """`text` in lower case on one line, with plain apostrophes and single spaces."""
    return " ".join(text.replace("\u2019", "'").casefold().split())


def _phrases(words: str) -> list[tuple[str, ...]]:
    found = (" ".join(phrase.split()) for phrase in words.split("|"))
    return [tuple(piece.strip() for piece in phrase.split("...")) for phrase in found if phrase]


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
