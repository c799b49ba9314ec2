"""Who is answerable: the organisation whose breaches these are, and those who work for it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from incidents.db import db


class Organisation(db.Model):
    """The one organisation this installation serves. Row 1, made by the migration's first use."""

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(default="")
    controller: Mapped[str] = mapped_column(
        default=""
    )  # the person answerable, as people know them
    contact: Mapped[str] = mapped_column(default="")  # the address people write to
    postal_address: Mapped[str] = mapped_column(default="")
    website: Mapped[str] = mapped_column(default="")
    authority: Mapped[str] = mapped_column(default="FR")  # code in law/authorities.toml
    languages: Mapped[list[Any]] = mapped_column(JSON, default=lambda: ["en", "fr"])
    language: Mapped[str] = mapped_column(default="en")  # when a reader's own is not known
    time_zone: Mapped[str] = mapped_column(default="Europe/Paris")
    retention_months: Mapped[int] = mapped_column(default=60)
    # Days after the last return from which a list of people told is purged.
    list_days: Mapped[int] = mapped_column(default=30)
    # Who is reminded too when it gets late, and nobody else answers.
    deputy_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    set_up: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class Processor(db.Model):
    """A service provider that handles personal data for the organisation (GDPR Art. 28)."""

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    service: Mapped[str] = mapped_column(default="")
    data: Mapped[str] = mapped_column(default="")  # what personal data it holds
    contact: Mapped[str] = mapped_column(default="")  # whom we reach there about a breach
    country: Mapped[str] = mapped_column(String(2), default="")  # where it is established, ISO 3166
    # Hours in which the contract makes it tell us of a breach; None: it says no number.
    notice_hours: Mapped[int | None]
    transfer: Mapped[str] = mapped_column(String(12), default="")  # a key of TRANSFERS
    # Of its own link to report by; only the hash is kept, so the link is shown once.
    intake_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    intake_made_at: Mapped[datetime | None]
    active: Mapped[bool] = mapped_column(default=True)
