"""Proving once more who one is, before what cannot be undone: by the second factor where there is
one, else by the password. Whoever sits down at an open session does not get further.
"""

from dataclasses import dataclass

from flask import current_app, has_request_context
from flask_babel import gettext as _
from flask_security import verify_password

from incidents.models import User
from incidents.refusal import Refused
from incidents.throttle import admit_guess


def asked(user: User) -> str:
    """What proves it: "code", of the authenticator app, or "password"."""
    return "code" if user.tf_primary_method and user.tf_totp_secret else "password"


@dataclass(frozen=True)
class Proof:
    """That somebody has just proved who it is. Made by `prove` alone (tests/test_house.py); an
    action that demands one cannot be called without the question having been answered."""

    user_id: int
    by: str  # "code" or "password"

    def is_of(self, user: User) -> bool:
        """Whether it is this person's."""
        return self.user_id == user.id


def prove(user: User, answer: str) -> Proof:
    """The proof, for a right answer; for a wrong one raises Refused, which says what is wrong.

    A code is good once, here as at login: this commits which one was used. Answers that come
    over the network are counted with the tries to log in; raises TooManyRequests (429) beyond
    their limit.
    """
    if has_request_context():
        admit_guess(user.email)
    by = asked(user)
    if by == "password":
        if answer and user.password and verify_password(answer, user.password):
            return Proof(user.id, by)
        raise Refused(_("This is not your password. Nothing was done."))
    security = current_app.extensions["security"]
    window = current_app.config["SECURITY_TWO_FACTOR_AUTHENTICATOR_VALIDITY"]
    secret, token = user.tf_totp_secret, "".join(answer.split())
    if token and security.totp_factory.verify_totp(
        token=token, totp_secret=secret, user=user, window=window
    ):
        return Proof(user.id, by)
    raise Refused(
        _(
            "This code is not valid, or it was used before, for example to log in. Nothing was "
            "done. Wait for the next code in your app and write that one."
        )
    )
