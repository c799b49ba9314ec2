"""A finding: one rule applied to the facts. The gravest finding is the risk of the breach."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from incidents.law.vocabulary import Risk
from incidents.law.words import Sentence


@dataclass(frozen=True)
class Finding:
    """What one rule makes of the facts: a risk, its source, why, and the facts it rests on."""

    risk: Risk
    rule: str
    because: str
    facts: tuple[str, ...]
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Reason:
    """One step of an answer, for the reader: the source, the sentence, the facts behind it.

    `because` is an English text with %(name)s places for `params`; a page shows
    _(because, **params).
    """

    rule: str
    because: str
    params: Mapping[str, Any] = field(default_factory=dict)
    facts: tuple[str, ...] = ()

    @classmethod
    def of(cls, finding: Finding) -> "Reason":
        """The finding as a step of an answer."""
        return cls(finding.rule, finding.because, finding.params, finding.facts)

    def as_json(self) -> dict[str, Any]:
        """{"rule", "because" in English, "text", "params", "facts"}; the last three translate."""
        sentence = Sentence(self.because, self.params)
        return {
            "rule": self.rule,
            "because": sentence.english(),
            **sentence.as_json(),
            "facts": list(self.facts),
        }


@dataclass(frozen=True)
class Weighing:
    """All findings on one reading of the facts."""

    findings: tuple[Finding, ...]

    @property
    def risk(self) -> Risk:
        """The gravest finding decides: one harm does not get smaller by another being absent."""
        return max(finding.risk for finding in self.findings)

    def at_least(self, risk: Risk) -> tuple[Finding, ...]:
        """The findings that reach this risk, the gravest first."""
        reached = [finding for finding in self.findings if finding.risk >= risk]
        return tuple(sorted(reached, key=lambda finding: -finding.risk))


@dataclass(frozen=True)
class RiskRange:
    """The kindest, the careful and the harshest reading. Equal ends: nothing open matters."""

    low: Weighing
    careful: Weighing
    high: Weighing
