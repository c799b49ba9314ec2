"""The answer to "what does the law ask of me?", with its reasons and what would change it."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from incidents.law import alternatives, gdpr
from incidents.law.alternatives import Flip
from incidents.law.book import Law
from incidents.law.contradictions import contradictions, unknown_words
from incidents.law.disclosure import was_exposed
from incidents.law.facts import Facts
from incidents.law.gdpr import Verdict
from incidents.law.risk import risk_range
from incidents.law.severity import Severity, severity
from incidents.law.unknowns import kindest
from incidents.law.vocabulary import AvailabilityLoss, IntegrityLoss, Risk
from incidents.law.weighing import RiskRange
from incidents.law.words import N_, Sentence


@dataclass(frozen=True)
class Assessment:
    """What the law asks on these facts, on this day.

    `risk` is the risk on what is known (None: undetermined), `risk_low` and `risk_high` its ends.
    """

    facts: Facts
    on: date
    law: Law
    risk: Risk | None
    risk_low: Risk
    risk_high: Risk
    document: Verdict
    authority: Verdict
    subjects: Verdict
    controllers: Verdict
    enisa: Severity
    notes: tuple[Sentence, ...]

    @classmethod
    def of(cls, facts: Facts, on: date, law: Law) -> "Assessment":
        """Ask each article in turn."""
        risk = risk_range(facts, law.guidance)
        told = gdpr.authority(facts, risk, law)
        people = gdpr.subjects(facts, risk, law)
        score = severity(facts, law.guidance)
        return cls(
            facts=facts,
            on=on,
            law=law,
            risk=_risk(facts, risk, told),
            risk_low=risk.low.risk,
            risk_high=risk.high.risk,
            document=gdpr.document(),
            authority=told,
            subjects=people,
            controllers=gdpr.controllers(facts),
            enisa=score,
            notes=tuple(_notes(facts, people, score)),
        )

    @property
    def law_version(self) -> str:
        """The tables that were asked."""
        return self.law.version

    @property
    def risk_word(self) -> str:
        """unlikely, likely, high or undetermined."""
        return self.risk.word if self.risk is not None else "undetermined"

    @property
    def outcome(self) -> dict[str, tuple[bool, bool]]:
        """Duty and certainty by whom: what a flip would change."""
        return {
            name: (verdict.duty, verdict.certain)
            for name, verdict in (
                ("authority", self.authority),
                ("subjects", self.subjects),
                ("controllers", self.controllers),
            )
        }

    @cached_property
    def flips(self) -> list[Flip]:
        """Each single fact whose change would change a duty."""
        return alternatives.flips(self.facts, self.law.guidance, self._judge)

    @cached_property
    def ask_next(self) -> list[str]:
        """The facts not known that keep the answer open, those that settle most first."""
        return alternatives.ask_next(self.facts, self.law.guidance, self._judge)

    def _judge(self, facts: Facts) -> alternatives.Outcome:
        return Assessment.of(facts, self.on, self.law).outcome

    def as_json(self) -> dict[str, Any]:
        """The answer as JSON: risk, duties with their reasons, flips, ENISA score, notes.

        `notes` is in English; `remarks` are the same as text and params, to be translated.
        """
        return {
            "risk": self.risk_word,
            "risk_range": [self.risk_low.word, self.risk_high.word],
            "document": self.document.duty,
            "authority": {
                "duty": self.authority.duty,
                "certain": self.authority.certain,
                "hours": self.law.gdpr.hours,
                "lead": self.authority.lead,
                "reasons": _reasons(self.authority),
            },
            "subjects": {
                "duty": self.subjects.duty,
                "certain": self.subjects.certain,
                "exemption": self.subjects.exemption,
                "channel": self.subjects.channel,
                "reasons": _reasons(self.subjects),
            },
            "controllers": {
                "duty": self.controllers.duty,
                "certain": self.controllers.certain,
                "reasons": _reasons(self.controllers),
            },
            "law_version": self.law_version,
            "on": self.on.isoformat(),
            "flips": [flip.as_json() for flip in self.flips],
            "ask_next": list(self.ask_next),
            "enisa": self.enisa.as_json(),
            "notes": [note.english() for note in self.notes],
            "remarks": [note.as_json() for note in self.notes],
        }


def _reasons(verdict: Verdict) -> list[dict[str, Any]]:
    return [reason.as_json() for reason in verdict.reasons]


def _risk(facts: Facts, risk: RiskRange, told: Verdict) -> Risk | None:
    """The risk on what is known; never below what the duty towards the authority rests on."""
    if risk.low.risk == risk.high.risk:
        return risk.low.risk
    open_ended = risk.low.risk is Risk.UNLIKELY and risk.high.risk is Risk.HIGH
    if open_ended and risk.careful.risk < Risk.HIGH and not _some_loss_is_known(facts):
        return None
    return max(risk.careful.risk, Risk.LIKELY) if told.duty else risk.careful.risk


def _some_loss_is_known(facts: Facts) -> bool:
    mild = kindest(facts)[0]
    return (
        was_exposed(mild)
        or mild.availability_loss is not AvailabilityLoss.NONE
        or mild.integrity_loss not in (IntegrityLoss.NONE, IntegrityLoss.TEMPORARY)
    )


def _notes(facts: Facts, people: Verdict, score: Severity) -> list[Sentence]:
    notes = contradictions(facts) + unknown_words(facts)
    if facts.data_categories is not None and not facts.data_categories:
        notes.append(Sentence(N_("No kind of data is named, so the data count as not known.")))
    if facts.data_subjects_already_informed and not people.duty:
        notes.append(
            Sentence(N_("The people have been told already. That is no duty, and no fault."))
        )
    if score.asks_again and not people.duty:
        notes.append(
            Sentence(
                N_(
                    "The ENISA score is high (%(score)s). It is an aid and changes nothing, but "
                    "look again at whether the people should be told."
                ),
                {"score": score.least},
            )
        )
    return notes
