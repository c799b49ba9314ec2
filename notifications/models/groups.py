"""Groups of people to whom the same happened: each has its own paragraph in the letter."""

from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from incidents.db import db
from incidents.seal import Sealed
from notifications.models.notices import Notice


class NoticeGroup(db.Model):
    """Those of a notice of whom the same data is concerned. People in none are of group 0."""

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(16), unique=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"))
    number: Mapped[int]  # 1, 2, ... within the notice
    data: Mapped[list[Any]] = mapped_column(JSON)  # sorted; categories of the law, or other words
    people: Mapped[int] = mapped_column(default=0)

    notice: Mapped[Notice] = relationship()
    texts: Mapped[list["NoticeGroupText"]] = relationship(
        back_populates="group", order_by="NoticeGroupText.language", cascade="all, delete-orphan"
    )

    __table_args__ = (UniqueConstraint("notice_id", "number"),)


class NoticeGroupText(db.Model):
    """The paragraph of a group in one language."""

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
