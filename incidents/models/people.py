"""The people who work with the cases, and how they are let in."""

from datetime import datetime
from typing import Any

from flask_security import AsaList, RoleMixin, UserMixin
from sqlalchemy import String
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, mapped_column

from incidents.db import db

ROLES = ("staff", "controller")


class RoleName(RoleMixin):
    """One role as Flask-Security wants to see it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.permissions = None


class User(UserMixin, db.Model):
    """An account. `role` is staff (log and work incidents) or controller (decide, send, set)."""

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(255), unique=True)
    name: Mapped[str] = mapped_column(default="")
    role: Mapped[str]
    language: Mapped[str | None]
    password: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)  # changes: sessions end
    created_at: Mapped[datetime]
    # How often this person is told what changed in the cases they follow: hourly, daily, never.
    digest: Mapped[str] = mapped_column(String(8), default="hourly")
    digest_at: Mapped[datetime | None]  # when they were last told
    # Part of the secret address of this person's calendar; None: there is none.
    calendar_salt: Mapped[str | None] = mapped_column(String(32))
    # Second factor, in the names Flask-Security looks for.
    tf_primary_method: Mapped[str | None]
    tf_totp_secret: Mapped[str | None]
    tf_phone_number: Mapped[str | None]
    tf_last_counter: Mapped[int | None]  # of the last code used: each lets in once
    mf_recovery_codes: Mapped[list[Any] | None] = mapped_column(MutableList.as_mutable(AsaList()))

    @property
    def roles(self) -> list[RoleMixin]:  # type: ignore[override] # a column, not a list to fill
        """Flask-Security asks for a list; a person has one role here."""
        return [RoleName(self.role)]

    @property
    def is_controller(self) -> bool:
        return self.role == "controller"


class Invitation(db.Model):
    """A link that makes one account, once. Only its hash is kept."""

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    role: Mapped[str]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
