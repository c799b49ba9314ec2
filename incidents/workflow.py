"""Pure: the stages of a case, the moves between them, and what each move needs.

The stages say how far the work is. They never hold up the legal clock: the authority can be
told, and people can be warned, from any stage once the controller is aware.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from incidents.intake import N_

STAGES = ("detection", "cause", "mitigation", "notification", "closed")

STAGE_NAMES = {
    "detection": N_("Detection"),
    "cause": N_("Cause analysis"),
    "mitigation": N_("Mitigation"),
    "notification": N_("Notification"),
    "closed": N_("Closed"),
}

# Why it happened, after the causes of the CNIL form (internal or external, meant or not).
CAUSES = {
    "internal_accidental": N_("Inside, by mistake"),
    "internal_malicious": N_("Inside, on purpose"),
    "external_malicious": N_("Outside, on purpose"),
    "external_accidental": N_("Outside, by mistake"),
    "technical": N_("A technical fault"),
    "processor": N_("At a service provider"),
    "unknown": N_("Not known yet"),
}


@dataclass(frozen=True)
class Need:
    """One thing a stage needs before it is left: a text, the page section to fill it, a check."""

    key: str
    text: str
    holds: Callable[[Any], bool]


def _told(case: Any) -> bool:
    return not any(duty.is_open for duty in case.duties)


def _measures_settled(case: Any) -> bool:
    return all(m.done_on or m.dropped for m in case.measures)


NEEDS: dict[str, tuple[Need, ...]] = {
    "detection": (
        Need("summary", N_("What happened, in a few sentences"), lambda c: bool(c.summary)),
        Need("noticed", N_("When it was noticed"), lambda c: c.noticed_at is not None),
        Need(
            "aware",
            N_("When the controller became aware, and why then"),
            lambda c: c.aware_at is not None and bool(c.aware_reason),
        ),
        Need(
            "breach_types",
            N_("The kind of breach: confidentiality, integrity or availability"),
            lambda c: bool(c.facts.get("breach_types")),
        ),
        # In words, or ticked for the decision: nobody is asked the same thing twice.
        Need(
            "data",
            N_("Which data are concerned"),
            lambda c: bool(c.data or c.facts.get("data_categories")),
        ),
        Need(
            "people",
            N_("Whose data they are"),
            lambda c: bool(c.people or c.facts.get("subject_types")),
        ),
    ),
    "cause": (
        Need("cause", N_("The category of the cause"), lambda c: bool(c.cause)),
        Need("whys", N_("At least one answer to “why?”"), lambda c: bool(c.whys)),
    ),
    "mitigation": (
        Need(
            "measure", N_("At least one measure"), lambda c: any(not m.dropped for m in c.measures)
        ),
        Need(
            "consequences", N_("The likely consequences for people"), lambda c: bool(c.consequences)
        ),
    ),
    "notification": (
        Need("decision", N_("The controller’s decision"), lambda c: c.decision is not None),
        Need("duties", N_("Every duty met, or withdrawn with a reason"), _told),
        Need("measures", N_("Every measure done, or dropped"), _measures_settled),
        Need("lesson", N_("The lesson learned"), lambda c: bool(c.lesson)),
    ),
    "closed": (),
}


def missing(case: Any, stage: str) -> list[Need]:
    """What a stage still needs before the case can go on to the next one."""
    return [need for need in NEEDS[stage] if not need.holds(case)]


def next_stage(stage: str) -> str | None:
    """The stage after this one, or None at the end.

    >>> next_stage("detection"), next_stage("closed")
    ('cause', None)
    """
    at = STAGES.index(stage)
    return STAGES[at + 1] if at + 1 < len(STAGES) else None


def moves(stage: str) -> tuple[str, ...]:
    """Where a case may go from here: one stage on, or back to any earlier one.

    A closed case goes back only by being reopened, with a reason.

    >>> moves("cause")
    ('mitigation', 'detection')
    >>> moves("closed")
    ('detection', 'cause', 'mitigation', 'notification')
    """
    at = STAGES.index(stage)
    onward = STAGES[at + 1 : at + 2]
    return (*onward, *STAGES[:at])


def blocking(case: Any, to: str) -> list[Need]:
    """What keeps a case from moving to a stage. Closing needs all that any stage needs."""
    at, target = STAGES.index(case.stage), STAGES.index(to)
    if target <= at:
        return []
    stages = STAGES[:-1] if to == "closed" else STAGES[at:target]
    return [need for stage in stages for need in missing(case, stage)]


@dataclass(frozen=True)
class Step:
    """The one thing to do next: what, why it is asked, and the rule that asks for it.

    `key` is aware, decide, authority, subjects, the key of a Need, or "move".
    """

    key: str
    text: str
    why: str
    rule: str | None = None


AWARE = Step(
    "aware",
    N_("Say when we became aware"),
    N_("The time to tell the authority runs from that moment, and from no other."),
    "GDPR Art. 33(1)",
)
DECIDE = Step(
    "decide",
    N_("Decide whether to tell the authority and the people"),
    N_("The authority must be told, unless a risk to people is unlikely."),
    "GDPR Art. 33(1), 34(1)",
)
AUTHORITY = Step(
    "authority",
    N_("Tell the authority"),
    N_("It was decided that a risk to people cannot be called unlikely."),
    "GDPR Art. 33(1)",
)
SUBJECTS = Step(
    "subjects",
    N_("Tell the people concerned"),
    N_("It was decided to tell them. This has no hour, but must not wait."),
    "GDPR Art. 34(1)",
)
DOCUMENT = N_("The file must show what happened, its effects and what was done.")


def next_step(case: Any) -> Step | None:
    """What to do next: first what the law counts in hours, then what the stage lacks.

    None for a closed case.
    """
    if case.stage == "closed":
        return None
    if case.aware_at is None:
        return AWARE
    if case.decision is None:
        return DECIDE
    due = {duty.kind for duty in case.duties if duty.is_open}
    for kind, step in (("authority", AUTHORITY), ("subjects", SUBJECTS)):
        if kind in due:
            return step
    # The lesson is asked in the step of closing itself.
    lacking = [need for need in missing(case, case.stage) if need.key != "lesson"]
    if lacking:
        return Step(lacking[0].key, lacking[0].text, DOCUMENT, "GDPR Art. 33(5)")
    onward = next_stage(case.stage)
    assert onward is not None  # only "closed" has no next stage
    text = N_("Close the incident") if onward == "closed" else N_("Go on to the next stage")
    return Step("move", text, N_("All that this stage needs is there."))
