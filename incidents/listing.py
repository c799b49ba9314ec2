"""Incidents as rows of a list: what a row shows is loaded for all rows at once, the rest not."""

from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import defer, joinedload, raiseload, selectinload

from incidents.models import Decision, Duty, Incident

_SEALED = (
    Incident.summary_sealed,
    Incident.aware_reason_sealed,
    Incident.data_sealed,
    Incident.people_sealed,
    Incident.systems_sealed,
    Incident.consequences_sealed,
    Incident.whys_sealed,
    Incident.factors_sealed,
    Incident.lesson_sealed,
)
KINDS = ("open", "mine", "closed", "all")


def as_rows(query: Select[Any]) -> Select[Any]:
    """Load with each incident its owner, duties and decisions, in a fixed number of queries.

    Nothing else can be asked of such a row: a forgotten query for each row is an error at once.
    """
    return query.options(
        *(defer(column, raiseload=True) for column in _SEALED),
        joinedload(Incident.owner),
        selectinload(Incident.duties).options(raiseload(Duty.incident)),
        selectinload(Incident.decisions).options(
            raiseload(Decision.assessment), raiseload(Decision.by), raiseload(Decision.incident)
        ),
        raiseload(Incident.reports),
        raiseload(Incident.measures),
        raiseload(Incident.assessments),
    )


def filtered(
    query: Select[Any], kind: str, stage: str | None, owner_id: int, before: int | None
) -> Select[Any]:
    """The rows of one list, newest first, from below the incident with the key `before`.

    `kind` is one of KINDS; `owner_id` is asked for "mine" only.
    """
    if stage is not None:
        query = query.where(Incident.stage == stage)
    elif kind in ("open", "mine"):
        query = query.where(Incident.closed_at.is_(None))
    elif kind == "closed":
        query = query.where(Incident.stage == "closed")
    if kind == "mine":
        query = query.where(Incident.owner_id == owner_id)
    if before is not None:
        query = query.where(Incident.id < before)
    return query.order_by(Incident.id.desc())
