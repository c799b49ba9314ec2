"""Risk to the people: GDPR Art. 33(1) and 34(1), recitals 75 and 76, weighed by the guidance."""

from dataclasses import replace

from incidents.law.book import Guidance
from incidents.law.disclosure import disclosure
from incidents.law.facts import Facts
from incidents.law.loss import alteration, unavailability
from incidents.law.unknowns import careful, harshest, kindest
from incidents.law.vocabulary import Protection, Risk
from incidents.law.weighing import RiskRange, Weighing


def weigh(facts: Facts, guidance: Guidance) -> Weighing:
    """The risk on facts of which none that weighs is open, by each kind of breach, Art. 4(12)."""
    return Weighing(
        (
            disclosure(facts, guidance),
            alteration(facts, guidance),
            unavailability(facts, guidance),
        )
    )


def risk_range(facts: Facts, guidance: Guidance) -> RiskRange:
    """The least and the greatest risk that the open facts leave possible, and the careful one.

    >>> from datetime import date
    >>> from incidents.law.book import shipped_book
    >>> nothing_known = risk_range(Facts(), shipped_book().on(date(2026, 11, 23)).guidance)
    >>> nothing_known.low.risk.word, nothing_known.high.risk.word
    ('unlikely', 'high')
    """
    return RiskRange(
        low=min((weigh(kind, guidance) for kind in kindest(facts)), key=lambda one: one.risk),
        careful=weigh(careful(facts, guidance), guidance),
        high=weigh(harshest(facts), guidance),
    )


def without_protection(facts: Facts, guidance: Guidance) -> Risk:
    """The greatest risk had the data been readable: what GDPR Art. 34(3)(a) spares people.

    Protection counts here only if it is known; otherwise the range is as it was.
    """
    if facts.protection is None:
        return risk_range(facts, guidance).high.risk
    return risk_range(replace(facts, protection=Protection.NONE), guidance).high.risk
