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
    state: Mapped[str] = mapped_column(String(10), default="preview")  # preview, done, dropped
    size: Mapped[int]  # bytes
    sha256: Mapped[str] = mapped_column(String(64))
    shape: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # encoding, delimiter
    columns: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # mapping chosen or guessed
    # What the preview found: numbers, and lines with reasons; no personal data.
    counts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    filename_sealed: Mapped[bytes | None]
    header_sealed: Mapped[bytes | None]
    filename = Sealed()
    header = Sealed("json")  # the cells of the first row

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
