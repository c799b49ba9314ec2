"""Which open questions can no longer change a duty, and why: so that nobody need answer them.

The three kinds of breach are weighed apart and the gravest decides (see risk). So a question is
idle once every kind that it bears on is settled: its ends agree, or another kind weighs as much
already. What plays no part within a kind, given the other answers, is named one by one.
"""

from incidents.law import sensitivity
from incidents.law.book import Guidance
from incidents.law.disclosure import disclosure, was_exposed
from incidents.law.facts import Facts
from incidents.law.loss import alteration, is_prolonged, unavailability
from incidents.law.risk import weigh
from incidents.law.unknowns import harshest, kindest, open_weighed
from incidents.law.vocabulary import AvailabilityLoss, Protection, Risk, Weight
from incidents.law.words import N_

# The file needs these whatever they weigh: GDPR Art. 33(3)(a) asks for them.
ALWAYS_ASKED = ("data_categories", "subject_count")

CERTAIN = N_("The result is certain: no answer here can change it.")
UNREAD = N_("Nobody got at the data, so it does not matter who might have read them.")
STAYED = N_("The data stayed available.")
GONE_LONG = N_("The data were away for long in any case.")
WITHIN_REACH = N_("It is known already that the data were within reach.")
READABLE = N_("Nothing made the data unreadable, so there is no method or key to judge.")
MISUSED = N_("The data were misused, so whatever protected them did not hold.")
STRANGE_HANDS = N_("The data are in hands that cannot be trusted, whoever else has them.")
SIMPLE = N_("The data are simple, so how far a known recipient can be trusted does not matter.")
GRAVE_ALREADY = N_("The data are of the gravest kind already.")
NO_MATTER = N_("What is answered already weighs as much as any answer here could.")

_KIND_OF_DATA = {
    "protection",
    "protection_state_of_the_art",
    "key_compromised",
    "credentials_exposed",
    "special_category",
    "criminal_data",
    "vulnerable_subjects",
}
_TRUST = ("recipient_trusted", "recipient_confirmed_deletion")
_RECIPIENTS = ("recipient_count", *_TRUST)
_READERS = ("recipient_known", "public_exposure", "misuse_observed", *_RECIPIENTS)
_HEAVIER = {"vulnerable_subjects", "special_category", "criminal_data"}  # what adds to the weight
_SECRECY = ("protection", "protection_state_of_the_art", "key_compromised")


def idle(facts: Facts, guidance: Guidance) -> dict[str, str]:
    """The open facts that cannot change any duty, however all others turn out: fact -> why.

    Facts that explain a breach and do not weigh are not among them, nor ALWAYS_ASKED.

    >>> from datetime import date
    >>> from incidents.law.book import shipped_book
    >>> today = shipped_book().on(date(2026, 11, 23)).guidance
    >>> idle(Facts(), today)
    {}
    >>> idle(Facts(availability_loss=AvailabilityLoss.NONE), today)["restored_promptly"]
    'The data stayed available.'
    """
    asked = [key for key in open_weighed(facts) if key not in ALWAYS_ASKED]
    mild, harsh = kindest(facts), harshest(facts)
    if min(weigh(kind, guidance).risk for kind in mild) == weigh(harsh, guidance).risk:
        return dict.fromkeys(asked, CERTAIN)
    reads = (
        (disclosure, _of_disclosure(facts, guidance)),
        (alteration, _of_alteration(facts, guidance)),
        (unavailability, _of_unavailability(facts, guidance)),
    )
    ends = [
        (min(judge(kind, guidance).risk for kind in mild), judge(harsh, guidance).risk)
        for judge, _ in reads
    ]
    alive: set[str] = set()
    for n, (low, high) in enumerate(ends):
        least_of_others = max(other for m, (other, _) in enumerate(ends) if m != n)
        if low < high and high > least_of_others:
            alive |= reads[n][1]
    return {key: _why(facts, key, guidance, ends[0][1]) for key in asked if key not in alive}


def _why(facts: Facts, key: str, guidance: Guidance, disclosed: Risk) -> str:
    """The nearest reason that a question is idle, for the reader."""
    if key in ("confidentiality_loss", "exfiltration") and _is_exposed(facts):
        return WITHIN_REACH
    if key in ("restored_promptly", "restoration_hours", "backup_available"):
        if facts.availability_loss is AvailabilityLoss.NONE:
            return STAYED
        if is_prolonged(kindest(facts)[0], guidance):
            return GONE_LONG
    if key in _SECRECY and facts.misuse_observed:
        return MISUSED
    if key in _SECRECY and facts.protection in (Protection.NONE, Protection.PASSWORD_ONLY):
        return READABLE
    if disclosed is Risk.UNLIKELY and key in _READERS:
        return UNREAD
    if key in ("recipient_known", "public_exposure", *_RECIPIENTS) and _are_strange(facts):
        return STRANGE_HANDS
    if key in _TRUST and _are_simple(facts, guidance):
        return SIMPLE
    if key in _KIND_OF_DATA and _least_weight(facts, guidance) is Weight.GRAVE:
        return GRAVE_ALREADY
    return NO_MATTER


def _is_exposed(facts: Facts) -> bool:
    return was_exposed(kindest(facts)[0])


def _are_strange(facts: Facts) -> bool:
    """Whether no answer on the recipients can make them few and known."""
    return bool(
        facts.recipient_known is False
        or facts.malicious
        or facts.public_exposure
        or facts.misuse_observed
    )


def _least_weight(facts: Facts, guidance: Guidance) -> Weight:
    return min(sensitivity.weight(kind, guidance) for kind in kindest(facts))


def _are_simple(facts: Facts, guidance: Guidance) -> bool:
    """Whether a known recipient learns next to nothing at worst: see known_recipients."""
    worst = sensitivity.weight_in_hands(harshest(facts), guidance, known=True)
    return worst <= Weight.BASIC


def _of_data(facts: Facts) -> set[str]:
    """What bears on how heavy the data are; passwords and hashes only with their protection."""
    reads = set(_KIND_OF_DATA)
    if facts.protection in (Protection.NONE, Protection.PASSWORD_ONLY):
        reads -= {"protection_state_of_the_art", "key_compromised"}
    if sensitivity.is_sensitive(facts):
        reads -= {"special_category", "criminal_data"}
    return reads


def _of_disclosure(facts: Facts, guidance: Guidance) -> set[str]:
    reads = _of_data(facts) | {
        "confidentiality_loss",
        "exfiltration",
        "public_exposure",
        "misuse_observed",
        "identifiable",
        "malicious",
        "recipient_known",
        "fraud_enabling",
        *_RECIPIENTS,
    }
    if _is_exposed(facts):
        reads -= {"confidentiality_loss", "exfiltration"}
        if _are_strange(facts):
            reads -= {"public_exposure"}
    if facts.misuse_observed:
        reads -= set(_SECRECY)
    if _are_strange(facts):
        reads -= {"malicious", "recipient_known", *_RECIPIENTS}
    elif _are_simple(facts, guidance):
        reads -= set(_TRUST)
    heavy = _least_weight(facts, guidance)
    if heavy >= Weight.SERIOUS:
        reads -= {"fraud_enabling"}
    if heavy is Weight.GRAVE:
        reads -= _HEAVIER
    return reads


def _of_alteration(facts: Facts, guidance: Guidance) -> set[str]:
    reads = _of_data(facts) | {
        "integrity_loss",
        "malicious",
        "identifiable",
        "critical_service",
    }
    if _least_weight(facts, guidance) is Weight.GRAVE:
        reads -= _HEAVIER
    return reads


def _of_unavailability(facts: Facts, guidance: Guidance) -> set[str]:
    reads = _of_data(facts) | {
        "availability_loss",
        "integrity_loss",
        "critical_service",
        "service_disruption",
        "restored_promptly",
        "restoration_hours",
        "backup_available",
        "malicious",
    }
    if is_prolonged(kindest(facts)[0], guidance):
        reads -= {"restored_promptly", "restoration_hours", "backup_available", "malicious"}
        reads -= {"integrity_loss"}
    if facts.malicious is False:
        reads -= {"backup_available"}
    return reads
