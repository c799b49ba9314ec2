"""GDPR Art. 33 and 34: whom a breach must be told, article by article.

Each function takes the risk as a range, from the kindest to the harshest reading of what is not
known, and answers for what is known: a duty, whether it is certain, and why.
"""

from dataclasses import dataclass, replace

from incidents.law.book import Law
from incidents.law.facts import Facts
from incidents.law.risk import without_protection
from incidents.law.vocabulary import Risk, Role
from incidents.law.weighing import Finding, Reason, RiskRange
from incidents.law.words import N_


@dataclass(frozen=True)
class Verdict:
    """Whether somebody must be told. `certain`: no open fact could change it.

    `exemption` is "34(3)(a)", "34(3)(b)" or "34(3)(c)"; `channel` is "direct" or "public" where
    people must be told; `lead` is whether the authority is a lead authority (None: not known).
    """

    duty: bool
    certain: bool
    reasons: tuple[Reason, ...]
    exemption: str | None = None
    channel: str | None = None
    lead: bool | None = None


def document() -> Verdict:
    """GDPR Art. 33(5): every breach is documented: facts, effects, remedial action.

    >>> document().duty
    True
    """
    reason = Reason("GDPR Art. 33(5)", N_("Every breach is kept on file, notified or not."))
    return Verdict(True, True, (reason,))


def authority(facts: Facts, risk: RiskRange, law: Law) -> Verdict:
    """GDPR Art. 33(1): the authority is told, unless a risk to the people is unlikely.

    Not telling is the exception, which the controller must be able to show (recital 85). So a
    doubt that is open does not end the duty; it is what the duty is for.

    >>> from datetime import date
    >>> from incidents.law.book import shipped_book
    >>> from incidents.law.risk import risk_range
    >>> today = shipped_book().on(date(2026, 11, 23))
    >>> nothing_known = authority(Facts(), risk_range(Facts(), today.guidance), today)
    >>> nothing_known.duty, nothing_known.certain
    (True, False)
    """
    from_risk = law.gdpr.authority_from
    if risk.low.risk >= from_risk:
        reasons = (
            Reason("GDPR Art. 33(1)", _DUE[from_risk]),
            *map(Reason.of, risk.low.at_least(from_risk)),
        )
        verdict = Verdict(True, True, reasons)
    elif risk.high.risk < from_risk:
        reasons = (
            Reason("GDPR Art. 33(1)", _NOT_DUE[from_risk]),
            *map(Reason.of, risk.high.findings),
        )
        verdict = Verdict(False, True, reasons)
    else:
        reasons = (
            Reason(
                "GDPR Art. 33(1); recital 85",
                N_(
                    "What is not known yet decides whether there is a risk. In doubt, tell the "
                    "authority: not telling it is the exception that you must be able to show."
                ),
            ),
            *map(Reason.of, risk.careful.at_least(Risk.LIKELY)),
        )
        verdict = Verdict(True, False, reasons)
    return lead_authority(facts, on_behalf(facts, verdict))


_DUE = {
    Risk.LIKELY: N_("A risk to the rights and freedoms of people is likely: tell the authority."),
    Risk.HIGH: N_("A high risk to the rights of people is likely: tell the authority."),
}
_NOT_DUE = {
    Risk.LIKELY: N_("A risk to the rights and freedoms of people is unlikely. Keep the reasons."),
    Risk.HIGH: N_("A high risk to the rights of people is unlikely. Keep the reasons."),
}


def lead_authority(facts: Facts, verdict: Verdict) -> Verdict:
    """GDPR Art. 55, 56(1): across borders the authority of the main establishment is told.

    >>> lead_authority(Facts(cross_border=True), Verdict(True, True, ())).lead
    True
    """
    if not verdict.duty or not facts.cross_border:
        return replace(verdict, lead=facts.cross_border if verdict.duty else None)
    reason = Reason(
        "GDPR Art. 55, 56(1)",
        N_("People in several Member States: tell the lead authority, that of the main seat."),
        facts=("cross_border",),
    )
    return replace(verdict, lead=True, reasons=(*verdict.reasons, reason))


def on_behalf(facts: Facts, verdict: Verdict) -> Verdict:
    """GDPR Art. 33(1), (2): it is the controller who tells the authority, not the processor."""
    if not verdict.duty or facts.controller_role != Role.PROCESSOR:
        return verdict
    reason = Reason(
        "GDPR Art. 33(1), (2)",
        N_("You are a processor: this duty is that of each controller you work for."),
        facts=("controller_role",),
    )
    return replace(verdict, reasons=(*verdict.reasons, reason))


def controllers(facts: Facts) -> Verdict:
    """GDPR Art. 33(2): a processor tells its controllers without undue delay, at any risk.

    >>> controllers(Facts(controller_role="processor")).duty
    True
    """
    rule, grounds = "GDPR Art. 33(2)", ("controller_role",)
    if facts.controller_role is None:
        because = N_("Not known whether you are controller or processor; taken as controller.")
        return Verdict(False, False, (Reason(rule, because, facts=grounds),))
    if facts.controller_role == Role.PROCESSOR:
        because = N_(
            "A processor tells every controller concerned without undue delay, whatever the risk."
        )
        return Verdict(True, True, (Reason(rule, because, facts=grounds),))
    because = N_("You are no processor in this case, so there is no controller to tell.")
    return Verdict(False, True, (Reason(rule, because, facts=grounds),))


def subjects(facts: Facts, risk: RiskRange, law: Law) -> Verdict:
    """GDPR Art. 34(1): the people are told, when a high risk to them is likely.

    Where open facts decide, they are told if a careful reading of what is known finds a high
    risk. Then the exemptions of Art. 34(3) are asked in turn.
    """
    from_risk = law.gdpr.subjects_from
    if risk.low.risk >= from_risk:
        because = N_("A high risk to the people is likely: tell them without undue delay.")
        found = risk.low.at_least(from_risk)
        verdict = Verdict(True, True, _why(because, found), channel="direct")
    elif risk.high.risk < from_risk:
        because = N_("A high risk to the people is unlikely, so they need not be told.")
        verdict = Verdict(False, True, _why(because, risk.high.findings))
    elif risk.careful.risk >= from_risk:
        because = N_("Not all is known, but what is known points to a high risk: tell the people.")
        found = risk.careful.at_least(from_risk)
        verdict = Verdict(True, False, _why(because, found), channel="direct")
    else:
        because = N_(
            "What is known does not point to a high risk, but what is open could: find it out."
        )
        found = risk.careful.at_least(Risk.LIKELY)  # what speaks against it is not known yet
        verdict = Verdict(False, False, _why(because, found))
    return disproportionate(facts, neutralised(facts, unintelligible(facts, verdict, law)))


def _why(because: str, findings: tuple[Finding, ...]) -> tuple[Reason, ...]:
    return (Reason("GDPR Art. 34(1)", because), *map(Reason.of, findings))


def unintelligible(facts: Facts, verdict: Verdict, law: Law) -> Verdict:
    """GDPR Art. 34(3)(a): not told, if the data were made unintelligible before the breach.

    Named where it is what spares the people's being told: without it the risk could be high.
    """
    if verdict.duty or not verdict.certain:
        return verdict
    if without_protection(facts, law.guidance) < law.gdpr.subjects_from:
        return verdict
    reason = Reason(
        "GDPR Art. 34(3)(a)",
        N_("The data were made unreadable before the breach, and stay so."),
        facts=("protection", "protection_state_of_the_art", "key_compromised"),
    )
    return replace(verdict, exemption="34(3)(a)", reasons=(*verdict.reasons, reason))


def neutralised(facts: Facts, verdict: Verdict) -> Verdict:
    """GDPR Art. 34(3)(b): not told, if later measures ensure that the high risk is over.

    The duty towards the authority stays.

    >>> neutralised(Facts(risk_neutralised=True), Verdict(True, False, ())).exemption
    '34(3)(b)'
    """
    if not facts.risk_neutralised or (verdict.certain and not verdict.duty):
        return verdict
    reason = Reason(
        "GDPR Art. 34(3)(b)",
        N_("Measures taken since ensure that the high risk is no longer likely."),
        facts=("risk_neutralised",),
    )
    return Verdict(False, True, (*verdict.reasons, reason), exemption="34(3)(b)")


def disproportionate(facts: Facts, verdict: Verdict) -> Verdict:
    """GDPR Art. 34(3)(c): told in public, if telling each one were a disproportionate effort.

    It changes the channel and not the duty.

    >>> told = disproportionate(Facts(disproportionate_effort=True), Verdict(True, True, ()))
    >>> told.duty, told.channel
    (True, 'public')
    """
    if not facts.disproportionate_effort or not verdict.duty:
        return verdict
    reason = Reason(
        "GDPR Art. 34(3)(c)",
        N_("Telling each one would take a disproportionate effort: tell them in public instead."),
        facts=("disproportionate_effort",),
    )
    return replace(
        verdict,
        exemption="34(3)(c)",
        channel="public",
        reasons=(*verdict.reasons, reason),
    )
