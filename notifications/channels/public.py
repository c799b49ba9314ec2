"""A notice on a public page of ours: its dates, its publication, its end. Where the decision rests
on GDPR Art. 34(3)(c) it meets the duty; else it stands beside the letters.

It is a Notice without a list, so that it is written, checked and approved like every letter. What
is published is kept, word for word, in the entry that says so; the page shows exactly that.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select

from incidents import retold
from incidents.actions import duties
from incidents.audit import record
from incidents.citations import cite
from incidents.db import db, now
from incidents.intake import N_, clean, one_line
from incidents.models import Duty, Entry, Incident, User
from incidents.refusal import Refused
from notifications import compose, jobs, notices
from notifications.channels.asked import PUBLIC, asked
from notifications.models import Notice

PROOF = N_("Public notice under %(rule)s at %(address)s. SHA-256 of its texts and dates: %(hash)s")
WITHDRAWN = N_("The public notice was withdrawn.")
retold.tell(PROOF, rule=cite)
retold.tell(WITHDRAWN)


@dataclass(frozen=True)
class Page:
    """What stands on a public page. `texts`: language -> (title, words in blocks)."""

    notice: Notice
    texts: dict[str, tuple[str, str]]
    hash: str
    published_at: datetime


def draft(
    incident: Incident, duty: Duty, by: User, at: datetime, written_in: str | None, uid: str | None
) -> Notice:
    """Draft a public notice from the incident's facts, one text per language. No commit."""
    notice = notices.draft(incident, duty, by, at, written_in, uid, "public")
    notice.public_id = secrets.token_hex(8)
    db.session.flush()
    return notice


def set_dates(
    notice: Notice, start: datetime | None, end: datetime | None, by: User, at: datetime
) -> None:
    """From when to when the page stands. Voids an approval."""
    if start is None or end is None or end <= start:
        raise Refused(_("The end lies before the beginning. Give a later end."))
    if end <= at:
        raise Refused(_("The end is over already. Give a later one."))
    if (start, end) == (notice.shown_from, notice.shown_until):
        return
    notices.changing(notice, by, at)
    was = [notice.shown_from, notice.shown_until]
    notice.shown_from, notice.shown_until = start, end
    _record("notice.dated", notice, by, at, was=was, start=start, end=end)


def publish(notice: Notice, by: User, at: datetime) -> None:
    """Let the approved page stand from its first day on. Refused unless the approval holds."""
    if not by.is_controller:
        raise Refused(_("Only the controller publishes."))
    _hold(notice)
    if notice.channel != "public" or notice.state != "approved":
        raise Refused(_("This notice is not approved, or it was published already."))
    if not notices.is_approved(notice):
        raise Refused(
            _(
                "The text, the dates or your details in Settings are not what was approved. "
                "Approve it again."
            )
        )
    if notice.shown_until is None or notice.shown_until <= at:
        raise Refused(_("The end is over already. Give a later one."))
    writer = compose.Writer(notice, compose.server())
    words = {language: list(writer.words(language)) for language in sorted(writer.texts)}
    notice.state, notice.started_at = "published", at
    _record(
        "notice.published",
        notice,
        by,
        at,
        hash=notice.approval,
        start=notice.shown_from,
        end=notice.shown_until,
        texts=words,
    )
    jobs.wake_after_commit("public.keep")


def withdraw(notice: Notice, why: str | None, by: User, at: datetime) -> None:
    """Take a page away before its end; it says that it was withdrawn. The duty is open again."""
    if not by.is_controller:
        raise Refused(_("Only the controller withdraws a public notice."))
    _hold(notice)
    why = clean(why, 2_000)
    if notice.channel != "public" or notice.state != "published":
        raise Refused(_("This notice does not stand on the site, so there is nothing to withdraw."))
    if not why or not one_line(why):
        raise Refused(_("Say why it is withdrawn."))
    notice.state, notice.finished_at = "cancelled", at
    _record("notice.withdrawn", notice, by, at, why=why)
    if notice.duty is not None and notice.duty.met_at is not None and asked(notice.incident).public:
        duties.reopen(notice.duty, _(WITHDRAWN), by, at)


def stage(notice: Notice, at: datetime) -> str:
    """draft, planned, shown, over or withdrawn."""
    if notice.state == "cancelled":
        return "withdrawn"
    if notice.state == "done":
        return "over"
    if notice.state != "published" or notice.shown_from is None or notice.shown_until is None:
        return "draft"
    if at < notice.shown_from:
        return "planned"
    return "shown" if at < notice.shown_until else "over"


def find(public_id: str) -> Notice | None:
    """The notice whose page has this public id."""
    return db.session.scalar(
        select(Notice).where(Notice.public_id == public_id, Notice.channel == "public")
    )


def shown(at: datetime) -> Sequence[Notice]:
    """The notices that stand on the site now, the newest first."""
    query = select(Notice).where(
        Notice.state == "published", Notice.shown_from <= at, Notice.shown_until > at
    )
    return db.session.scalars(query.order_by(Notice.shown_from.desc()).limit(50)).all()


def page(notice: Notice) -> Page | None:
    """What was published, as the file has it; None when its words were erased, or never stood."""
    told = select(Entry).where(
        Entry.incident_id == notice.incident_id, Entry.verb == "notice.published"
    )
    for entry in db.session.scalars(told.order_by(Entry.n.desc())):
        detail = entry.detail
        if detail and detail.get("notice") == notice.uid:
            texts = {code: (words[0], words[1]) for code, words in detail["texts"].items()}
            return Page(notice, texts, detail["hash"], entry.at)
    return None


def address(notice: Notice, language: str | None = None) -> str:
    """Where the page stands, whole."""
    base = current_app.config["SETTINGS"].url
    return f"{base}/notices/public/{notice.public_id}" + (f"/{language}" if language else "")


@jobs.periodic(60)
def keep() -> None:
    """Meet the duty when a page begins to stand, where the law wants this way, and end those whose
    time is over. Commits after each."""
    at = now()
    query = select(Notice).where(Notice.channel == "public", Notice.state == "published")
    for notice in db.session.scalars(query).all():
        _hold(notice)
        if notice.state != "published":
            continue
        if stage(notice, at) in ("shown", "over"):
            _meet(notice, at)
        if stage(notice, at) == "over":
            notice.state, notice.finished_at = "done", at
            _record("notice.public_ended", notice, "worker", at)
        db.session.commit()
    db.session.commit()


def _meet(notice: Notice, at: datetime) -> None:
    duty, begun = notice.duty, notice.stands_from
    if duty is None or not duty.is_open or begun is None or not asked(notice.incident).public:
        return
    if duty.opened_at > begun:
        begun = duty.opened_at
    proof = _(PROOF, rule=PUBLIC, address=address(notice), hash=notice.approval)
    duties.meet(duty, min(begun, at), proof, "worker", at)


def _hold(notice: Notice) -> None:
    db.session.flush()
    db.session.refresh(notice, with_for_update=True)


def _record(verb: str, notice: Notice, by: User | str, at: datetime, **detail: object) -> None:
    db.session.flush()
    more = {"notice": notice.uid, "number": notice.number, **detail}
    record(verb, by=by, at=at, incident=notice.incident, **more)  # type: ignore[arg-type]
