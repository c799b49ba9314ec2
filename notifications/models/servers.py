"""The mail servers of the organisation, and the workers that use them."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from incidents.db import db
from incidents.seal import Sealed


class Server(db.Model):
    """A mail server of the organisation: "out" (SMTP) or "in" (IMAP), and how it last answered."""

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(16), unique=True)
    direction: Mapped[str] = mapped_column(String(3), unique=True)
    host: Mapped[str] = mapped_column(default="")  # empty: not set up
    port: Mapped[int] = mapped_column(default=0)
    security: Mapped[str] = mapped_column(String(8), default="starttls")  # tls, starttls, none
    username: Mapped[str] = mapped_column(default="")
    sender: Mapped[str] = mapped_column(default="")  # out: the From address; in: the mailbox's own
    folder: Mapped[str] = mapped_column(default="INBOX")  # in
    # in: the name with which our mail server signs Authentication-Results; empty: none is believed
    authserv: Mapped[str] = mapped_column(default="")
    plus: Mapped[bool] = mapped_column(default=False)  # in: name+token@... reaches the mailbox
    per_minute: Mapped[int | None]  # out: letters a minute at most; None: as fast as it takes them
    connections: Mapped[int] = mapped_column(default=8)  # out: at once, at most
    ok_at: Mapped[datetime | None]
    failing_since: Mapped[datetime | None]
    next_try_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)  # in a row, for the back-off
    answer: Mapped[str | None]  # the server's last words, for the settings page
    version: Mapped[int] = mapped_column(default=1)

    password_sealed: Mapped[bytes | None]
    password = Sealed()

    __mapper_args__ = {"version_id_col": version}


class Worker(db.Model):
    """A worker and when it was last seen."""

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
