"""The words of a letter, changed by a person."""

from datetime import datetime

from flask_babel import gettext as _

from incidents.audit import record
from incidents.intake import clean, one_line
from incidents.models import User
from incidents.refusal import Refused, Stale
from notifications.elements import BODY_LIMIT, SUBJECT_LIMIT
from notifications.models import NoticeText
from notifications.notices.approval import changing


def change(
    text: NoticeText, subject: str | None, body: str | None, seen: int, by: User, at: datetime
) -> bool:
    """Set the words in one language; the file keeps old and new. Voids an approval.

    `seen`: the version on which the edit was begun; refused (Stale) when there is a newer one.
    Returns whether anything changed. Half a text may be kept: what it lacks blocks approval only.
    """
    if seen != text.version:
        raise Stale(
            _(
                "Somebody changed this text while you were writing. Nothing was overwritten: "
                "compare both below, then save again."
            )
        )
    new_subject = one_line(subject, SUBJECT_LIMIT) or ""
    new_body = clean(body, BODY_LIMIT + 1) or ""
    if len(new_body) > BODY_LIMIT:
        raise Refused(
            _("The text is longer than %(limit)s characters. Shorten it.", limit=BODY_LIMIT)
        )
    old = {"subject": text.subject, "body": text.body}
    new = {"subject": new_subject, "body": new_body}
    if new == old:
        return False
    changing(text.notice, by, at)
    text.subject, text.body = new_subject, new_body
    record(
        "notice.text_changed",
        by=by,
        at=at,
        incident=text.notice.incident,
        notice=text.notice.uid,
        language=text.language,
        old=old,
        new=new,
    )
    return True
