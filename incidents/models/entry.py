"""The file of everything that was done: one chained row for each change."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from incidents.db import db
from incidents.seal import Sealed


class Entry(db.Model):
    """One change: who, when, what, and its link to the one before. Written only by `audit`.

    The link covers the hash of the detail, not the detail: when retention erases the words,
    the chain still proves that they were there and unchanged until then.
    """

    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(40))  # user:3, reporter, worker, command
    verb: Mapped[str] = mapped_column(String(60))  # report.received, incident.moved, ...
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incident.id"), index=True)
    report_id: Mapped[int | None] = mapped_column(ForeignKey("report.id"), index=True)
    detail_hash: Mapped[str] = mapped_column(String(64))
    mac: Mapped[str] = mapped_column(String(64))
    detail_sealed: Mapped[bytes | None]

    detail = Sealed("json")

    @property
    def uid(self) -> str:
        return str(self.n)


class Chain(db.Model):
    """Where the chain ends: row 1. Held by each writer until it commits, so that links never
    cross; and the reason why a cut-off tail is noticed."""

    id: Mapped[int] = mapped_column(primary_key=True)
    n: Mapped[int]
    mac: Mapped[str] = mapped_column(String(64))


class Counter(db.Model):
    """The last number given in a year, by kind: "RP-2026", "BR-2026"."""

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    value: Mapped[int]
