"""Keeping bytes as they came, and what a scanner said of them."""

from datetime import datetime

from incidents.audit import record
from incidents.db import db
from incidents.files.scanner import Answer
from incidents.intake import digest
from incidents.models import Attachment, Blob


def keep(content: bytes, sha256: str | None = None) -> Blob:
    """Store bytes sealed, with their size and SHA-256 (worked out here, where it is not known)."""
    blob = Blob(size=len(content), sha256=sha256 or digest(content))
    blob.content = content
    db.session.add(blob)
    db.session.flush()
    return blob


def scanned(file: Attachment, answer: Answer, at: datetime) -> None:
    """Write down what the virus scanner said of a file. No commit. No answer changes nothing."""
    if answer.state == "failed":
        return
    said = "clean" if answer.state == "clean" else answer.name
    if file.scan != said:
        record(
            "report.file_scanned",
            by="worker",
            at=at,
            report=file.report,
            incident=file.report.incident,
            file=file.uid,
            sha256=file.blob.sha256,
            result=answer.state,
        )
    file.scan, file.scanned_at = said, at
