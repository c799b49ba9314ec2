"""Where a mail belongs: a return of our own mail, a reply to it, a report. Never nowhere.

A mail joins a report by our token alone (see tokens), never by its subject or its sender: what
stands in From is not identity. Whoever is new to a case is shown as such and gets nothing back.
"""

from datetime import datetime
from typing import Any

from flask_babel import gettext
from sqlalchemy import select

from incidents.actions import reports
from incidents.audit import record
from incidents.db import db
from incidents.intake import Draft, File
from incidents.models import Message, Organisation, Report
from notifications import junk, returns, tokens
from notifications.models import Incoming, Mail, Server
from notifications.reading import checked
from notifications.reading.child import Reading
from notifications.recipients.addresses import BadAddress, check


def place(row: Incoming, raw: bytes, reading: Reading, at: datetime) -> None:
    """Do with a stored mail what its reading asks for, and write that down in its row.

    No commit. Raises IntegrityError when the same mail is being placed somewhere else.
    """
    key = f"mail:{reading.get('identity')}"
    if twin := _seen_before(row, key):
        report, differs = twin
        if differs and report is not None:
            record("report.duplicate", by="worker", at=at, report=report, raw=row.sha256)
        _done(row, "duplicate", report, "the same mail was received before")
    elif tokens.find(reading.get("message_id")):
        _done(row, "auto_reply", None, "a mail of ours that came back to us as it was sent")
    elif reading.returned.get("is_bounce"):
        _return(row, raw, reading, key, at)
    else:
        _letter(row, raw, reading, key, at)


def _letter(row: Incoming, raw: bytes, reading: Reading, key: str, at: datetime) -> None:
    """A mail somebody, or something, wrote: it joins the report it names, or is one."""
    named = tokens.find(f"{reading.get('routes')} {reading.get('text')}")
    report = _named_report(named)
    passed_on = _carried(reading) if report is None and not reading.trouble else None
    report = report or passed_on
    auto = bool(reading.get("auto_reply", False))
    if auto and report is None and any(kind == "letter" for kind, _ in named):
        # Ten thousand letters bring a thousand of these; not one needs a person.
        returns.answered(named, at)
        _done(row, "auto_reply", None, "a machine answered a letter of ours")
        return
    mark: str | None
    if reading.trouble:
        kind, mark, why = "quarantined", "malformed", f"{reading.trouble}; the original is kept"
    elif auto:
        kind, mark, why = "auto_reply", "automatic", "a machine answered; it gets no answer"
    else:
        kind, mark, why = "reply" if report else "report", _mark(row, reading), ""
    if passed_on is not None and kind == "reply":
        kind, mark, why = "duplicate", mark or "passed_on", "it carries a mail received before"
    draft = _draft(row, raw, reading, key, mark, named)
    if report is None:
        if not why:
            why = "it names none of our mails" if not named else "it answers a letter of ours"
        report, new = reports.receive(draft, at, raw=row.blob)
        rule = junk.rule(reading.get("junk", {})) if kind == "report" and not named else None
        if new and rule is not None:
            reports.set_aside_as_junk(report, gettext(rule.words), at)
            why = f"set aside as junk (rule {rule.name}); nobody is answered"
        if not new:  # its twin was placed by another worker since we looked
            kind, why = "duplicate", "the same mail was received before"
        elif draft.automatic and kind == "report":
            why += f"; automatic ({reading.get('automatic') or 'our own address'}), not answered"
    else:
        message, new = reports.add_message(report, draft, at, raw=row.blob)
        if new and passed_on is not None:
            record("report.duplicate", by="worker", at=at, report=report, raw=row.sha256)
        if not new:
            kind, why = "duplicate", "the same mail was received before"
        elif not why:
            known = "the reporter's address" if message.known_sender else "a sender new to the case"
            why = f"it carries the token of our mail, from {known}"
    _done(row, kind, report, why)


def _return(row: Incoming, raw: bytes, reading: Reading, key: str, at: datetime) -> None:
    """A mail of ours that came back; or one that is not ours: then people look at it."""
    text = raw[:1_000_000].decode("ascii", "replace")
    named = tokens.find(f"{reading.get('routes')} {text} {reading.get('text')}")
    report, ours = returns.apply(named, reading.returned, at)
    if ours:
        _done(row, "bounce", report, "a mail of ours came back")
        return
    draft = _draft(row, raw, reading, key, "returned", named)
    report, _ = reports.receive(draft, at, raw=row.blob)
    _done(row, "bounce", report, "a returned mail that is none of ours: for people to look at")


def _draft(
    row: Incoming,
    raw: bytes,
    reading: Reading,
    key: str,
    mark: str | None,
    named: list[tuple[str, str]],
) -> Draft:
    organisation = db.session.get(Organisation, 1)
    address = _address(reading.get("from"))
    automatic = bool(reading.get("automatic", None)) or mark in ("automatic", "returned")
    if address and address.casefold() in own_addresses():
        automatic = True
    if any(kind == "letter" for kind, _ in named):
        mark = mark or "letter_reply"
    files = zip(reading.get("files", []), reading.files, strict=False)
    return Draft(
        source="mail",
        key=key,
        raw=raw,
        story=reading.get("text"),
        language=reading.get("language") or (organisation.language if organisation else "en"),
        subject=reading.get("subject") or None,
        name=reading.get("name") or (reading.get("from") if not address else None) or None,
        contact=address,
        files=tuple(File(facts["name"], facts["type"], content) for facts, content in files),
        automatic=automatic,
        mark=mark,
        sender_check=_sender(reading),
    )


def _sender(reading: Reading) -> str:
    """What our own mail server found of the sender: verified, failed or unknown."""
    mailbox = db.session.scalar(select(Server).where(Server.direction == "in"))
    ours = mailbox.authserv if mailbox else ""
    return checked.verdict(reading.get("checked", []), ours, reading.get("from"))


def _mark(row: Incoming, reading: Reading) -> str | None:
    """Why staff should look twice at a mail that could be read."""
    marks: list[Any] = reading.get("marks", [])
    if row.full_size or "oversize" in marks:
        return "oversize"
    if "too_many_parts" in marks:
        return "too_many_parts"
    return None if reading.get("text") or reading.files else "empty"


def own_addresses() -> frozenset[str]:
    """Every address that is ours, in lower case: what comes from there is never answered."""
    servers = db.session.scalars(select(Server)).all()
    found = {server.sender for server in servers} | {server.username for server in servers}
    if organisation := db.session.get(Organisation, 1):
        found.add(organisation.contact)
    return frozenset(address.strip().casefold() for address in found if "@" in address)


def _named_report(named: list[tuple[str, str]]) -> Report | None:
    for kind, uid in named:
        if kind == "report":
            found = db.session.scalar(select(Report).where(Report.uid == uid))
        elif kind == "mail":
            mail = db.session.scalar(select(Mail).where(Mail.uid == uid))
            found = db.session.get(Report, mail.report_id) if mail and mail.report_id else None
        else:
            continue
        if found is not None:
            return found
    return None


def _carried(reading: Reading) -> Report | None:
    """The report of the mail that this one passes on as a whole, as an attachment; None when it
    carries any other mail besides, which must not go under in somebody else's report.

    Who has a mail as it was sent, to the last byte, was sent it or was given it: that is no more
    guessed than a token. The words around it are kept with the report, and nobody is answered.
    """
    found = set()
    for identities in reading.get("carried", []):
        keys = [f"mail:{identity}" for identity in identities] or [""]
        report = db.session.scalar(select(Report).where(Report.key.in_(keys)))
        message = db.session.scalar(select(Message).where(Message.key.in_(keys)))
        found.add(report or (message.report if message else None))
    return found.pop() if len(found) == 1 else None


def _seen_before(row: Incoming, key: str) -> tuple[Report | None, bool] | None:
    """The report that the same mail made or joined, and whether its bytes differ (it came by two
    ways). Equal Message-IDs alone do not make two mails the same."""
    same = select(Incoming).where(
        Incoming.sha256 == row.sha256, Incoming.id != row.id, Incoming.state != "stored"
    )
    if twin := db.session.scalar(same.order_by(Incoming.id).limit(1)):
        return twin.report, False
    if report := db.session.scalar(select(Report).where(Report.key == key)):
        return report, True
    if message := db.session.scalar(select(Message).where(Message.key == key)):
        return message.report, True
    return None


def _address(text: str) -> str | None:
    try:
        return check(text)
    except BadAddress:
        return None


def _done(row: Incoming, kind: str, report: Report | None, why: str) -> None:
    row.kind, row.report, row.why = kind, report, why[:300]
    row.state = "quarantined" if kind == "quarantined" else "done"
