"""Which open incidents and which reports tell of the same thing as a report, and in what.

The words are sealed, so no database can look for them: the newest are opened and compared here.
How many is bounded, so that a report opens as fast among ten thousand.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import load_only

from incidents.db import db
from incidents.likeness import Likeness, Telling, compare, plain, rarity
from incidents.models import Incident, Processor, Report

INCIDENTS = 100
REPORTS = 150
FEW = 4


@dataclass(frozen=True)
class Alike:
    """Something that may be about the same, and in what it is alike."""

    row: Incident | Report
    likeness: Likeness


def to_report(report: Report) -> tuple[list[Alike], list[Alike]]:
    """Open incidents, and other reports that wait or were joined, like this report; best first."""
    names = _systems()
    own = _of_report(report, names)
    incidents = [
        (row, _of_incident(row, names))
        for row in db.session.scalars(
            select(Incident)
            .where(Incident.closed_at.is_(None), Incident.id != (report.incident_id or 0))
            .order_by(Incident.id.desc())
            .limit(INCIDENTS)
        )
    ]
    others = (
        select(Report)
        .where(Report.id != report.id, Report.state != "set_aside", Report.erased_at.is_(None))
        .order_by(Report.id.desc())
        .limit(REPORTS)
        .options(
            load_only(
                Report.uid,
                Report.reference,
                Report.state,
                Report.version,
                Report.incident_id,
                Report.received_at,
                Report.subject_sealed,
                Report.story_sealed,
                Report.data_sealed,
                Report.processor_id,
            )
        )
    )
    if report.incident_id is not None:
        others = others.where(
            Report.incident_id.is_(None) | (Report.incident_id != report.incident_id)
        )
    reports = [(row, _of_report(row, names)) for row in db.session.scalars(others)]
    rare = rarity([own, *(said for _row, said in incidents), *(said for _row, said in reports)])
    return _best(own, incidents, rare), _best(own, reports, rare)


def _best(
    own: Telling, rows: Iterable[tuple[Incident | Report, Telling]], rare: dict[str, float]
) -> list[Alike]:
    found = [Alike(row, compare(own, said, rare)) for row, said in rows]
    alike = [one for one in found if one.likeness.is_alike]
    return sorted(alike, key=lambda one: -one.likeness.score)[:FEW]


def _systems() -> dict[str, int]:
    """The names by which a telling names a service provider."""
    rows = db.session.execute(select(Processor.name, Processor.id).limit(500))
    return {plain(name): number for name, number in rows if len(name) > 2}


def _named(text: str, names: dict[str, int]) -> set[str]:
    words = plain(text)
    return {name for name in names if name in words}


def _of_report(report: Report, names: dict[str, int]) -> Telling:
    text = " ".join(filter(None, (report.subject, report.story, report.data)))[:4_000]
    systems = _named(text, names)
    systems |= {name for name, number in names.items() if number == report.processor_id}
    return Telling(text, frozenset(systems), report.received_at)


def _of_incident(incident: Incident, names: dict[str, int]) -> Telling:
    text = " ".join(filter(None, (incident.title, incident.summary, incident.data)))[:4_000]
    systems = _named(f"{text} {incident.systems or ''}", names)
    chosen = set(incident.processor_ids or ())
    systems |= {name for name, number in names.items() if number in chosen}
    return Telling(text, frozenset(systems), incident.alerted_at or incident.opened_at)
