"""The key by which this installation signs its dossiers: Ed25519 (RFC 8032), made from the first
data key, so that it needs no file of its own. Its public half is for everybody."""

import hashlib
import hmac

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import current_app


def _key() -> Ed25519PrivateKey:
    first = current_app.config["DATA_KEYS"][0][1]
    seed = hmac.new(first, b"dossier signature", hashlib.sha256).digest()
    return Ed25519PrivateKey.from_private_bytes(seed)


def public_key() -> str:
    """The public key, 64 hex digits."""
    return _key().public_key().public_bytes_raw().hex()


def sign(message: bytes) -> tuple[str, str]:
    """Public key and signature, hex."""
    return public_key(), _key().sign(message).hex()
