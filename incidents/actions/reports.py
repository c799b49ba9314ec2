"""What is done with reports: received, opened into an incident, joined, parted, set aside."""

from dataclasses import replace
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import false, func, or_, select, update

from incidents.actions import news
from incidents.actions.files import keep
from incidents.audit import next_number, record
from incidents.db import db
from incidents.files.kinds import kind
from incidents.intake import Draft, File, clean, digest, one_line
from incidents.models import Attachment, Blob, Incident, Message, Report, User
from incidents.refusal import Refused, Stale
from incidents.seal import address_key


def receive(
    draft: Draft, at: datetime, by: User | None = None, raw: Blob | None = None
) -> tuple[Report, bool]:
    """Store a report: raw and whole first, then what is understood of it. `raw` are the draft's
    raw bytes where they are kept already.

    Returns the report, and whether it is new: the same key gives the report it gave before.
    """
    known = db.session.scalar(select(Report).where(Report.key == draft.key))
    if known:
        return known, False
    report = Report(
        reference=f"RP-{at.year}-{next_number('RP', at):04d}",
        key=draft.key,
        source=draft.source,
        received_at=at,
        language=draft.language,
        reporter=draft.reporter,
        state="new",
        raw=raw or keep(draft.raw),
        logged_by_id=by.id if by else None,
        mark=draft.mark,
        automatic=draft.automatic,
        processor_id=draft.processor,
        sender_check=draft.sender_check,
        contact_key=address_key(draft.contact) if draft.contact else None,
        # Staff who log for themselves are answered by the page; nobody is answered by no address.
        acknowledged_at=at if not draft.contact or draft.automatic or by else None,
    )
    for name in ("subject", "story", "noticed", "data", "name", "contact"):
        setattr(report, name, getattr(draft, name))
    report.answers = draft.answers or None
    db.session.add(report)
    db.session.flush()
    attach(report, draft.files)
    record(
        "report.received",
        by=by or "reporter",
        at=at,
        report=report,
        source=draft.source,
        reporter=draft.reporter,
        raw=report.raw.sha256 if report.raw else None,
        files=[file.blob.sha256 for file in report.attachments],
        mark=draft.mark,
        processor=draft.processor,
    )
    return report, True


def receive_form(draft: Draft, at: datetime, by: User | None = None) -> Report:
    """Store what a form sent. The same form sent again gives the report it gave before; sent
    again with other words, these are added to that report, so that nothing typed is lost.
    """
    report, new = receive(draft, at, by)
    raw = digest(draft.raw)
    if not new and report.raw is not None and report.raw.sha256 != raw:
        mine = {file.blob_id for file in report.attachments}
        files = tuple(f for f in draft.files if not f.stored or f.stored.id not in mine)
        again = replace(draft, key=f"{draft.key}:{raw[:16]}", files=files)
        add_message(report, again, at, by or "reporter", direction="in")
    return report


def attach(report: Report, files: tuple[File, ...], message: Message | None = None) -> None:
    """Keep the files that came with a report or a later message."""
    for file in files:
        row = Attachment(
            message_id=message.id if message else None,
            blob=file.stored or keep(file.content, file.sha256),
            # What is stored already was told apart when it came.
            media_type=file.media_type if file.stored else kind(file.content, file.media_type),
        )
        row.filename = one_line(file.name) or _("unnamed")
        report.attachments.append(row)
    db.session.flush()


def add_message(
    report: Report,
    draft: Draft,
    at: datetime,
    by: User | str = "reporter",
    direction: str | None = None,
    raw: Blob | None = None,
) -> tuple[Message, bool]:
    """Add what was said later: a reply to our mail ("in"), or our answer ("out" by a user);
    `direction` says it where the two differ. `raw` as in `receive`.

    Returns the message, and whether it is new. The sender gets no rights by it, and nothing
    of the case back.
    """
    known = db.session.scalar(select(Message).where(Message.key == draft.key))
    if known:
        return known, False
    message = Message(
        report_id=report.id,
        key=draft.key,
        at=at,
        direction=direction or ("out" if isinstance(by, User) else "in"),
        known_sender=draft.by_code or address_key(draft.contact or "") == report.contact_key,
        by_code=draft.by_code,
        raw=raw or keep(draft.raw),
        mark=draft.mark,
        sender_check=draft.sender_check,
    )
    message.sender, message.text = draft.contact, draft.story
    db.session.add(message)
    db.session.flush()
    if message.direction == "in":
        # Not through the row: its version is for people, whose forms are open meanwhile.
        more = update(Report).where(Report.id == report.id).values(unread=Report.unread + 1)
        db.session.execute(more)
    attach(report, draft.files, message)
    record(
        "report.message",
        by=by,
        at=at,
        report=report,
        incident=report.incident,
        direction=message.direction,
        raw=message.raw.sha256 if message.raw else None,
        known_sender=message.known_sender,
    )
    return message, True


def files_size(report: Report) -> int:
    """Bytes of all files of the case that a report belongs to, or of the report alone."""
    whole = Report.incident_id == report.incident_id if report.incident_id else false()
    sizes = select(func.sum(Blob.size)).join(Attachment, Attachment.blob_id == Blob.id)
    case = sizes.join(Report, Attachment.report_id == Report.id)
    return db.session.scalar(case.where(or_(whole, Report.id == report.id))) or 0


def join(report: Report, incident: Incident, by: User, at: datetime) -> None:
    """Say that a report speaks of an incident. Refused for a closed one: reopen it first."""
    if report.incident_id == incident.id:
        return
    if report.incident_id is not None:
        raise Refused(
            _(
                "%(report)s already belongs to another incident. Part it first.",
                report=report.reference,
            )
        )
    if incident.stage == "closed":
        raise Refused(
            _(
                "%(incident)s is closed. Reopen it first, or open a new incident.",
                incident=incident.reference,
            )
        )
    was = report.state
    report.before_join = {"state": was, "alerted_at": _written(incident.alerted_at)}
    report.incident, report.state = incident, "joined"
    if incident.alerted_at is None or report.received_at < incident.alerted_at:
        incident.alerted_at = report.received_at
    incident.changed_at = at
    record("report.joined", by=by, at=at, report=report, incident=incident, was=was)
    news.expect(report, incident, "joined", at)


def part(report: Report, reason: str | None, by: User, at: datetime) -> None:
    """Take a report out of its incident again, and restore exactly what joining it changed: its
    own state, and the incident's first alert. The file keeps both."""
    incident, reason = report.incident, clean(reason)
    if incident is None:
        raise Refused(_("%(report)s belongs to no incident.", report=report.reference))
    if not one_line(reason):
        raise Refused(_("Say in a few words why this report does not belong here."))
    before = report.before_join or {"state": "new", "alerted_at": None}
    _give_back_alert(report, incident, before["alerted_at"])
    for what in ("joined", "closed"):
        news.forget(report, incident, what)
    report.incident, report.state, report.before_join = None, before["state"], None
    incident.changed_at = at
    record(
        "report.parted",
        by=by,
        at=at,
        report=report,
        incident=incident,
        reason=reason,
        to_state=report.state,
    )


def _give_back_alert(report: Report, incident: Incident, before: str | None) -> None:
    """The incident's first alert as it would be had this report never been joined."""
    own = _written(report.received_at)
    rest = [one for one in incident.reports if one is not report]
    for other in rest:  # what came in while ours was the first goes on from what ours replaced
        kept = other.before_join
        if kept and kept["alerted_at"] == own:
            other.before_join = {**kept, "alerted_at": before}
    if incident.alerted_at == report.received_at:
        moments = [one.received_at for one in rest]
        if before:
            moments.append(datetime.fromisoformat(before))
        incident.alerted_at = min(moments, default=None)


def _written(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def set_aside(report: Report, reason: str | None, by: User, at: datetime) -> None:
    """Put a report aside with a reason. It stays readable and can be taken back."""
    reason = clean(reason)
    if report.incident_id is not None:
        raise Refused(
            _("%(report)s belongs to an incident. Part it first.", report=report.reference)
        )
    if not one_line(reason):
        raise Refused(_("Say in a few words why this is not an incident."))
    report.state, report.aside = "set_aside", reason
    record("report.set_aside", by=by, at=at, report=report, reason=reason)


def set_aside_as_junk(report: Report, rule: str, at: datetime) -> None:
    """Put a mail apart by a rule that staff can see. Nobody is answered unless it is taken back."""
    report.mark = "junk"
    report.state, report.aside = "set_aside", rule
    report.acknowledged_at = report.acknowledged_at or at
    record("report.set_aside", by="worker", at=at, report=report, reason=rule)


def messages_read(report: Report, by: User, at: datetime) -> None:
    """Say that what came in about a report was read. Nothing happens where nothing was unread."""
    read = update(Report).where(Report.id == report.id, Report.unread > 0).values(unread=0)
    if db.session.execute(read.returning(Report.id)).scalar() is not None:
        db.session.refresh(report, ["unread"])
        record("report.messages_read", by=by, at=at, report=report, incident=report.incident)


def give_name(report: Report, name: str | None, contact: str | None, at: datetime) -> None:
    """A reporter who had stayed unnamed says who it is. What was said before stays as it was."""
    name, contact = one_line(name), one_line(contact, 254)
    if not name and not contact:
        raise Refused(_("Give your name, or an address, or both."))
    if (name and report.name) or (contact and report.contact):
        raise Refused(_("We have these from you already. Write us a message to change them."))
    if name:
        report.name = name
    if contact:
        report.contact, report.contact_key = contact, address_key(contact)
    record(
        "report.named",
        by="reporter",
        at=at,
        report=report,
        incident=report.incident,
        name=bool(name),
        contact=bool(contact),
    )


def take_back(report: Report, by: User, at: datetime) -> None:
    """Put a report that was set aside back into the queue."""
    if report.state != "set_aside":
        raise Refused(_("%(report)s is not set aside.", report=report.reference))
    reason, report.state, report.aside = report.aside, "new", None
    if report.mark == "junk":  # it was a report after all: whoever sent it hears of it
        report.mark = None
        report.acknowledged_at = None if report.contact and not report.automatic else at
    record("report.taken_back", by=by, at=at, report=report, was=reason)


def check_version(row: Report | Incident, seen: int | None) -> None:
    """Refuse an edit that was begun on an older version of the row. Raises Stale."""
    if seen != row.version:
        raise Stale(
            _(
                "Somebody changed this while you were writing. Nothing was overwritten: "
                "compare both below, then save again."
            )
        )
