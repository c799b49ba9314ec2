"""Keeping the files of a refused form until it is sent again, and letting them go."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import func, select

from incidents.actions.files import keep
from incidents.db import db
from incidents.files.kinds import kind
from incidents.intake import File, one_line
from incidents.models import Blob, HeldFile, Report

KEPT_FOR = timedelta(days=1)
# What may wait here in all for forms that were not sent, whoever brought it.
MOST_BYTES = 5 * 1024**3
MOST_FILES = 20_000


class Full(Exception):
    """There is no room for more files of forms that were not sent. A report itself is taken."""


def hold(form_key: str, files: Sequence[File], at: datetime) -> None:
    """Keep files for a form. Nothing is logged: nobody has told us anything yet.

    Raises Full while more waits here than we have room for.
    """
    sweep(at)
    if files and not _room(files):
        raise Full
    for file in files:
        row = HeldFile(
            form_key=form_key,
            at=at,
            media_type=kind(file.content, file.media_type),
            blob=keep(file.content, file.sha256),
        )
        row.filename = one_line(file.name) or _("unnamed")
        db.session.add(row)
    db.session.flush()


def _room(files: Sequence[File]) -> bool:
    waiting = select(func.count(), func.coalesce(func.sum(Blob.size), 0))
    waiting = waiting.select_from(HeldFile).join(Blob).where(HeldFile.report_id.is_(None))
    count, size = db.session.execute(waiting).one()
    return (
        count + len(files) <= MOST_FILES and size + sum(file.size for file in files) <= MOST_BYTES
    )


def held(form_key: str) -> list[HeldFile]:
    """The files kept for a form, in the order they came."""
    mine = select(HeldFile).where(HeldFile.form_key == form_key).order_by(HeldFile.id)
    return list(db.session.scalars(mine))


def release(files: Iterable[HeldFile]) -> None:
    """Erase held files, and their bytes unless a report has them now."""
    for file in files:
        db.session.delete(file)
        db.session.flush()
        if file.report_id is None:
            db.session.delete(file.blob)
    db.session.flush()


def became(form_key: str, report: Report) -> None:
    """The files of a form are a report's now. Those that were not wanted are erased."""
    mine = {file.blob_id for file in report.attachments}
    for file in held(form_key):
        if file.report_id is None and file.blob_id in mine:
            file.report_id = report.id
    release(file for file in held(form_key) if file.report_id is None)


def sweep(at: datetime) -> int:
    """Erase what has been held for longer than a day; a hundred at most. Returns how many."""
    old = select(HeldFile).where(HeldFile.at < at - KEPT_FOR).limit(100)
    files = list(db.session.scalars(old))
    release(files)
    return len(files)
