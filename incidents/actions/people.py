"""Who is let in: the first controller by the set-up link, others by invitation."""

import hashlib
import secrets
from datetime import datetime, timedelta

from flask_babel import gettext as _
from flask_security import hash_password
from sqlalchemy import func, select, update

from incidents.audit import record
from incidents.db import db
from incidents.intake import one_line
from incidents.models import Invitation, User
from incidents.models.people import ROLES
from incidents.refusal import Refused

SETUP_LASTS = timedelta(hours=24)
INVITATION_LASTS = timedelta(days=3)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def set_up_token(at: datetime) -> str | None:
    """A new one-time token for the first controller, or None once there is an account.

    An earlier one that was not used stops working: only the newest printed link is good.
    """
    if db.session.scalar(select(User.id).limit(1)) is not None:
        return None
    unused = Invitation.used_at.is_(None)
    db.session.execute(update(Invitation).where(unused).values(expires_at=at))
    return _invitation("controller", at, SETUP_LASTS)


def invite(role: str, by: User, at: datetime) -> str:
    """A token that makes one account with this role, once, within three days."""
    if role not in ROLES:
        raise Refused(_("There is no such role."))
    token = _invitation(role, at, INVITATION_LASTS)
    record("account.invited", by=by, at=at, role=role)
    return token


def _invitation(role: str, at: datetime, lasts: timedelta) -> str:
    token = secrets.token_hex(20)
    db.session.add(
        Invitation(token_hash=_hash(token), role=role, made_at=at, expires_at=at + lasts)
    )
    return token


def invitation(token: str, at: datetime) -> Invitation | None:
    """The invitation a token belongs to, if it can still be used."""
    row = db.session.scalar(select(Invitation).where(Invitation.token_hash == _hash(token)))
    return row if row and row.used_at is None and at < row.expires_at else None


def accept(token: str, name: str, email: str, password: str, at: datetime) -> User:
    """Make the account a token stands for. Whoever is second with one token is refused."""
    row = invitation(token, at)
    if row is None:
        raise Refused(_("This link was used already, or is too old. Ask for a new one."))
    taken = update(Invitation).where(Invitation.id == row.id, Invitation.used_at.is_(None))
    if db.session.scalar(taken.values(used_at=at).returning(Invitation.id)) is None:
        raise Refused(_("This link was used already, or is too old. Ask for a new one."))
    if db.session.scalar(select(User.id).where(func.lower(User.email) == email.lower())):
        raise Refused(_("This address has an account already. Log in, or reset the password."))
    user = User(
        email=email,
        name=one_line(name) or "",
        role=row.role,
        password=hash_password(password),
        active=True,
        fs_uniquifier=secrets.token_hex(32),
        created_at=at,
    )
    db.session.add(user)
    db.session.flush()
    record("account.made", by=user, at=at, account=user.id, role=user.role)
    return user


def set_active(user: User, active: bool, by: User, at: datetime) -> None:
    """Close an account, at once and everywhere, or open it again."""
    if user.active == active:
        return
    if not active:
        _refuse_last_controller(user)
        user.fs_uniquifier = secrets.token_hex(32)  # ends every session
    user.active = active
    record("account.opened" if active else "account.closed", by=by, at=at, account=user.id)


def set_role(user: User, role: str, by: User, at: datetime) -> None:
    """Give an account another role. Its sessions end, so that the new role holds at once."""
    if role not in ROLES:
        raise Refused(_("There is no such role."))
    if user.role == role:
        return
    if role != "controller":
        _refuse_last_controller(user)
    was, user.role = user.role, role
    user.fs_uniquifier = secrets.token_hex(32)
    record("account.role_changed", by=by, at=at, account=user.id, was=was, role=role)


def _refuse_last_controller(user: User) -> None:
    others = select(User.id).where(
        User.role == "controller", User.active.is_(True), User.id != user.id
    )
    if user.role == "controller" and db.session.scalar(others.limit(1)) is None:
        raise Refused(
            _(
                "This is the only controller. Make somebody else controller first, "
                "or nobody could decide."
            )
        )
