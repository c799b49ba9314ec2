"""Files of people, kept sealed between preview and confirmation."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from incidents.db import db
from incidents.seal import Sealed
from notifications.models.notices import Notice


class ListImport(db.Model):
    """A file of people, kept sealed between its preview and its confirmation; then emptied."""

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(16), unique=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime]
    # reading -> preview -> importing -> writing -> done | dropped; unreadable: see `problem`. The
    # worker reads and imports large files, holding a lease; `progress` counts rows done.
    state: Mapped[str] = mapped_column(String(10), default="preview")
    progress: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    problem: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # text, params: why not
    size: Mapped[int]  # bytes of what is kept: CSV
    sha256: Mapped[str] = mapped_column(String(64))
    shape: Mapped[dict[str, Any]] = mapped_column(
        JSON, default=dict
    )  # encoding, delimiter, ended, origin
    columns: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # mapping chosen or guessed
    # What the preview found: numbers, and lines with reasons; no personal data.
    counts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    filename_sealed: Mapped[bytes | None]
    header_sealed: Mapped[bytes | None]
    filename = Sealed()
    header = Sealed("json")  # "top": the cells of the first rows; "sheet": of a workbook

    notice: Mapped[Notice] = relationship()


class ListPart(db.Model):
    """A piece of a file of people, in order; so that no file need be whole in memory."""

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(16), unique=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("list_import.id"))
    number: Mapped[int]
    size: Mapped[int]  # bytes, unsealed

    content_sealed: Mapped[bytes]
    content = Sealed("bytes")

    __table_args__ = (UniqueConstraint("import_id", "number"),)
