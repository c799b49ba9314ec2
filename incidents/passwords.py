"""Which passwords are refused: short ones, and those that many people would think of.

What everybody guesses first is taken out of a password: common words, the names of the
organisation, of this program and of the person, rows of signs, years. What is left must be long
enough by itself (NIST SP 800-63B section 5.1.1.2: commonly used, repetitive, sequential and context
words are refused, and no kind of sign is asked for).
"""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from flask_security import PasswordUtil

from incidents.db import db
from incidents.likeness import plain
from incidents.models import Organisation

LEFT = 10  # signs that must be left
_LIKE = str.maketrans("@4310!5$7+", "aaeioissti")  # signs that stand for letters
_ROWS = (
    *("qwertyuiop", "asdfghjkl", "zxcvbnm", "azertyuiop", "qsdfghjklm", "wxcvbn", "qwertzuiop"),
    *("yxcvbnm", "abcdefghijklmnopqrstuvwxyz", "01234567890", "1q2w3e4r5t6y", "1a2z3e4r5t6y"),
)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_REPEATED = re.compile(r"(.{1,4}?)\1{2,}", re.DOTALL)


@cache
def common() -> tuple[str, ...]:
    """Words that stand in many passwords, in small letters without accents."""
    return (*Path(__file__).with_suffix(".txt").read_text(encoding="utf-8").split(),)


def is_guessable(password: str, names: Iterable[str] = ()) -> bool:
    """Whether too little is left of it. `names`: what is known of whoever chooses it.

    >>> is_guessable("P@ssw0rd-2024!"), is_guessable("example-1234567", ["Example Ltd"])
    (True, True)
    >>> is_guessable("four quiet words tonight", ["Example Ltd"])
    False
    """
    known = {word for name in names for word in re.findall(r"\w{4,}", plain(name))}
    words = sorted({*known, *common(), "tocsin"}, key=len, reverse=True)
    first = re.compile("|".join(map(re.escape, words)))
    # Both as it was typed and with letters for the signs that stand for them: by what leaves less.
    typed = plain(password)
    return min(_left(typed, first), _left(typed.translate(_LIKE), first)) < LEFT


def _left(password: str, first: re.Pattern[str]) -> int:
    """How many letters, digits, and different signs beside them are left of it."""
    rest = _REPEATED.sub(r"\1", password)
    rest = first.sub(" ", _YEAR.sub(" ", rest))
    rest = _without_rows(rest)
    return len(re.sub(r"[\W_]", "", rest)) + len(set(re.findall(r"[^\w\s]", rest)))


def _without_rows(text: str) -> str:
    """Without four signs and more that follow each other on a keyboard, in the alphabet, or in
    counting, in either direction."""
    kept, at = "", 0
    while at < len(text):
        length = max(_row(text[at:], row) for given in _ROWS for row in (given, given[::-1]))
        if length < 4:
            kept += text[at]
            length = 1
        at += length
    return kept


def _row(text: str, row: str) -> int:
    """How many signs at the start of a text stand in a row.

    >>> _row("1234x", "0123456789"), _row("24", "0123456789")
    (4, 1)
    """
    start = row.find(text[0])
    if start < 0:
        return 0
    length = 0
    for sign, expected in zip(text, row[start:], strict=False):
        if sign != expected:
            break
        length += 1
    return length


class Passwords(PasswordUtil):
    """Flask-Security's rules, and this one."""

    def validate(
        self, password: str, is_register: bool, **kwargs: Any
    ) -> tuple[list[str] | None, str]:
        """What is wrong with a password, if anything, and how it is kept. `user`, or `name` and
        `email` of whoever has none yet."""
        problems, kept = super().validate(password, is_register, **kwargs)
        if problems or not is_guessable(kept[:200], _known(**kwargs)):
            return problems, kept
        return [
            _(
                "This password is easy to guess: without common words, names, years and rows of "
                "signs too little of it is left. Join four words that have nothing to do with "
                "each other."
            )
        ], kept


def _known(user: Any = None, name: str = "", email: str = "", **_others: Any) -> list[str]:
    """Names that somebody would try first: of the person and of the organisation."""
    person = [user.name, user.email] if user else [name, email]
    served = db.session.get(Organisation, 1)
    if served is None:
        return person
    return [*person, served.name, served.controller, served.website or "", served.contact or ""]
