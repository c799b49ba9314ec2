"""Proving once more who one is, before what cannot be undone: by the second factor where there is
one, else by the password. Whoever sits down at an open session does not get further.
"""

from flask import current_app
from flask_babel import gettext as _
from flask_security import verify_password

from incidents.models import User
from incidents.throttle import admit_guess


def asked(user: User) -> str:
    """What proves it: "code", of the authenticator app, or "password"."""
    return "code" if user.tf_primary_method and user.tf_totp_secret else "password"


def fault(user: User, answer: str) -> str | None:
    """What is wrong with the answer, translated; None when it proves it.

    A code is good once, here as at login: this commits which one was used. Wrong answers are
    counted with the tries to log in; raises TooManyRequests (429) beyond their limit.
    """
    admit_guess(user.email)
    if asked(user) == "password":
        right = bool(answer and user.password) and verify_password(answer, user.password or "")
        return None if right else _("This is not your password. Nothing was done.")
    security = current_app.extensions["security"]
    secret, token = user.tf_totp_secret, "".join(answer.split())
    if token and security.totp_factory.verify_totp(
        token=token, totp_secret=secret, user=user, window=security.two_factor_validity
    ):
        return None
    return _(
        "This code is not valid, or it was used before, for example to log in. Nothing was "
        "done. Wait for the next code in your app and write that one."
    )
