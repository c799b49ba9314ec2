"""Files of a form that was refused, until it is sent again."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from incidents.db import db
from incidents.models.report import Blob
from incidents.seal import Sealed


class HeldFile(db.Model):
    """A file of a form that was refused for another reason. Browsers forget chosen files when
    a form comes back; we keep them sealed, a day at most, for whoever holds the form's key."""

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(16), unique=True)
    form_key: Mapped[str] = mapped_column(String(40), index=True)
    at: Mapped[datetime] = mapped_column(index=True)
    media_type: Mapped[str]
    blob_id: Mapped[int] = mapped_column(ForeignKey("blob.id"))
    # The report it became part of: the bytes are the report's now, and the form sent once more
    # finds that it was the same.
    report_id: Mapped[int | None] = mapped_column(ForeignKey("report.id"))

    filename_sealed: Mapped[bytes]
    filename = Sealed()

    blob: Mapped[Blob] = relationship()
