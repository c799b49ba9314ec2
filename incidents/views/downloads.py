"""Reading what came in as it came: files and raw reports. Downloads only, each one logged."""

from io import BytesIO

from flask import abort, send_file
from flask_security import current_user
from sqlalchemy import select
from werkzeug import Response

from incidents import story
from incidents.accounts import staff
from incidents.audit import record
from incidents.db import db, now, writing
from incidents.models import Report
from incidents.views import bp, looking
from incidents.wording import Told
from incidents.workflow import N_

story.tell(
    {
        "report.raw_read": Told("note", N_("The original of report %(report)s was read")),
        "report.file_read": Told("note", N_("A file of report %(report)s was read")),
    }
)


def handed_over(content: bytes, name: str) -> Response:
    """Bytes as a download that no browser opens in our name (OWASP ASVS 3.2.1, 5.4.1)."""
    answer = send_file(
        BytesIO(content),
        mimetype="application/octet-stream",
        as_attachment=True,
        download_name=name,
        max_age=0,
    )
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.route("/files/<uid>")
@staff
def download(uid: str) -> Response | tuple[str, int]:
    """A file that came with a report or a message."""
    file = looking.opened(uid)
    return looking.shut(file) if file.refused else handed_over(file.content, file.name)


@bp.route("/reports/<ref>/raw")
@staff
def raw(ref: str) -> Response:
    """A report byte for byte as it came."""
    writing()
    report = db.session.scalar(select(Report).where(Report.reference == ref))
    if report is None or report.raw is None:
        abort(404)
    content, name = report.raw.content, report.reference
    if shut := looking.shut_original(content):
        return shut
    writing()
    report = db.session.scalar(select(Report).where(Report.reference == ref))
    if report is None or report.raw is None:
        abort(404)
    name += ".eml" if report.source == "mail" else ".json"
    record(
        "report.raw_read",
        by=current_user,
        at=now(),
        report=report,
        incident=report.incident,
        sha256=report.raw.sha256,
    )
    db.session.commit()
    return handed_over(content, name)
