"""Which way the law wants people told, and why: each one directly, or all in public."""

from dataclasses import dataclass

from flask_babel import gettext as _

from incidents.models import Incident

PUBLIC = "GDPR Art. 34(3)(c)"
DIRECT = "GDPR Art. 34(1)"


@dataclass(frozen=True)
class Asked:
    """`public`: a communication to the public, or a similar measure, instead of one letter each.
    `because`: translated, in a sentence."""

    public: bool
    rule: str
    because: str


def asked(incident: Incident) -> Asked:
    """What the law answered when the last decision was taken.

    GDPR Art. 34(1): the people concerned are told, each of them. Art. 34(3)(c): where that would
    take a disproportionate effort, in public or by a similar measure that is as effective.
    """
    decision = incident.decision
    subjects = decision.assessment.result.get("subjects", {}) if decision else {}
    if subjects.get("channel") != "public":
        return Asked(
            False,
            DIRECT,
            _(
                "The law wants each person told directly. Who has no e-mail address, or whose "
                "letter came back, gets a letter on paper, a call or a visit."
            ),
        )
    return Asked(
        True,
        PUBLIC,
        _(
            "Telling each person would take a disproportionate effort, as the facts of the "
            "decision say: so they are told in public, by a notice that reaches them just as well."
        ),
    )
