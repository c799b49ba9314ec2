"""The law of breaches: pure functions of facts and a day. Knows no clock, database or request.

assess(facts, on)         whom must be told, why, how sure, and what would change it
target(aware_at)          by when the authority must be told
erase_from(closed, n)     when a closed case may be erased
authorities()             whom to tell, country by country
questions()               what to ask, in order
idle(facts, guidance)     which of these can no longer change a duty
"""

from datetime import date

from incidents.law.answer import Assessment
from incidents.law.authorities import Authority, authorities, authority
from incidents.law.book import Book, shipped_book
from incidents.law.clock import legal_limit, remaining, target
from incidents.law.contradictions import contradictions
from incidents.law.facts import N_, BadFacts, Facts
from incidents.law.idle import idle
from incidents.law.questions import questions
from incidents.law.retention import erase_from
from incidents.law.vocabulary import Risk
from incidents.law.weighing import Reason
from incidents.law.words import Sentence

__all__ = [
    "N_",
    "Assessment",
    "Authority",
    "BadFacts",
    "Facts",
    "Reason",
    "Risk",
    "Sentence",
    "assess",
    "authorities",
    "authority",
    "contradictions",
    "erase_from",
    "idle",
    "legal_limit",
    "questions",
    "remaining",
    "shipped_book",
    "target",
]


def assess(facts: Facts, on: date, book: Book | None = None) -> Assessment:
    """Judge the facts by the law of a day. Never raises; the same facts give the same answer.

    `book` holds other tables than the shipped ones, to see what a change of law would do.

    >>> answer = assess(Facts(), date(2026, 11, 23))
    >>> answer.authority.duty, answer.authority.certain, answer.risk_word
    (True, False, 'undetermined')
    """
    return Assessment.of(facts, on, (book or shipped_book()).on(on))
