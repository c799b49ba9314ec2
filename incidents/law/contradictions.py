"""What in the facts does not fit together. Named for the reader; it changes no result."""

from collections.abc import Callable, Iterator

from incidents.law.facts import Facts
from incidents.law.reading import KINDS
from incidents.law.vocabulary import (
    COUNT_BANDS,
    Actor,
    AvailabilityLoss,
    Backup,
    BreachType,
    ConfidentialityLoss,
    Disruption,
    Exfiltration,
    Identifiable,
    IncidentType,
    IntegrityLoss,
    Protection,
)
from incidents.law.words import N_, Sentence

_SHOWN_SAFE = (ConfidentialityLoss.NONE, ConfidentialityLoss.EXCLUDED)
_TAKEN = (Exfiltration.POSSIBLE, Exfiltration.CONFIRMED)


def contradictions(facts: Facts) -> list[Sentence]:
    """Pairs of facts that cannot both be true, each named in a sentence. Empty: none seen.

    >>> encrypted = Facts(protection=Protection.STRONG_ENCRYPTION, credentials_exposed=True)
    >>> contradictions(encrypted)[0].english()[:43]
    'The data are said to be encrypted, but also'
    """
    return [Sentence(text) for holds, text in _PAIRS if holds(facts)] + list(_numbers(facts))


_PAIRS: tuple[tuple[Callable[[Facts], bool], str], ...] = (
    (
        lambda f: f.protection is Protection.STRONG_ENCRYPTION and f.credentials_exposed is True,
        N_(
            "The data are said to be encrypted, but also that passwords are out in clear. The "
            "encryption is not counted; correct one of the two."
        ),
    ),
    (
        lambda f: f.confidentiality_loss in _SHOWN_SAFE and f.exfiltration in _TAKEN,
        N_("Nobody is said to have got at the data, but also that they may have been taken."),
    ),
    (
        lambda f: f.confidentiality_loss in _SHOWN_SAFE and f.public_exposure is True,
        N_("Nobody is said to have got at the data, but also that they were public."),
    ),
    (
        lambda f: f.public_exposure is False and f.incident_type is IncidentType.PUBLISHED_ONLINE,
        N_("The data were published online, but are said not to have been public."),
    ),
    (
        lambda f: f.malicious is False and f.incident_type is IncidentType.RANSOMWARE,
        N_("Ransomware is an attack, but no ill will is said to have been at work."),
    ),
    (
        lambda f: f.malicious is True and f.actor is Actor.NONE,
        N_("Ill will is said to have been at work, but nobody to have acted."),
    ),
    (
        lambda f: f.malicious is True and f.recipient_trusted is True,
        N_("A recipient is called trusted, but ill will is said to have been at work."),
    ),
    (
        lambda f: f.recipient_known is False and f.recipient_trusted is True,
        N_("A recipient is called trusted, but is said not to be known."),
    ),
    (
        lambda f: f.recipient_known is False and f.recipient_confirmed_deletion is True,
        N_("A recipient has confirmed deletion, but is said not to be known."),
    ),
    (
        lambda f: f.special_category is False and "health" in (f.data_categories or ()),
        N_("Health data are special data (GDPR Art. 9), but no special data are said to be there."),
    ),
    (
        lambda f: f.vulnerable_subjects is False and "children" in (f.subject_types or ()),
        N_("Children need special protection, but nobody vulnerable is said to be concerned."),
    ),
    (
        lambda f: f.identifiable is Identifiable.NONE and f.misuse_observed is True,
        N_("The data have been misused, but nobody is said to be identifiable by them."),
    ),
    (
        lambda f: (
            f.availability_loss is AvailabilityLoss.NONE
            and f.service_disruption in (Disruption.MINOR, Disruption.MAJOR)
        ),
        N_("The data are said to have stayed available, but a service to have been disturbed."),
    ),
    (
        lambda f: f.availability_loss is AvailabilityLoss.PERMANENT and f.restored_promptly is True,
        N_("The data are said to be lost for ever, but also to have been restored promptly."),
    ),
    (
        lambda f: (
            f.availability_loss is AvailabilityLoss.TEMPORARY_SHORT and f.restored_promptly is False
        ),
        N_("The gap is called short, but the data are said not to have been restored promptly."),
    ),
    (
        lambda f: f.restored_promptly is True and (f.restoration_hours or 0) > 48,
        N_("The data are said to have been restored promptly, but it took more than two days."),
    ),
    (
        lambda f: (
            f.backup_available is Backup.NONE
            and f.availability_loss is AvailabilityLoss.TEMPORARY_SHORT
            and f.integrity_loss is IntegrityLoss.TEMPORARY
        ),
        N_("There is said to be no backup, but what was altered to have been restored."),
    ),
    (
        lambda f: (
            BreachType.CONFIDENTIALITY in (f.breach_types or ())
            and f.confidentiality_loss in _SHOWN_SAFE
        ),
        N_("The breach is called one of confidentiality, but nobody to have got at the data."),
    ),
    (
        lambda f: (
            BreachType.AVAILABILITY in (f.breach_types or ())
            and f.availability_loss is AvailabilityLoss.NONE
        ),
        N_("The breach is called one of availability, but the data to have stayed available."),
    ),
    (
        lambda f: (
            BreachType.INTEGRITY in (f.breach_types or ())
            and f.integrity_loss is IntegrityLoss.NONE
        ),
        N_("The breach is called one of integrity, but no data to have been altered."),
    ),
    (
        lambda f: (
            f.exfiltration is Exfiltration.EXCLUDED and (f.persistence_undetected_days or 0) >= 7
        ),
        N_(
            "Somebody was inside for a week or more unseen. Check again that data leaving can "
            "really be excluded: logs may be gone or changed (EDPB 01/2021, case 05)."
        ),
    ),
)


def _numbers(facts: Facts) -> Iterator[Sentence]:
    band, count = facts.subject_count_band, facts.subject_count
    if band is None or count is None or COUNT_BANDS.get(band) is None:
        return
    tops = [top for top in COUNT_BANDS.values() if top]
    at = tops.index(COUNT_BANDS[band] or 0)
    bottom = tops[at - 1] if at else 0
    is_last = at == len(tops) - 1
    if not (bottom < count and (is_last or count <= tops[at])):
        yield Sentence(
            N_("%(count)s people are not in the band %(band)s. The number is counted."),
            {"count": count, "band": band},
        )


def unknown_words(facts: Facts) -> list[Sentence]:
    """Words of the open lists that we do not know: accepted as simple data, and named.

    >>> unknown_words(Facts(data_categories=frozenset({"shoe_size"})))[0].english()
    '"shoe_size" is no kind of data that we know. It is counted as simple data.'
    """
    said = []
    for key, text in (
        (
            "data_categories",
            N_('"%(word)s" is no kind of data that we know. It is counted as simple data.'),
        ),
        ("subject_types", N_('"%(word)s" is no group of people that we know. It does not weigh.')),
    ):
        known = KINDS[key].known
        said += [
            Sentence(text, {"word": word})
            for word in sorted(getattr(facts, key) or ())
            if word not in known
        ]
    role = facts.controller_role
    if role is not None and role not in KINDS["controller_role"].known:
        text = N_('"%(word)s" is no role that we know. It is treated as a controller.')
        said.append(Sentence(text, {"word": role}))
    band = facts.subject_count_band
    if band is not None and band not in COUNT_BANDS:
        text = N_('"%(word)s" is no band of numbers that we know. It is not counted.')
        said.append(Sentence(text, {"word": band}))
    return said
