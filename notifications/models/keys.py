"""The key of an incident's lists: destroyed, nobody on them can be read any more."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from incidents.db import db
from incidents.seal import Sealed


class ListKey(db.Model):
    """The random key, itself sealed, under which the people of one incident's lists are kept.

    Without it all of them are gone at once, in the rows and in every copy of the database made
    after that. What stays answers "was this address told?": the keyed hash of each address. A
    letter drafted after that gets a new key.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(16), unique=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), index=True)
    made_at: Mapped[datetime]
    destroyed_at: Mapped[datetime | None]

    key_sealed: Mapped[bytes | None]  # 32 bytes; None once destroyed
    key = Sealed("bytes")
