"""A frozen version as a file: JSON as it is kept, and PDF set from it."""

import json
from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _

from incidents import notification, pages
from incidents.law import authority
from incidents.law.portal import portal
from incidents.models import Notification
from incidents.notification import frozen
from incidents.typeset import pdf


def as_json(version: Notification) -> bytes:
    """The content of a version, with its hash, and by which template of questions it is ordered."""
    drafts = [form for form in portal().forms if form.valid_from is None]
    whole = {
        "content": version.content,
        "sha256": version.sha256,
        "sent_at": version.sent_at.isoformat() if version.sent_at else None,
        "reference": version.reference,
        # The same questions in the order of templates that are not in use yet.
        "orders": {form.code: [question.key for question in form.fields] for form in drafts},
    }
    return json.dumps(whole, ensure_ascii=False, sort_keys=True, indent=1).encode("utf-8")


def as_pdf(version: Notification, language: str) -> bytes:
    """A version for paper, in a language. The same version gives the same bytes until it is sent.

    ValueError for a version whose words were erased.
    """
    kept = version.content
    if kept is None:
        raise ValueError("The words of this version were erased.")
    made = datetime.fromisoformat(kept["made_at"])
    before = next(
        (one for one in version.incident.notifications if one.number == version.number - 1), None
    )
    lines = frozen.told(kept, language)
    with force_locale(language):
        changes = (
            frozen.differences(frozen.told(before.content, language), lines)
            if before and before.content
            else []
        )
        data = {
            "lang": language,
            "title": _(notification.PHASES[version.phase]),
            "under": pages.cite("GDPR Art. 33(3), 33(4)"),
            "organisation": kept["organisation"],
            "reference": _("%(ref)s, version %(n)s", ref=kept["incident"], n=version.number),
            "authority": authority(kept["authority"]).name,
            "frozen": _("Frozen on %(when)s", when=pages.moment(made)),
            "sent": _sent(version),
            "hash": _("SHA-256 of the content: %(hash)s", hash=version.sha256),
            "unknown": _("not known yet"),
            "why": [_("Why it was no breach after all"), kept["why"]] if kept["why"] else None,
            "changes_title": _("Changed since version %(n)s", n=version.number - 1),
            "changes": [
                [question, was or _("not known yet"), now or _("not known yet")]
                for question, was, now in changes
            ],
            "heads": [_("Question"), _("Before"), _("Now")],
            "lines": [[line.section, line.question, line.answer] for line in lines if line.arises],
        }
    return pdf("notification.typ", data, made)


def _sent(version: Notification) -> str:
    if version.sent_at is None:
        return _("Not marked as sent.")
    when = pages.moment(version.sent_at)
    return _("Sent on %(when)s, number %(number)s", when=when, number=version.reference or "–")
