"""How far this database has come, to be compared with what stands outside it."""

from datetime import datetime

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from incidents.db import db


class Epoch(db.Model):
    """Row 1, made by the migration: a number that is raised whenever mail may leave, and since
    when mail is held, if it is. `held_why`: restored, older, moved or copied (see `epoch`)."""

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, default=0)
    held_at: Mapped[datetime | None]
    held_why: Mapped[str | None] = mapped_column(String(10))
