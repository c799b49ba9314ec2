"""Other laws' answers in the reader's words: from checks of regimes to lines of a page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from incidents import pages
from incidents.intake import N_
from incidents.law import Facts, questions
from incidents.law.periods import PROMPT, Period
from incidents.law.places import Place, places
from incidents.law.profile import Profile
from incidents.law.regimes import DUE, FIND_OUT, SEEN, WHAT, Check, Step, StepCheck, regimes
from incidents.models import Incident

# What is asked for other laws alone: the question, and what helps to answer it.
ASKED: dict[str, tuple[str, str]] = {
    "size": (
        N_("How large is the company?"),
        N_("NIS2 mostly begins at 50 staff or more than EUR 10 million a year."),
    ),
    "nis2_entity": (
        N_("Is the company an essential or important entity?"),
        N_("Directive (EU) 2022/2555, Annexes I and II; some whatever their size."),
    ),
    "nis2_significant": (
        N_("Is the incident significant under NIS2?"),
        N_("Severe disruption or loss, or considerable damage to others: Art. 23(3)."),
    ),
    "financial_entity": (
        N_("Is the company a financial entity under DORA?"),
        N_("Banks, insurers, payment and investment firms: Regulation (EU) 2022/2554 Art. 2."),
    ),
    "dora_major": (
        N_("Is the incident classified as major under DORA?"),
        N_("Criteria: Delegated Regulation (EU) 2024/1772."),
    ),
    "telecom": (
        N_("Does the company provide a public electronic communications service?"),
        N_("Internet access, telephone, e-mail for the public: Regulation (EU) No 611/2013."),
    ),
    "manufacturer": (
        N_("Does the company make hardware or software for sale?"),
        N_("Products with digital elements: Regulation (EU) 2024/2847."),
    ),
    "cra_event": (
        N_("Is a vulnerability of a product exploited, or is it hit by a severe incident?"),
        N_("Regulation (EU) 2024/2847 Art. 14."),
    ),
    "hipaa": (
        N_("Is the company bound by HIPAA?"),
        N_("Health care in the United States, its insurers, and who works for them: 45 CFR 160."),
    ),
    "insured": (
        N_("Is the company insured in France against losses by a cyber attack?"),
        N_("Code des assurances, art. L12-10-1: complain within 72 hours."),
    ),
}
SIZES = {
    "small": N_("Fewer than 50 staff and at most EUR 10 million a year"),
    "larger": N_("Larger"),
}
STAMPS: dict[str, str] = {
    "attack": N_("When did you know of the attack?"),
    "classification": N_("When was the incident classified as major?"),
    "assessment": N_("When did you assess the breach as notifiable?"),
}


@dataclass(frozen=True)
class StepLine:
    """One step in words: what, by when in law, the due moment if known, and its state."""

    what: str
    by: str
    due: str | None
    late: bool
    state: str


@dataclass(frozen=True)
class Line:
    """One regime in words. `texts`: name, to, trigger and the rest; `asks`: (question, url)."""

    code: str
    state: str
    texts: Mapping[str, str]
    citation: str
    seen: str
    sure: bool
    steps: list[StepLine]
    asks: list[tuple[str, str]]
    on_behalf: bool
    begins: str


def profile(incident: Incident) -> Profile:
    """What is known of an incident for other laws: the answers, and the moments of the case."""
    told = [duty.met_at for duty in incident.duties if duty.kind == "subjects" and duty.met_at]
    return Profile.from_json(
        incident.scope or {},
        {
            "discovery": incident.noticed_at,
            "awareness": incident.aware_at,
            "people_told": min(told, default=None),
        },
    )


def checks(incident: Incident, at: datetime) -> list[Check]:
    """Every regime for an incident, by the law of its day: that of awareness, else of now."""
    day = (incident.aware_at or at).date()
    return regimes(Facts.from_json(incident.facts), profile(incident), day)


def lines(incident: Incident, found: list[Check], at: datetime) -> list[Line]:
    """The checks in the reader's language; what is due first by its hour."""
    return [_line(incident, check, at) for check in sorted(found, key=_urgency)]


def _urgency(check: Check) -> tuple[bool, float]:
    due = check.due_at
    return check.state != DUE, due.timestamp() if due else float("inf")


def _line(incident: Incident, check: Check, at: datetime) -> Line:
    regime = check.regime
    texts = regime.texts[language()]
    return Line(
        code=regime.code,
        state=check.state,
        texts=texts,
        citation=regime.citation,
        seen=_(SEEN[regime.seen]),
        sure=regime.seen == "yes",
        steps=[_step(step, at) for step in check.steps if step.state in (DUE, FIND_OUT)],
        asks=[_ask(incident, key, regime.code, texts) for key in check.asks],
        on_behalf=check.on_behalf,
        begins=pages.day(regime.valid_from),
    )


def language() -> str:
    """The language of the texts that stand in the data: fr or en."""
    return "fr" if str(get_locale()).startswith("fr") else "en"


def name(place: Place) -> str:
    """A place in the reader's language."""
    return place.fr if language() == "fr" else place.en


def place_names() -> dict[str, str]:
    """The names of all places by code, in the reader's language."""
    return {place.code: name(place) for place in places()}


def _step(check: StepCheck, at: datetime) -> StepLine:
    due = check.due_at if check.state == DUE else None
    in_hours = all(period.unit == "hours" for period in check.step.within)
    return StepLine(
        what=_(WHAT[check.step.what]),
        by=_by(check.step),
        due=None if due is None else pages.moment(due) if in_hours else pages.day(due),
        late=due is not None and due < at and not check.step.expected,
        state=check.state,
    )


def _by(step: Step) -> str:
    """By when, as the law says it: "without undue delay, within 72 hours from ..."."""
    parts = [_(PROMPT[step.prompt])] if step.prompt else []
    parts += [_period(period) for period in step.within]
    if step.expected:
        parts[-1] = _("%(period)s (expected, not law)", period=parts[-1])
    return ", ".join(parts)


def _period(period: Period) -> str:
    return " ".join(_(part.text, **part.params) for part in period.said())


def _ask(incident: Incident, key: str, code: str, texts: Mapping[str, str]) -> tuple[str, str]:
    """What to find out, and where to answer it."""
    if key == "own":
        return texts["own"], f"#own_{code}"
    if key == "places":
        return _("How many people live there?"), "#places"
    if key in ASKED:
        return _(ASKED[key][0]), f"#{key}"
    decision = url_for("incidents.decision", ref=incident.reference)
    if key == "risk":
        return _("How great is the risk to the people?"), f"{decision}#result"
    text = next(question.text for question in questions() if question.key == key)
    return _(text), f"{decision}#{key}"
