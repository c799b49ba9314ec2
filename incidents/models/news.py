"""What reporters hear of their case without asking."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from incidents.db import db
from incidents.models.incident import Incident
from incidents.models.report import Report
from incidents.seal import Sealed


class News(db.Model):
    """One piece of news for one reporter, once: the report was `joined`, or the case `closed`.

    It waits until `goes_at`, so that staff can change its text or withhold it; then the worker
    passes it on. State: waiting, sent, withheld. No text of its own means the template's.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(16), unique=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"))
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    made_at: Mapped[datetime]
    goes_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10), default="waiting")

    text_sealed: Mapped[bytes | None]
    text = Sealed()

    report: Mapped[Report] = relationship()
    incident: Mapped[Incident] = relationship()

    __table_args__ = (
        UniqueConstraint("report_id", "incident_id", "kind"),
        Index("ix_news_state_goes_at", "state", "goes_at"),
    )
