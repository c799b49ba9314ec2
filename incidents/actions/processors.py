"""What a processor tells its controller (GDPR Art. 33(2)): its link, and what its word starts."""

import hashlib
import secrets
from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import select

from incidents.actions import awareness, cases
from incidents.audit import record
from incidents.db import db
from incidents.models import Incident, Processor, Report, User
from incidents.refusal import Refused


def make_link(row: Processor, by: User, at: datetime) -> str:
    """A new token for the link of a processor; the one before stops working. Shown once."""
    token = secrets.token_hex(16)
    row.intake_hash, row.intake_made_at = _hash(token), at
    record("processor.link_made", by=by, at=at, processor=row.id)
    return token


def close_link(row: Processor, by: User, at: datetime) -> None:
    """Take the link of a processor back."""
    row.intake_hash = row.intake_made_at = None
    record("processor.link_closed", by=by, at=at, processor=row.id)


def of_link(token: str) -> Processor | None:
    """The processor to whom a link was given; None for a link that does not work."""
    known = select(Processor).where(Processor.intake_hash == _hash(token))
    return db.session.scalar(known.where(Processor.active.is_(True)))


def confirm(report: Report, by: User, at: datetime, zone: ZoneInfo) -> Incident:
    """Confirm that it was really the processor: the controller is considered aware from the
    moment it was told (EDPB Guidelines 9/2022, II.A.4). Opens an incident where there is none."""
    told = report.processor
    if told is None:
        raise Refused(_("No service provider sent this report by its link."))
    incident = report.incident
    if incident is None:
        title = _("%(name)s reports a breach", name=told.name)
        incident = cases.open_incident(title, by, at, report=report)
    if told.id not in incident.processor_ids:
        numbers = [*incident.processor_ids, told.id]
        cases.edit(incident, {"processor_ids": numbers}, by, at)
    record(
        "processor.confirmed",
        by=by,
        at=at,
        report=report,
        incident=incident,
        processor=told.name,
    )
    if incident.aware_at is None:
        reason = _(
            "%(name)s, which handles data for us, told us by its own link (%(report)s). We have "
            "checked that it was them.",
            name=told.name,
            report=report.reference,
        )
        # The moment was written down by the machine, not remembered: no full hour is doubted.
        awareness.state(incident, report.received_at, reason, by, at, zone=zone, sure=True)
    return incident


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
