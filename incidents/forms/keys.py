"""The key of a form: made with the page, sent with it, so that sending twice is one sending."""

import secrets

from flask import current_app
from itsdangerous import BadSignature, Signer, TimestampSigner

OPEN_FOR = 24 * 3600  # seconds a page may stay open that was reached from another site


def make() -> str:
    """A new key, signed: nobody can choose one."""
    return _signer().sign(secrets.token_hex(16)).decode()


def read(signed: str | None) -> str | None:
    """The 32 hex digits of a key we made; None for anything else."""
    try:
        return _signer().unsign(signed or "").decode()
    except (BadSignature, UnicodeError):
        return None


def outside(form_key: str) -> str:
    """The mark of a page whose words came from another site and were shown to be checked."""
    return _marker().sign(form_key).decode()


def from_outside(mark: str | None, form_key: str) -> bool:
    """Whether this is the mark of the page of that form."""
    try:
        return _marker().unsign(mark or "", max_age=OPEN_FOR).decode() == form_key
    except (BadSignature, UnicodeError):
        return False


def _signer() -> Signer:
    return Signer(current_app.secret_key or "", salt="form key")


def _marker() -> TimestampSigner:
    return TimestampSigner(current_app.secret_key or "", salt="outside")
