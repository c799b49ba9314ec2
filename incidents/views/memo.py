"""The memo of a decision, to download."""

from flask import Response, abort
from flask_security import current_user
from sqlalchemy import select

from incidents.accounts import staff
from incidents.actions import memos
from incidents.audit import record
from incidents.db import db, now, writing
from incidents.models import Decision, Incident
from incidents.views import bp


@bp.route("/incidents/<ref>/decisions/<uid>/memo")
@staff
def memo(ref: str, uid: str) -> Response:
    """The memo as it was set with the decision; who took it is kept in the file of changes."""
    writing()
    query = select(Decision).join(Decision.incident).where(Decision.uid == uid)
    decision = db.session.scalar(query.where(Incident.reference == ref).with_for_update())
    if decision is None or decision.incident.erased_at is not None:
        abort(404)
    blob = memos.make(decision, current_user, now())
    content = blob.content
    record(
        "memo.read",
        by=current_user,
        at=now(),
        incident=decision.incident,
        decision=uid,
        sha256=blob.sha256,
    )
    db.session.commit()
    name = f"{ref}-memo-{decision.at:%Y%m%d}.pdf"
    return Response(
        content,
        mimetype="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
