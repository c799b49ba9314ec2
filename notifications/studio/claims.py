"""Pure: assumptions that a letter states as facts.

What is only possible, or not known, must read so: "your data may have been copied", not "was
copied", and not "was not copied" either. Each sentence is weighed against the facts of the
incident, in each language, by words (claims.toml). Whoever reads such a letter decides by it
(GDPR Art. 34(2), "clear and plain language"; Art. 5(1)(a), fairness and transparency).
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from incidents.likeness import plain
from notifications.studio.sentences import sentences
from notifications.wording import N_

_FILE = Path(__file__).with_name("claims.toml")
_WORDS: Mapping[str, Mapping[str, str]] = tomllib.loads(_FILE.read_text(encoding="utf-8"))
LANGUAGES = tuple(_WORDS)


@dataclass(frozen=True)
class Topic:
    """Something that may be said as a fact only where the facts say it.

    `fact`: the fact that decides. `yes`, `no`: its values under which the thing may be said, and
    denied. `kinds`: kinds of incident in which it is so by definition. `known_as`: what the fact is
    called, with a place %(value)s.
    """

    name: str
    fact: str
    yes: tuple[Any, ...]
    no: tuple[Any, ...]
    kinds: tuple[str, ...]
    known_as: str


TOPICS = (
    Topic(
        "misuse",
        "misuse_observed",
        (True,),
        (),
        ("insider_misuse",),
        N_("whether data were misused"),
    ),
    Topic(
        "copied",
        "exfiltration",
        ("confirmed",),
        ("excluded", "not_applicable"),
        ("lost_stolen_device", "lost_stolen_paper", "credential_attack"),
        N_("whether data were copied or taken"),
    ),
    Topic(
        "seen",
        "confidentiality_loss",
        ("confirmed",),
        ("excluded", "none"),
        (),
        N_("whether somebody saw the data"),
    ),
    Topic(
        "published",
        "public_exposure",
        (True,),
        (False,),
        ("published_online",),
        N_("whether data were made public"),
    ),
    Topic(
        "changed",
        "integrity_loss",
        ("confirmed", "temporary"),
        ("none",),
        (),
        N_("whether data were altered"),
    ),
    Topic(
        "deleted",
        "recipient_confirmed_deletion",
        (True,),
        (False,),
        (),
        N_("whether the recipient confirmed the deletion"),
    ),
)
_AFTER_SEEN = ("misuse", "copied", "published")  # what nobody saw was none of these
VALUES = {
    None: N_("not known"),
    True: N_("yes"),
    False: N_("no"),
    "confirmed": N_("confirmed"),
    "possible": N_("possible"),
    "temporary": N_("yes, but put right again"),
    "excluded": N_("excluded"),
    "none": N_("none"),
    "not_applicable": N_("does not apply"),
}


@dataclass(frozen=True)
class Claim:
    """A sentence that says more than is known. `kind`: "said", "denied" or "no_risk". `fact` and
    `value` are untranslated words for the fact it was held against, `key` is its name."""

    sentence: str
    kind: str
    fact: str
    value: str
    key: str


def claims(words: str, language: str, facts: Mapping[str, Any]) -> list[Claim]:
    """The sentences of a text that state an assumption as a fact. `facts`: as the incident keeps
    them, absent = not known.

    >>> [c.kind for c in claims("Your data has been misused.", "en", {})]
    ['said']
    >>> claims("Your data may have been misused.", "en", {})
    []
    """
    if language not in _WORDS:
        return []
    found = (_weigh(sentence, language, facts) for sentence in sentences(words))
    return list(dict.fromkeys(claim for claim in found if claim is not None))


def _weigh(sentence: str, language: str, facts: Mapping[str, Any]) -> Claim | None:
    if sentence.rstrip().endswith("?"):
        return None
    plain = _plain(sentence)
    rules = _rules(language)
    about = rules["subject"].search(plain)
    for clause in rules["split"].split(plain):
        if not clause or rules["hedge"].search(clause):
            continue
        if rules["no_risk"].search(clause):
            if facts.get("risk_neutralised") is True:
                continue
            risk = N_("whether a high risk is averted")
            value = _value(facts.get("risk_neutralised"))
            return Claim(sentence, "no_risk", risk, value, "risk_neutralised")
        denied = bool(rules["deny"].search(rules["aside"].sub(" ", clause)))
        for topic in TOPICS:
            if about and rules[topic.name].search(clause) and not _known(topic, denied, facts):
                kind = "denied" if denied else "said"
                value = _value(facts.get(topic.fact))
                return Claim(sentence, kind, topic.known_as, value, topic.fact)
    return None


def _known(topic: Topic, denied: bool, facts: Mapping[str, Any]) -> bool:
    """Whether the facts bear a sentence out."""
    value = facts.get(topic.fact)
    if denied:
        unseen = facts.get("confidentiality_loss") in ("excluded", "none")
        return value in topic.no if value is not None else unseen and topic.name in _AFTER_SEEN
    if value in topic.yes and value is not None:
        return True
    if topic.name == "seen" and facts.get("exfiltration") == "confirmed":
        return True
    return facts.get("incident_type") in topic.kinds


def _value(value: Any) -> str:
    return VALUES.get(value, str(value))


@cache
def _rules(language: str) -> dict[str, re.Pattern[str]]:
    return {name: re.compile(rule) for name, rule in _WORDS[language].items()}


def _plain(text: str) -> str:
    """Small letters without accents; every apostrophe the same."""
    return " ".join(plain(text).replace("’", "'").split())
