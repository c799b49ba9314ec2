"""Groups of people to whom the same happened: each has its own paragraph in the letter."""

from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from incidents.db import db
from incidents.seal import Sealed
from notifications.models.notices import Notice


class NoticeGroup(db.Model):
    """Those of a notice of whom the same data is concerned.

    Group 0, made with the draft, are those of whom the list does not say it: what is concerned in
    the incident as a whole.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(16), unique=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"))
    number: Mapped[int]  # 0, 1, ... within the notice
    data: Mapped[list[Any]] = mapped_column(JSON)  # sorted; categories of the law, or other words
    people: Mapped[int] = mapped_column(default=0)

    notice: Mapped[Notice] = relationship(back_populates="groups")
    texts: Mapped[list["NoticeGroupText"]] = relationship(
        back_populates="group", order_by="NoticeGroupText.language", cascade="all, delete-orphan"
    )

    __table_args__ = (UniqueConstraint("notice_id", "number"),)


class NoticeGroupText(db.Model):
    """What the letter says to a group alone, in one language: which data of theirs is concerned,
    what may follow, what to do."""

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(16), unique=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("notice_group.id"))
    language: Mapped[str] = mapped_column(String(5))
    version: Mapped[int] = mapped_column(default=1)

    body_sealed: Mapped[bytes]
    body = Sealed()

    group: Mapped[NoticeGroup] = relationship(back_populates="texts")

    __table_args__ = (UniqueConstraint("group_id", "language"),)
    __mapper_args__ = {"version_id_col": version}
