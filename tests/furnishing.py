"""A house in which every page has something to show, made by the actions of people and workers."""

import struct
import zlib
from datetime import timedelta

from flask_security.recoverable import generate_reset_password_token
from furnishing_letters import letters
from tour import Tour

from incidents.actions import (
    authority_letters,
    awareness,
    cases,
    decisions,
    duties,
    erasure,
    measures,
    memos,
    notifications,
    processors,
    reports,
    watching,
)
from incidents.actions import organisation as company
from incidents.actions import people as folk
from incidents.db import db, now
from incidents.intake import Draft, File
from incidents.notification import case_of
from incidents.pages import zone
from notifications import calendar, reminders
from notifications.models import Reminder, Server

FACTS = {
    "incident_type": "software_flaw",
    "breach_types": ["confidentiality"],
    "confidentiality_loss": "confirmed",
    "exfiltration": "possible",
    "data_categories": ["identity", "financial_account"],
    "credentials_exposed": True,
    "fraud_enabling": True,
    "malicious": False,
    "subject_count": 1284,
}


def _chunk(kind, content):
    crc = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + crc


# One grey pixel.
DOT = b"\x89PNG\r\n\x1a\n" + b"".join(
    [
        _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)),
        _chunk(b"IDAT", zlib.compress(b"\x00\x80")),
        _chunk(b"IEND", b""),
    ]
)


def furnish(app, staff, controller):
    """Fill an empty house. Returns its Tour. Commits."""
    tour = Tour()
    _company(tour, staff, controller)
    _queue(tour, staff)
    _first_stages(tour, staff)
    told = _told(tour, staff, controller)
    _authority(tour, told, staff, controller)
    letters(tour, told, staff, controller)
    _finished(tour, staff, controller)
    _reminders(tour, controller)
    with app.test_request_context():
        tour.add("security.reset_password", token=generate_reset_password_token(staff))
    db.session.commit()
    return tour


def _company(tour, staff, controller):
    company.change({"languages": ["en", "fr"], "postal_address": "1 Lane"}, controller, now())
    words = {"service": "Hosts the site", "data": "Accounts", "contact": "dpo@host.example"}
    for name, active in (("Old Mailer", False), ("Hosting Ltd", True)):
        row = company.save_processor(None, {"name": name, **words, "active": active}, staff, now())
    db.session.flush()
    tour.add("accounts.processors", change=1)
    tour.add("incidents.provider", token=processors.make_link(row, controller, now()))
    tour.add("accounts.processors")
    tour.add("accounts.processors", change=row.id)
    tour.add("accounts.processors", setup=1)
    tour.add("accounts.organisation", "notifications.outgoing", "notifications.incoming")
    for endpoint in ("accounts.organisation", "accounts.ready", "notifications.outgoing"):
        tour.add(endpoint, setup=1)
    tour.add("accounts.setup", token=folk.invite("staff", controller, now()))
    tour.add("accounts.setup", token=folk.invite("controller", controller, now()))
    left = folk.accept(
        folk.invite("staff", controller, now()), "Lee", "lee@training.example", "x" * 30, now()
    )
    folk.set_active(left, False, controller, now())
    for direction, failing in (("out", True), ("in", False)):
        server = Server(direction=direction, host="127.0.0.1", port=9, security="none")
        server.sender = f"{direction}@training.example"
        if failing:
            server.failing_since, server.answer = now(), "Connection refused"
            server.next_try_at, server.failures = now() + timedelta(minutes=5), 3
        db.session.add(server)
    tour.add("incidents.register")
    tour.add("incidents.register", year=2019)
    for form in ("csv", "xlsx", "pdf"):
        tour.add("incidents.register_export", form=form)


def _report(key, **words):
    words = {"source": "web", "key": f"tour:{key}", "raw": b"as it came"} | words
    words.setdefault("story", "I saw other people's invoices in my account. " * 8)
    return reports.receive(Draft(**words), now())[0]


def _queue(tour, staff):
    """Reports in every state."""
    file = File("screen\u202eshot.png", "image/png", b"png")
    new = _report(
        "new",
        contact="karim@customer.example",
        name="Karim",
        noticed="this morning",
        data="Names; a very-long-word-" + "that-does-not-end-" * 12,
        files=(file,),
    )
    reply = Draft(
        "mail", "tour:reply", b"raw", "More of it.\n> what you wrote", contact="x@y.example"
    )
    reports.add_message(new, reply, now())
    odd = _report("odd", source="mail", subject="W" * 150, mark="malformed", automatic=True)
    aside = _report("aside", language="fr", story="Achetez nos montres.")
    reports.set_aside(aside, "Advertising", staff, now())
    for report in (new, odd, aside):
        tour.add("incidents.report_page", "incidents.raw", ref=report.reference)
    tour.add("notifications.answer", ref=new.reference)
    tour.add("incidents.download", uid=new.attachments[0].uid)
    seen = _report(
        "seen",
        files=(File("note.txt", "text/plain", b"Seen at noon."), File("dot.png", "image/png", DOT)),
    )
    words, picture = seen.attachments
    tour.add("incidents.look", uid=words.uid)
    tour.add("incidents.look", "incidents.picture", uid=picture.uid)
    tour.add("incidents.report_page", ref=seen.reference)
    for show in ("new", "joined", "set_aside", "all"):
        tour.add("incidents.reports", show=show)
    told = _report("told", reporter="provider", processor=1, story=new.story)
    watching.assign(told, staff, staff, now())
    kept = watching.save_filter("Of providers", {"source": "processor"}, staff)
    tour.add("incidents.report_page", ref=told.reference)
    tour.add("incidents.reports", **kept.asks)


PAGES_OF_INCIDENT = (
    "incidents.show",
    "incidents.detection",
    "incidents.aware",
    "incidents.cause",
    "incidents.mitigation",
    "incidents.measure_new",
    "incidents.decision",
    "incidents.file",
    "incidents.notification",
    "incidents.notification_answers",
    "incidents.authority_letter_new",
    "notifications.notices",
)


def _first_stages(tour, staff):
    """An incident that nobody looked at yet, and one whose time is over."""
    fresh = cases.open_incident("Lost laptop", staff, now(), report=_report("joined"))
    tour.add(*PAGES_OF_INCIDENT, ref=fresh.reference)
    late = cases.open_incident("A list sent to the wrong school", staff, now())
    when = (now() - timedelta(days=4)).replace(minute=7)
    awareness.state(late, when, "The school called.", staff, now(), zone=zone(), sure=True)
    cases.edit(late, {"facts": {"confidentiality_loss": "confirmed"}}, staff, now())
    tour.add("incidents.show", "incidents.decision", ref=late.reference)
    tour.add("incidents.index")


def _fill(incident, by, controller):
    """Everything that an incident can hold, up to the decision."""
    at = now()
    when = (at - timedelta(hours=9)).replace(minute=7)
    words = {"summary": "Customers saw invoices of others.", "data": "Bank accounts"}
    words |= {"people": "Customers", "noticed_at": when, "began_at": when, "began_sure": "about"}
    words |= {"facts": dict(FACTS), "consequences": "Somebody could try a debit."}
    words |= {"cause": "technical", "whys": ["A cache"], "factors": "No test", "record_count": 9}
    cases.edit(incident, words, by, at)
    awareness.state(incident, when, "We looked ourselves.", by, at, zone=zone(), sure=True)
    again = when + timedelta(minutes=4)
    awareness.state(
        incident, again, "The log says so.", by, at, zone=zone(), sure=True, why_changed="A slip"
    )
    today = at.date()
    done = {"text": "We emptied the cache", "done_on": today, "checked_on": today, "effect": "Gone"}
    measures.add(incident, done, by, at)
    dropped = measures.add(incident, {"text": "Buy another cache"}, by, at)
    measures.drop(dropped, "Not needed", by, at)
    for stage in ("cause", "mitigation", "notification"):
        cases.move(incident, stage, by, at)
    decisions.decide(
        decisions.assess(incident, controller, at), True, True, "As asked", controller, at
    )


def _told(tour, staff, controller):
    """An incident in notification: decided, the authority told, the people to be told."""
    told = cases.open_incident("Invoices of others shown", staff, now(), report=_report("told"))
    _fill(told, staff, controller)
    cases.note(told, "Called the hoster.", staff, now())
    late = {
        "text": "Write a test",
        "due_on": (now() - timedelta(days=2)).date(),
        "owner_id": staff.id,
    }
    measures.add(told, late, staff, now())
    authority, people = told.duties
    tour.add(
        "incidents.duty_met", "incidents.duty_withdrawn", ref=told.reference, duty_id=people.id
    )
    tour.add("incidents.duty_met", ref=told.reference, duty_id=authority.id)
    tour.add(*PAGES_OF_INCIDENT, ref=told.reference)
    for measure in told.measures:
        tour.add("incidents.measure", ref=told.reference, uid=measure.uid)
    return told


def _authority(tour, told, staff, controller):
    """Two versions for the authority, one of them sent, and two letters of its own."""
    for number, phase in enumerate(("initial", "complementary"), start=1):
        cases.edit(told, {"record_count": 4000 + number}, staff, now())
        row = notifications.freeze(case_of(told, phase, now()), controller, number - 1)
        tour.add("incidents.notification_version", ref=told.reference, number=number)
        if phase == "initial":
            notifications.mark_sent(row, now(), "FR-2026-4711", controller, now())
    tour.add("incidents.notification_sent", ref=told.reference, number=2)
    for form in ("pdf", "json"):
        tour.add("incidents.notification_file", ref=told.reference, number=1, form=form)
    words = {"reference": "Q-1", "text": "Send the log.", "due_on": None}
    for kind in ("request", "letter"):
        words |= {"kind": kind, "received_on": now().date()}
        letter = authority_letters.log(told, words, staff, now())
        tour.add("incidents.authority_letter", ref=told.reference, uid=letter.uid)
    authority_letters.answer(letter, now().date(), "Sent it.", staff, now())
    memos.make(told.decision, controller, now(), at_once=True)
    tour.add("incidents.memo", ref=told.reference, uid=told.decision.uid)


def _finished(tour, staff, controller):
    """A closed incident, and one whose words were erased."""
    both = []
    for title in ("Old parcel list", "Forgotten stick"):
        incident = cases.open_incident(title, staff, now(), report=_report(title))
        _fill(incident, staff, controller)
        authority, people = incident.duties
        duties.meet(authority, now(), "Receipt 4711", controller, now())
        duties.withdraw(people, "All were told on the phone", controller, now())
        cases.close(incident, "Look twice.", staff, now())
        both.append(incident)
    closed, erased = both
    erasure.erase(erased, "worker", now())
    tour.add(*PAGES_OF_INCIDENT, ref=closed.reference)
    tour.add("incidents.show", "incidents.file", ref=erased.reference)
    tour.add("incidents.report_page", ref=erased.reports[0].reference)


def _reminders(tour, controller):
    """What a reminder's link shows, and a calendar of open clocks."""
    calendar.renew(controller, now())
    tour.add("notifications.calendar_feed", token=calendar.token(controller))
    db.session.commit()
    reminders.remind()
    row = db.session.query(Reminder).first()
    tour.add("notifications.reminder", token=reminders.links.token(row))
