"""What is usually so in each kind of incident: one sentence that answers several questions at once.

It is offered and never presumed: nothing is kept of it before somebody ticks that it was so here.
Each sentence says no more and no less than the answers that it stands for.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from incidents.intake import N_
from incidents.law import Facts
from incidents.law.asked import GUARD, WHAT


@dataclass(frozen=True)
class Usual:
    """An English sentence, to be translated, the facts that it states, and their group."""

    key: str  # what is posted when it is ticked
    kind: str
    text: str
    facts: Mapping[str, Any]
    group: str = WHAT


_WHOLE = {"availability_loss": "none", "integrity_loss": "none"}
_READABLE = {"protection": "none", **_WHOLE}
_SENT = (
    N_("Somebody got readable data by our mistake. We have all of them, at hand and unaltered."),
    {"confidentiality_loss": "confirmed", "malicious": False, **_READABLE},
)
_LOST = (
    N_("Somebody may see the data on it. We have all of them elsewhere, at hand and unaltered."),
    {"confidentiality_loss": "possible", **_WHOLE},
)
_USUAL: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "ransomware": (
        N_("Attackers locked readable data. That they saw and copied some cannot be excluded."),
        {
            "malicious": True,
            "confidentiality_loss": "possible",
            "exfiltration": "possible",
            "protection": "none",
        },
    ),
    "exfiltration": (
        N_("Attackers copied data. We have all of them, at hand and unaltered."),
        {
            "malicious": True,
            "confidentiality_loss": "confirmed",
            "exfiltration": "confirmed",
            **_WHOLE,
        },
    ),
    "credential_attack": (
        N_("Attackers may have seen data. We have all of them, at hand and unaltered."),
        {"malicious": True, "confidentiality_loss": "possible", **_WHOLE},
    ),
    "insider_misuse": (
        N_("One of us saw readable data on purpose. All are there, at hand and unaltered."),
        {"malicious": True, "confidentiality_loss": "confirmed", **_READABLE},
    ),
    "misdirected_email": _SENT,
    "misdirected_post": _SENT,
    "lost_stolen_device": _LOST,
    "lost_stolen_paper": _LOST,
    "social_engineering": (
        N_("A deceiver got readable data. We have all of them, at hand and unaltered."),
        {"malicious": True, "confidentiality_loss": "confirmed", **_READABLE},
    ),
    "email_account_compromise": (
        N_("A stranger may have read the mailbox. All of it is there, at hand and unaltered."),
        {"malicious": True, "confidentiality_loss": "possible", **_READABLE},
    ),
    "published_online": (
        N_("By our mistake anybody could read the data. All are there, at hand and unaltered."),
        {
            "malicious": False,
            "confidentiality_loss": "possible",
            "public_exposure": True,
            **_READABLE,
        },
    ),
    "outage": (
        N_("Nobody meant harm, and nobody saw or altered the data. They could not be used."),
        {"malicious": False, "confidentiality_loss": "none", "integrity_loss": "none"},
    ),
}


_LOCKED = Usual(
    "locked",
    "lost_stolen_device",
    N_("It was encrypted by a method of today, and nobody can have got the key or password."),
    {
        "protection": "strong_encryption",
        "protection_state_of_the_art": True,
        "key_compromised": False,
    },
    GUARD,
)
SENTENCES = (*(Usual(kind, kind, *said) for kind, said in _USUAL.items()), _LOCKED)


def usual(facts: Facts) -> list[Usual]:
    """The sentences that fit the kind of incident, each while all that it states is still open.

    >>> [one.key for one in usual(Facts.from_json({"incident_type": "lost_stolen_device"}))]
    ['lost_stolen_device', 'locked']
    >>> usual(Facts.from_json({"incident_type": "outage", "malicious": True}))
    []
    """
    return [
        one
        for one in SENTENCES
        if one.kind == facts.incident_type and all(getattr(facts, key) is None for key in one.facts)
    ]


def stated(ticked: Collection[str], kind: str | None) -> dict[str, Any]:
    """The facts that the ticked sentences state, of those for one kind of incident.

    >>> stated(["outage", "locked"], "lost_stolen_device")["key_compromised"]
    False
    """
    found: dict[str, Any] = {}
    for one in SENTENCES:
        if one.key in ticked and one.kind == kind:
            found |= one.facts
    return found


# Which answer says that a kind of breach is not there: GDPR Art. 4(12).
_LOSSES = {
    "confidentiality": ("confidentiality_loss", ("none", "excluded")),
    "integrity": ("integrity_loss", ("none",)),
    "availability": ("availability_loss", ("none",)),
}
_NAMES = {"identity", "contact"}
_NEED_PROTECTION = {"children", "patients"}


def breaches(found: Mapping[str, Any]) -> list[str]:
    """The kinds of breach that are there or possible, whatever the others turn out to be.

    >>> breaches({"confidentiality_loss": "possible", "integrity_loss": "none"})
    ['confidentiality']
    """
    return [
        kind for kind, (loss, absent) in _LOSSES.items() if found.get(loss) not in (None, *absent)
    ]


def follows(found: Mapping[str, Any]) -> dict[str, Any]:
    """What follows from other answers, not to be asked again; each by the words of its help.

    The kinds of breach: none while one of the three losses is open, since a kind that is left out
    says that it is not one. A name or an address tells directly whom the data are about. Children
    and patients need special protection.

    >>> follows({"data_categories": ["contact"], "subject_types": ["children"]})
    {'identifiable': 'direct', 'vulnerable_subjects': True}
    """
    more: dict[str, Any] = {}
    if all(loss in found for loss, _absent in _LOSSES.values()) and (kinds := breaches(found)):
        more["breach_types"] = sorted(kinds)
    if _NAMES & set(found.get("data_categories") or ()):
        more["identifiable"] = "direct"
    if _NEED_PROTECTION & set(found.get("subject_types") or ()):
        more["vulnerable_subjects"] = True
    return more
