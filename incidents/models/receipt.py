"""The receipt of a report: by its code a person comes back without account."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from incidents.db import db
from incidents.models.report import Report


class Receipt(db.Model):
    """One code for one report. The code itself is nowhere; see `incidents.receipts`.

    `round`: how many codes were made before this one. `shown_at`: when the page showed it, once;
    `kept_at`: when its last part was typed back. `visit`: keyed hash of the visit under way.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(16), unique=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), unique=True)
    code_hash: Mapped[str] = mapped_column(String(120), unique=True)
    round: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime]
    shown_at: Mapped[datetime | None]
    kept_at: Mapped[datetime | None]
    visit: Mapped[str | None] = mapped_column(String(32), index=True)
    visit_until: Mapped[datetime | None]

    report: Mapped[Report] = relationship()
