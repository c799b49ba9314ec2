"""The key of a form: made with the page, sent with it, so that sending twice is one sending."""

import secrets

from flask import current_app
from itsdangerous import BadSignature, Signer


def make() -> str:
    """A new key, signed: nobody can choose one."""
    return _signer().sign(secrets.token_hex(16)).decode()


def read(signed: str | None) -> str | None:
    """The 32 hex digits of a key we made; None for anything else."""
    try:
        return _signer().unsign(signed or "").decode()
    except (BadSignature, UnicodeError):
        return None


def _signer() -> Signer:
    return Signer(current_app.secret_key or "", salt="form key")
