"""Keeping bytes as they came."""

from incidents.db import db
from incidents.intake import digest
from incidents.models import Blob


def keep(content: bytes) -> Blob:
    """Store bytes sealed, with their size and SHA-256."""
    blob = Blob(size=len(content), sha256=digest(content))
    blob.content = content
    db.session.add(blob)
    db.session.flush()
    return blob
