"""Pure: the stages of a case, the moves between them, and what each move needs.

The stages say how far the work is. They never hold up the legal clock: the authority can be
told, and people can be warned, from any stage once the controller is aware.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


def N_(text: str) -> str:  # noqa: N802 - the name that translators' tools look for
    """Mark a text for translation without translating it here."""
    return text


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
        Need("data", N_("Which data are concerned"), lambda c: bool(c.data)),
        Need("people", N_("Whose data they are"), lambda c: bool(c.people)),
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
