"""The words of a letter, changed by a person."""

from collections.abc import Mapping
from datetime import datetime

from flask_babel import gettext as _

from incidents.audit import record
from incidents.db import db
from incidents.intake import clean, one_line
from incidents.models import User
from incidents.refusal import Refused, Stale
from notifications.models import Notice, NoticeGroupText, NoticeText
from notifications.notices.approval import changing
from notifications.notices.drafting import drafted_languages, words
from notifications.notices.parts import furnish
from notifications.studio.elements import BODY_LIMIT, SUBJECT_LIMIT


def seen_of(text: NoticeText) -> int:
    """The version of a text together with the parts of the groups in its language; it grows with
    every change of any of them."""
    return text.version + sum(part.version for _group, part in _parts(text))


def _parts(text: NoticeText) -> list[tuple[int, NoticeGroupText]]:
    return [
        (group.number, part)
        for group in text.notice.groups
        for part in group.texts
        if part.language == text.language
    ]


def change(
    text: NoticeText,
    subject: str | None,
    body: str | None,
    seen: int,
    by: User,
    at: datetime,
    parts: Mapping[int, str] | None = None,
) -> bool:
    """Set the words in one language; the file keeps old and new. Voids an approval.

    `seen`: `seen_of(text)` when the edit was begun; refused (Stale) when there is a newer one.
    `parts`: the parts of groups, by their numbers; groups that are not named keep theirs.
    Returns whether anything changed. Half a text may be kept: what it lacks blocks approval only.
    """
    if seen != seen_of(text):
        raise Stale(
            _(
                "Somebody changed this text while you were writing. Nothing was overwritten: "
                "compare both below, then save again."
            )
        )
    rows = {number: row for number, row in _parts(text) if number in (parts or {})}
    old = {"subject": text.subject, "body": text.body}
    old |= {f"group {number}": row.body for number, row in rows.items()}
    new = {"subject": one_line(subject, SUBJECT_LIMIT) or "", "body": _clean(body)}
    new |= {f"group {number}": _clean((parts or {})[number]) for number in rows}
    if new == old:
        return False
    changing(text.notice, by, at)
    text.subject, text.body = new["subject"], new["body"]
    for number, row in rows.items():
        if row.body != new[f"group {number}"]:
            row.body = new[f"group {number}"]
    record(
        "notice.text_changed",
        by=by,
        at=at,
        incident=text.notice.incident,
        notice=text.notice.uid,
        language=text.language,
        old={name: words for name, words in old.items() if words != new[name]},
        new={name: words for name, words in new.items() if words != old[name]},
    )
    return True


def _clean(words: str | None) -> str:
    kept = clean(words, BODY_LIMIT + 1) or ""
    if len(kept) > BODY_LIMIT:
        raise Refused(
            _("The text is longer than %(limit)s characters. Shorten it.", limit=BODY_LIMIT)
        )
    return kept


def add_language(notice: Notice, language: str, by: User, at: datetime) -> NoticeText:
    """Draft the letter in one more language. Voids an approval: it may be what people get now."""
    written = {text.language for text in notice.texts}
    if language in written or language not in drafted_languages([language]):
        raise Refused(_("The letter cannot be drafted in this language."))
    changing(notice, by, at)
    text = NoticeText(language=language)
    text.subject, text.body = words(notice, language, notice.written_in)
    notice.texts.append(text)
    db.session.flush()
    furnish(notice)
    record(
        "notice.language_added",
        by=by,
        at=at,
        incident=notice.incident,
        notice=notice.uid,
        language=language,
    )
    return text
