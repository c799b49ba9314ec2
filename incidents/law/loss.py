"""Loss of integrity and of availability: data that are wrong, or not there when needed.

EDPB Guidelines 01/2021, section 2, and 9/2022, sections II.A and IV.B. All functions take facts
in which nothing that weighs is open (see unknowns); each returns one Finding.
"""

from incidents.law.book import Guidance
from incidents.law.disclosure import is_unintelligible
from incidents.law.facts import Facts
from incidents.law.sensitivity import is_sensitive, weight
from incidents.law.vocabulary import (
    AvailabilityLoss,
    Backup,
    Disruption,
    Identifiable,
    IntegrityLoss,
    Risk,
    Weight,
)
from incidents.law.weighing import Finding
from incidents.law.words import N_


def alteration(facts: Facts, guidance: Guidance) -> Finding:
    """The risk from data being wrong: 9/2022, section IV.B, "type of breach".

    Altered for a time and put right counts with availability; but see open_to_an_attacker.
    """
    heavy = weight(facts, guidance)
    if facts.integrity_loss is IntegrityLoss.TEMPORARY and open_to_an_attacker(facts, heavy):
        return Finding(
            Risk.LIKELY,
            "EDPB Guidelines 01/2021, section 2.1",
            N_(
                "An attacker changed the data, so he could read them: nothing made them unreadable "
                "to him, and a copy may leave no trace."
            ),
            _ATTACKED,
        )
    if facts.integrity_loss in (IntegrityLoss.NONE, IntegrityLoss.TEMPORARY):
        return Finding(
            Risk.UNLIKELY,
            "EDPB Guidelines 9/2022, section IV.B",
            N_("No data stay altered."),
            ("integrity_loss",) if facts.integrity_loss is IntegrityLoss.NONE else _ATTACKED,
        )
    confirmed = facts.integrity_loss is IntegrityLoss.CONFIRMED
    grounds = ("integrity_loss", "critical_service", "data_categories", "vulnerable_subjects")
    if confirmed and (facts.critical_service or heavy is Weight.GRAVE):
        return Finding(
            Risk.HIGH,
            "EDPB Guidelines 9/2022, section IV.B",
            N_("Data that people depend on have been altered."),
            (*grounds, "special_category", "criminal_data"),
        )
    if heavy is Weight.SLIGHT and not facts.critical_service:
        return Finding(
            Risk.UNLIKELY,
            "EDPB Guidelines 9/2022, section IV.B",
            N_("What may have been altered is of slight weight for anybody."),
            grounds,
        )
    return Finding(
        Risk.LIKELY,
        "EDPB Guidelines 9/2022, section IV.B",
        N_("Data have been altered, or it cannot be excluded, and decisions may rest on them."),
        grounds,
    )


def open_to_an_attacker(facts: Facts, heavy: Weight) -> bool:
    """Whether an attacker had data of weight in his hands that he could read: 01/2021, case 01.

    That case is harmless by encryption at rest *and* restoring in time. Restoring alone does not
    do: who encrypts plain data has had access to them (footnote 11), and data may have been taken
    without leaving a trace in the logs (para 19).

    >>> open_to_an_attacker(Facts(malicious=True), Weight.BASIC)
    True
    >>> open_to_an_attacker(Facts(malicious=True), Weight.SLIGHT)
    False
    """
    return (
        facts.malicious is True
        and heavy is not Weight.SLIGHT
        and facts.identifiable is not Identifiable.NONE
        and not is_unintelligible(facts)
    )


def is_prolonged(facts: Facts, guidance: Guidance) -> bool:
    """Whether the data were away for longer than "promptly": 01/2021, cases 01 to 03.

    Hours count only where data in use were away; losing one of two copies keeps nobody waiting.

    >>> from datetime import date
    >>> from incidents.law.book import shipped_book
    >>> today = shipped_book().on(date(2026, 11, 23)).guidance
    >>> is_prolonged(Facts(availability_loss=AvailabilityLoss.PERMANENT), today)
    True
    >>> is_prolonged(Facts(availability_loss=AvailabilityLoss.TEMPORARY_SHORT,
    ...     restored_promptly=True), today)
    False
    """
    in_use = (
        facts.service_disruption is not Disruption.NONE
        or facts.integrity_loss is not IntegrityLoss.NONE
    )
    return (
        facts.availability_loss
        in (AvailabilityLoss.TEMPORARY_PROLONGED, AvailabilityLoss.PERMANENT)
        or facts.restored_promptly is False
        or (in_use and (facts.restoration_hours or 0) > guidance.prompt_hours)
    )


def unavailability(facts: Facts, guidance: Guidance) -> Finding:
    """The risk from data not being there when people need them."""
    if facts.availability_loss is AvailabilityLoss.NONE:
        return Finding(
            Risk.UNLIKELY,
            "EDPB Guidelines 9/2022, section II.A",
            N_("The data stayed available."),
            ("availability_loss",),
        )
    if facts.critical_service and facts.service_disruption is not Disruption.NONE:
        return critical_service_fails(facts, guidance)
    if weight(facts, guidance) is Weight.SLIGHT and not facts.critical_service:
        return Finding(
            Risk.UNLIKELY,
            "EDPB Guidelines 9/2022, section II.A",
            N_("What could not be used is of slight weight for anybody."),
            ("availability_loss", "critical_service", *_DATA),
        )
    if is_prolonged(facts, guidance):
        return data_stay_away(facts)
    return data_come_back(facts)


def critical_service_fails(facts: Facts, guidance: Guidance) -> Finding:
    """A service on which health or a living depends: 01/2021, case 03; 9/2022, Annex B, viii.

    9/2022, II.A: in a hospital even a short gap can be a risk.
    """
    grounds = (
        "critical_service",
        "service_disruption",
        "availability_loss",
        "restored_promptly",
        "restoration_hours",
    )
    if is_prolonged(facts, guidance) or facts.service_disruption is Disruption.MAJOR:
        return Finding(
            Risk.HIGH,
            "EDPB Guidelines 01/2021, section 2.3; 9/2022, Annex B, viii",
            N_("A service that people depend on failed for long or in full."),
            grounds,
        )
    return Finding(
        Risk.LIKELY,
        "EDPB Guidelines 9/2022, section II.A",
        N_("A service that people depend on was disturbed, if only for a short time."),
        grounds,
    )


def data_stay_away(facts: Facts) -> Finding:
    """Days without the data, or for ever: 01/2021, case 02; 9/2022, Annex B, iv."""
    grounds = ("availability_loss", "restored_promptly", "restoration_hours", "service_disruption")
    stopped = facts.service_disruption is Disruption.MAJOR
    lost = facts.availability_loss is AvailabilityLoss.PERMANENT
    if (is_sensitive(facts) and (stopped or lost)) or (facts.vulnerable_subjects and stopped):
        return Finding(
            Risk.HIGH,
            "EDPB Guidelines 01/2021, sections 2.3 and 5.3",
            N_(
                "Sensitive data are lost or were away for long, or vulnerable people were left "
                "without a service."
            ),
            (*grounds, *_DATA),
        )
    return Finding(
        Risk.LIKELY,
        "EDPB Guidelines 01/2021, section 2.2",
        N_("The data could not be restored in good time, so people may have suffered from it."),
        (*grounds, "critical_service"),
    )


def data_come_back(facts: Facts) -> Finding:
    """Restored in good time: 01/2021, case 01; 9/2022, Annex B, iii and iv."""
    grounds = (
        "availability_loss",
        "restored_promptly",
        "restoration_hours",
        "service_disruption",
        "backup_available",
        "malicious",
    )
    if facts.service_disruption is Disruption.MAJOR:
        return Finding(
            Risk.LIKELY,
            "EDPB Guidelines 9/2022, section II.A",
            N_("The gap was short, but it stopped a service that people were using."),
            grounds,
        )
    if facts.malicious and facts.backup_available in (Backup.NONE, Backup.PAPER_ONLY):
        return Finding(
            Risk.LIKELY,
            "EDPB Guidelines 01/2021, section 2.2",
            N_("An attacker took the data away, and there was no backup to restore them from."),
            grounds,
        )
    return Finding(
        Risk.UNLIKELY,
        "EDPB Guidelines 01/2021, section 2.1; 9/2022, Annex B, iii",
        N_("The data were back in good time, and nobody suffered from the gap."),
        grounds,
    )


_ATTACKED = (
    "integrity_loss",
    "malicious",
    "protection",
    "protection_state_of_the_art",
    "key_compromised",
    "data_categories",
    "identifiable",
)
_DATA = ("data_categories", "special_category", "criminal_data", "vulnerable_subjects")
