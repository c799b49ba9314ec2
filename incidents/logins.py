"""What happens to an account outside our own pages goes to the file, too; and leaving ends it all.

A session is a signed cookie: a copy of it would still open the door after its owner has left. So
leaving makes every cookie of the account worthless, on this device and others (ASVS 7.4.1).
"""

import secrets
from typing import Any

from blinker import Signal
from flask import Response, after_this_request
from flask_login import user_logged_out
from flask_security import (
    password_changed,
    password_reset,
    tf_disabled,
    tf_profile_changed,
    user_authenticated,
)

from incidents.audit import record
from incidents.db import db, now
from incidents.models import User

VERBS: dict[str, Signal] = {
    "account.logged_in": user_authenticated,
    "account.logged_out": user_logged_out,
    "account.password_changed": password_changed,
    "account.password_reset": password_reset,
    "account.second_factor_set": tf_profile_changed,
    "account.second_factor_off": tf_disabled,
}
_listeners: list[Any] = []  # signals hold what they call only weakly


def _written(verb: str, user: Any) -> None:
    if not isinstance(user, User):
        return
    if verb == "account.logged_out":
        user.fs_uniquifier = secrets.token_hex(32)
    record(verb, by=user, at=now(), account=user.id)
    after_this_request(_stored)


def _stored(response: Response) -> Response:
    db.session.commit()
    return response


def listen() -> None:
    """Begin to write the verbs above. Once for all apps: safe to call again."""
    if _listeners:
        return
    for verb, signal in VERBS.items():

        def listener(_app: object, *, user: Any = None, verb: str = verb, **_more: Any) -> None:
            _written(verb, user)

        _listeners.append(listener)
        signal.connect(listener)
