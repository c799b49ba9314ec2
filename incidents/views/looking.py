"""Looking at a file without opening it: its words, or its picture drawn anew. Each look is logged.

Where a virus scanner is set up it is asked first, each time; what it objects to, and all while it
does not answer, stays shut (ASVS 5.4.3). Where there is none, the page says so.
"""

from dataclasses import dataclass

from flask import Response, abort, current_app, make_response, render_template
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy import select

from incidents import errors, story
from incidents.accounts import staff
from incidents.actions import files
from incidents.audit import record
from incidents.db import db, now, writing
from incidents.files import kinds, pictures, plain
from incidents.files.scanner import Answer, Scanner
from incidents.models import Attachment
from incidents.views import bp
from incidents.wording import Told
from incidents.workflow import N_

story.tell(
    {
        "report.file_scanned": Told("note", N_("A file of report %(report)s was scanned")),
    }
)


@dataclass(frozen=True)
class Opened:
    """A file that may be opened, or why not. `refused`: found, failed, or None."""

    uid: str
    name: str
    media_type: str
    content: bytes
    refused: str | None
    found: str = ""


def opened(uid: str) -> Opened:
    """A file, scanned where there is a scanner, its reading logged. Commits. 404 when missing."""
    file = _find(uid)
    content, name, media_type = file.blob.content, file.filename, file.media_type
    setting = current_app.config["SETTINGS"].clamd
    answer = Answer("clean")
    if setting:
        db.session.rollback()  # nobody waits for the database while the scanner works
        answer = Scanner(setting).scan(content)
    writing()
    file = _find(uid)
    if setting:
        files.scanned(file, answer, now())
    if answer.state == "clean":
        record(
            "report.file_read",
            by=current_user,
            at=now(),
            report=file.report,
            incident=file.report.incident,
            file=uid,
            sha256=file.blob.sha256,
        )
    db.session.commit()
    refused = None if answer.state == "clean" else answer.state
    return Opened(uid, name, media_type, content, refused, answer.name)


def _find(uid: str) -> Attachment:
    return db.session.scalar(select(Attachment).where(Attachment.uid == uid)) or abort(404)


def shut(file: Opened) -> tuple[str, int]:
    """The page that says why a file is not opened."""
    return _page(file), 403 if file.refused == "found" else 503


def shut_original(content: bytes) -> Response | None:
    """Why the original of a report is not handed over, as a page; None when it may be. Ends the
    transaction: the scanner takes its time."""
    setting = current_app.config["SETTINGS"].clamd
    if not setting:
        return None
    db.session.rollback()
    answer = Scanner(setting).scan(content)
    if answer.state == "clean":
        return None
    if answer.state == "found":
        why = _("The virus scanner found something in it: %(name)s.", name=answer.name)
        return errors.page(403, title=_("This file stays shut"), why=why)
    why = _("The virus scanner does not answer, so nothing is opened.")
    return errors.page(503, title=_("This file stays shut for now"), why=why)


@bp.route("/files/<uid>/look")
@staff
def look(uid: str) -> str | tuple[str, int]:
    """The words of a file, or its picture, in a page; never the file itself."""
    file = opened(uid)
    return shut(file) if file.refused else _page(file)


def _page(file: Opened) -> str:
    text, whole = None, True
    if not file.refused and kinds.is_shown_as_text(file.media_type):
        text, whole = plain.plain(file.content)
    row = _find(file.uid)
    html = render_template(
        "incidents/look.html",
        file=row,
        report=row.report,
        refused=file.refused,
        found=file.found,
        text=text,
        whole=whole,
        picture=not file.refused and file.media_type in kinds.PICTURES,
        kind=_(kinds.words(file.media_type)),
        active=file.media_type in ("text/html", "image/svg+xml", "application/xml"),
    )
    db.session.rollback()
    return html


@bp.route("/files/<uid>/picture")
@staff
def picture(uid: str) -> Response:
    """A picture drawn anew, without what it holds beside its pixels."""
    file = opened(uid)
    drawn = None
    if not file.refused and file.media_type in kinds.PICTURES:
        drawn = pictures.safe(file.content)
    if drawn is None:
        abort(404)
    answer = make_response(drawn)
    answer.headers["Content-Type"] = "image/png"
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.app_template_global()
def file_words(file: Attachment) -> dict[str, str | None]:
    """What a file is, and what the scanner said of it, in words."""
    if file.scan == "clean":
        scan = _("No virus found")
    elif file.scan:
        scan = _("Virus scanner: %(name)s", name=file.scan)
    else:
        scan = None
    return {"kind": _(kinds.words(file.media_type)), "scan": scan}


@bp.app_template_global()
def has_scanner() -> bool:
    """Whether files are shown to a virus scanner before they are opened."""
    return bool(current_app.config["SETTINGS"].clamd)
