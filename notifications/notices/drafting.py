"""The first draft of a letter: assembled from what is known of the incident, in each language.

What staff wrote stands in the draft of the language it was written in. In the other languages,
and where it is still a reporter's own story, it stands between [[ and ]]: a person must write or
translate it before the letter can be approved.
"""

import secrets
from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import func, select

from incidents.audit import record
from incidents.db import db
from incidents.models import Duty, Incident, User
from incidents.pages import organisation
from incidents.refusal import Refused
from notifications.compose import domain, values
from notifications.models import ListKey, Notice, NoticeText
from notifications.notices.parts import furnish
from notifications.notices.passages import Passages, tidy


def draft(
    incident: Incident,
    duty: Duty,
    by: User,
    at: datetime,
    written_in: str | None = None,
    uid: str | None = None,
    channel: str = "mail",
) -> Notice:
    """Make a notice for a duty to tell people, with one text per language of the organisation.

    `written_in`: the language in which staff described the incident; by default that of the
    organisation. `uid`: 16 hex digits nobody else has, by default new ones. Refused without an
    open duty to the data subjects (GDPR Art. 34(1)).
    """
    if duty.incident_id != incident.id or duty.kind != "subjects" or not duty.is_open:
        raise Refused(
            _(
                "A letter to people needs the controller’s decision to tell them. "
                "Take the decision first, then draft the letter."
            )
        )
    served = organisation()
    own = written_in if written_in and written_in in served.languages else served.language
    last = db.session.scalar(
        select(func.max(Notice.number)).where(Notice.incident_id == incident.id)
    )
    notice = Notice(
        uid=uid or secrets.token_hex(8),
        incident=incident,
        duty=duty,
        number=(last or 0) + 1,
        state="draft",
        made_at=at,
        domain=domain(),
        people=0,
        channel=channel,
        written_in=own,
        authors=[by.id],
    )
    notice.list_key = _list_key(incident, at)
    for language in drafted_languages(served.languages):
        text = NoticeText(language=language)
        text.subject, text.body = words(notice, language, own)
        notice.texts.append(text)
    db.session.add(notice)
    furnish(notice)
    record(
        "notice.drafted",
        by=by,
        at=at,
        incident=incident,
        notice=notice.uid,
        number=notice.number,
        languages=[text.language for text in notice.texts],
        written_in=own,
    )
    return notice


def _list_key(incident: Incident, at: datetime) -> ListKey:
    """The key that closes the lists of an incident; a new one where there is none any more."""
    alive = ListKey.incident_id == incident.id, ListKey.destroyed_at.is_(None)
    key = db.session.scalar(select(ListKey).where(*alive).order_by(ListKey.id).limit(1))
    if key is None:
        key = ListKey(incident_id=incident.id, made_at=at)
        key.key = secrets.token_bytes(32)
        db.session.add(key)
    return key


def drafted_languages(wanted: Iterable[str]) -> list[str]:
    """The languages, of those wanted, for which there is a letter template; at least English."""
    templates = current_app.jinja_env.list_templates(extensions=["txt"])
    found = [language for language in wanted if _template(language) in templates]
    return found or ["en"]


def words(notice: Notice, language: str, written_in: str) -> tuple[str, str]:
    """The subject and body of a first draft in one language."""
    incident, facts = notice.incident, notice.incident.facts
    take = Passages(language, written_in)
    told = {report.story for report in incident.reports}
    kept = [measure for measure in incident.measures if not measure.dropped]
    authority = [duty for duty in incident.duties if duty.kind == "authority"]
    filled = values(notice)
    text = current_app.jinja_env.get_template(_template(language)).render(
        type=facts.get("incident_type"),
        sure="confirmed" in (facts.get("confidentiality_loss"), facts.get("exfiltration")),
        public=notice.channel == "public",
        copied=facts.get("exfiltration") == "confirmed",
        summary=take(incident.summary, as_told=incident.summary in told),
        began=None if incident.began_sure == "unknown" else _day(incident.began_at, language),
        about=incident.began_sure == "about",
        noticed=_day(incident.noticed_at, language),
        done=[{"text": take(m.text), "on": _day(m.done_on, language)} for m in kept if m.done_on],
        planned=[
            {"text": take(m.text), "on": _day(m.due_on, language)} for m in kept if not m.done_on
        ],
        causes_known=incident.cause not in (None, "unknown"),
        authority_told=any(duty.met_at for duty in authority),
        authority_due=any(duty.is_open for duty in authority),
        **{
            name: bool(filled[name])
            for name in ("controller", "postal_address", "authority_address", "authority_site")
        },
    )
    subject, _end, body = text.strip().partition("\n")
    return subject.strip(), tidy(body)


def _template(language: str) -> str:
    return f"mail/notice.{language}.txt"


def _day(moment: datetime | date | None, language: str) -> str | None:
    """A day in words of the letter's language, in the organisation's zone."""
    if moment is None:
        return None
    if isinstance(moment, datetime):
        moment = moment.astimezone(ZoneInfo(organisation().time_zone)).date()
    return format_date(moment, "d MMMM y", locale=language)
