"""What the data weigh: EDPB Guidelines 9/2022, section IV.B, "nature, sensitivity and volume".

All functions take facts in which nothing that weighs is open (see unknowns).
"""

from incidents.law.book import Guidance
from incidents.law.facts import Facts
from incidents.law.vocabulary import Identifiable, Protection, Weight

_PASSWORDS = {"credentials", "credentials_hashed"}


def is_sensitive(facts: Facts) -> bool:
    """Data of GDPR Art. 9 or 10, for which a high risk is presumed: 9/2022, IV.B.

    >>> is_sensitive(Facts(data_categories=frozenset({"health"}))), is_sensitive(Facts())
    (True, False)
    """
    return bool(
        facts.special_category
        or facts.criminal_data
        or (facts.data_categories and "health" in facts.data_categories)
    )


def passwords_stay_secret(facts: Facts) -> bool:
    """Strong salted hashes of passwords whose salt is safe, or encryption: 01/2021, case 06.

    A hash hides only the passwords, not what else was exposed.

    >>> passwords_stay_secret(Facts(protection=Protection.STRONG_HASH_SALTED,
    ...     protection_state_of_the_art=True, key_compromised=False))
    True
    """
    return (
        facts.protection in (Protection.STRONG_HASH_SALTED, Protection.STRONG_ENCRYPTION)
        and facts.protection_state_of_the_art is True
        and facts.key_compromised is False
    )


def weight(facts: Facts, guidance: Guidance) -> Weight:
    """How much the data weigh for the people: the gravest kind counts.

    9/2022, IV.B: one step more for people who need special protection, such as children or
    patients ("special characteristics of the individual").

    >>> from datetime import date
    >>> from incidents.law.book import shipped_book
    >>> today = shipped_book().on(date(2026, 11, 23)).guidance
    >>> order = Facts(data_categories=frozenset({"contact", "purchase_history"}))
    >>> weight(order, today).name
    'BASIC'
    >>> from dataclasses import replace
    >>> weight(replace(order, vulnerable_subjects=True), today).name
    'TELLING'
    """
    categories = facts.data_categories or frozenset()
    in_clear = facts.credentials_exposed is True
    if passwords_stay_secret(facts):
        categories = categories - _PASSWORDS
        # What is exposed of hashed passwords are the hashes; encryption leaves nothing exposed.
        in_clear = in_clear and facts.protection is Protection.STRONG_ENCRYPTION
    if is_sensitive(facts) or in_clear:
        return Weight.GRAVE
    heaviest = max((guidance.weight(category) for category in categories), default=Weight.SLIGHT)
    return _step(heaviest, 1) if facts.vulnerable_subjects else heaviest


def weight_in_hands(facts: Facts, guidance: Guidance, known: bool) -> Weight:
    """What the data weigh in somebody's hands, who may not know whom they are about.

    Data fit for fraud weigh as money in unknown hands, and less in those of a recipient who
    is known: 01/2021, cases 11 and 16. Indirect identification takes one step off:
    9/2022, IV.B, "ease of identification of individuals".
    """
    heaviest = weight(facts, guidance)
    if facts.fraud_enabling:
        heaviest = max(heaviest, Weight.TELLING if known else Weight.SERIOUS)
    if facts.identifiable is not Identifiable.DIRECT:
        heaviest = _step(heaviest, -1)
    return heaviest


def _step(heavy: Weight, by: int) -> Weight:
    return Weight(min(max(heavy + by, Weight.SLIGHT), Weight.GRAVE))
