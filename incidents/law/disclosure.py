"""Loss of confidentiality: who may have the data, and what it can do with them.

EDPB Guidelines 9/2022, section IV.B, and the cases of 01/2021. All functions take facts in
which nothing that weighs is open (see unknowns); each returns one Finding.
"""

from dataclasses import replace

from incidents.law.book import Guidance
from incidents.law.facts import Facts
from incidents.law.sensitivity import weight_in_hands
from incidents.law.vocabulary import (
    ConfidentialityLoss,
    Exfiltration,
    Identifiable,
    Protection,
    Risk,
    Weight,
)
from incidents.law.weighing import Finding
from incidents.law.words import N_


def was_exposed(facts: Facts) -> bool:
    """Whether somebody got, or cannot be shown not to have got, at the data.

    01/2021, cases 05 and 11: what cannot be excluded counts as having happened.

    >>> was_exposed(Facts(exfiltration=Exfiltration.POSSIBLE))
    True
    >>> was_exposed(Facts(exfiltration=Exfiltration.EXCLUDED))
    False
    """
    return (
        facts.confidentiality_loss in (ConfidentialityLoss.POSSIBLE, ConfidentialityLoss.CONFIRMED)
        or facts.exfiltration in (Exfiltration.POSSIBLE, Exfiltration.CONFIRMED)
        or facts.public_exposure is True
        or facts.misuse_observed is True
    )


def is_unintelligible(facts: Facts) -> bool:
    """Encrypted by the state of the art, with the key safe: GDPR Art. 34(3)(a); 01/2021, case 10.

    Passwords that are out in clear belie it.

    >>> is_unintelligible(Facts(protection=Protection.STRONG_ENCRYPTION,
    ...     protection_state_of_the_art=True, key_compromised=False))
    True
    >>> is_unintelligible(Facts(protection=Protection.PASSWORD_ONLY,
    ...     protection_state_of_the_art=True, key_compromised=False))
    False
    """
    return (
        facts.protection is Protection.STRONG_ENCRYPTION
        and facts.protection_state_of_the_art is True
        and facts.key_compromised is False
        and facts.credentials_exposed is not True
    )


def disclosure(facts: Facts, guidance: Guidance) -> Finding:
    """The risk from data being known to people who should not know them."""
    if not was_exposed(facts):
        return nothing_disclosed(facts)
    if facts.misuse_observed:
        return misused(facts, guidance)
    if is_unintelligible(facts):
        return unintelligible(facts)
    if facts.identifiable is Identifiable.NONE:
        return nobody_identifiable(facts)
    if is_trusted_recipient(facts, guidance):
        return trusted_recipient(facts)
    if are_few_known_recipients(facts, guidance):
        return known_recipients(facts, guidance)
    return unknown_hands(facts, guidance)


def nothing_disclosed(facts: Facts) -> Finding:
    """Nobody got the data, and that is shown: 01/2021, cases 01 to 03."""
    return Finding(
        Risk.UNLIKELY,
        "EDPB Guidelines 01/2021, section 2.1",
        N_("Nobody got at the data, or it has been shown that nobody did."),
        ("confidentiality_loss", "exfiltration"),
    )


def unintelligible(facts: Facts) -> Finding:
    """Whoever has the data cannot read them: 01/2021, cases 01 and 10; 9/2022, Annex B, i."""
    return Finding(
        Risk.UNLIKELY,
        "EDPB Guidelines 01/2021, section 5.1; 9/2022, Annex B, i",
        N_("Whoever has the data cannot read them: strong encryption of today, and a safe key."),
        ("protection", "protection_state_of_the_art", "key_compromised"),
    )


def nobody_identifiable(facts: Facts) -> Finding:
    """Nobody can tell whom the data are about: 9/2022, IV.B, "ease of identification"."""
    return Finding(
        Risk.UNLIKELY,
        "EDPB Guidelines 9/2022, section IV.B",
        N_("Whoever has the data cannot tell whom they are about."),
        ("identifiable",),
    )


def misused(facts: Facts, guidance: Guidance) -> Finding:
    """The data have been used against the people: 01/2021, cases 08 and 17.

    Misuse lifts even plain contact data; it also shows that no protection held.
    """
    bare = _without_protection(facts)
    grave = unknown_hands(bare, guidance).risk is Risk.HIGH
    if grave:
        because = N_("The data have already been misused, and they allow fraud or deep harm.")
    else:
        because = N_("The data have already been misused, so a risk has shown itself.")
    return Finding(
        Risk.HIGH if grave else Risk.LIKELY,
        "EDPB Guidelines 01/2021, sections 3.4 and 7.1",
        because,
        ("misuse_observed", *_DATA),
    )


def is_trusted_recipient(facts: Facts, guidance: Guidance) -> bool:
    """All that a recipient needs to be trusted: 01/2021, case 09; 9/2022, IV.B.

    One known recipient, bound to secrecy or by a lasting relation, who has confirmed deletion,
    of data of few people that are not of the gravest kinds; and no ill will.
    """
    return (
        are_few_known_recipients(facts, guidance)
        and (facts.recipient_count or 0) <= 1
        and facts.recipient_trusted is True
        and facts.recipient_confirmed_deletion is True
        and (facts.subject_count or 0) <= guidance.few_people
        and weight_in_hands(facts, guidance, known=True) < Weight.GRAVE
    )


def trusted_recipient(facts: Facts) -> Finding:
    """A recipient who can be trusted makes harm unlikely: 01/2021, case 09."""
    return Finding(
        Risk.UNLIKELY,
        "EDPB Guidelines 01/2021, section 4.2",
        N_(
            "One known and trusted recipient has confirmed deletion; few people and no sensitive "
            "data are concerned."
        ),
        (
            "recipient_known",
            "recipient_count",
            "recipient_trusted",
            "recipient_confirmed_deletion",
            "subject_count",
            *_DATA,
        ),
    )


def are_few_known_recipients(facts: Facts, guidance: Guidance) -> bool:
    """The data went by mistake to some who are known: 01/2021, cases 13, 15 and 16.

    Numerous recipients are close to the public: 01/2021, case 14; 9/2022, Annex B, ix.
    """
    return (
        facts.recipient_known is True
        and not facts.malicious
        and not facts.public_exposure
        and (facts.recipient_count or 0) <= guidance.numerous_recipients
    )


def known_recipients(facts: Facts, guidance: Guidance) -> Finding:
    """Few, known, but not trusted: the nature of the data decides, 01/2021, section 6."""
    rule = "EDPB Guidelines 01/2021, section 6"
    who = ("malicious", "recipient_known", "recipient_count", "public_exposure")
    heavy = weight_in_hands(facts, guidance, known=True)
    if heavy >= Weight.SERIOUS and not facts.recipient_confirmed_deletion:
        return Finding(
            Risk.HIGH,
            rule,
            N_("Known recipients got data that can harm, and have not confirmed deletion."),
            (*who, "recipient_confirmed_deletion", *_DATA),
        )
    very_many = (facts.subject_count or 0) > guidance.very_many_people
    if heavy >= Weight.SERIOUS and very_many and not facts.recipient_trusted:
        return Finding(
            Risk.HIGH,
            "EDPB Guidelines 01/2021, section 6.2",
            N_(
                "Data of very many people that can harm went to recipients who are not trusted. "
                "You cannot be sure that they delete them."
            ),
            (*who, "subject_count", "recipient_trusted", *_DATA),
        )
    if heavy >= Weight.SERIOUS:
        return Finding(
            Risk.LIKELY,
            rule,
            N_("Known recipients saw data that can harm; they have confirmed deletion."),
            (*who, "recipient_confirmed_deletion", *_DATA),
        )
    if heavy is Weight.TELLING:
        return Finding(
            Risk.LIKELY,
            rule,
            N_("Recipients who are not trusted learned more than a name and an address."),
            (*who, "recipient_trusted", *_DATA),
        )
    if heavy is Weight.BASIC and (facts.subject_count or 0) > guidance.many_people:
        return Finding(
            Risk.LIKELY,
            "EDPB Guidelines 9/2022, Annex B, x",
            N_("The data are simple and the recipients known, but many people are concerned."),
            (*who, "subject_count", *_DATA),
        )
    return Finding(
        Risk.UNLIKELY,
        rule,
        N_("A mistake showed simple data to few known recipients; no harm is to be expected."),
        (*who, "subject_count", *_DATA),
    )


def unknown_hands(facts: Facts, guidance: Guidance) -> Finding:
    """An attacker, thief or finder, many recipients, or the public: 01/2021, sections 2 to 7."""
    who = ("malicious", "recipient_known", "recipient_count", "public_exposure")
    heavy = weight_in_hands(facts, guidance, known=False)
    if heavy >= Weight.SERIOUS:
        return Finding(
            Risk.HIGH,
            "EDPB Guidelines 9/2022, section IV.B",
            N_("Data that allow fraud or deep harm may be in unknown hands."),
            (*who, *_DATA),
        )
    if heavy is Weight.TELLING and (facts.subject_count or 0) > guidance.very_many_people:
        return Finding(
            Risk.HIGH,
            "EDPB Guidelines 01/2021, section 5.2",
            N_("Telling data of very many people may be in unknown hands."),
            (*who, "subject_count", *_DATA),
        )
    if heavy >= Weight.BASIC:
        return Finding(
            Risk.LIKELY,
            "EDPB Guidelines 9/2022, section IV.B",
            N_("Data of people who can be identified may be in unknown hands."),
            (*who, *_DATA),
        )
    return Finding(
        Risk.UNLIKELY,
        "EDPB Guidelines 9/2022, section IV.B; 01/2021, section 3.2",
        N_("What may be in unknown hands says next to nothing about anybody."),
        (*who, *_DATA, "protection", "protection_state_of_the_art", "key_compromised"),
    )


def _without_protection(facts: Facts) -> Facts:
    """The facts as if nothing had hidden the data and somebody could be identified."""
    seen = facts.identifiable
    return replace(
        facts,
        protection=Protection.NONE,
        identifiable=Identifiable.INDIRECT if seen is Identifiable.NONE else seen,
    )


_DATA = (
    "data_categories",
    "special_category",
    "criminal_data",
    "credentials_exposed",
    "fraud_enabling",
    "vulnerable_subjects",
    "identifiable",
)
