"""The letters of the furnished house: in every state, by mail, on paper and in public."""

import io
import re
from datetime import timedelta

from letters import proof_of
from sending import claim_one, mark_one

from incidents.db import db, now
from notifications import notices, runs
from notifications.channels import made, paper, public
from notifications.models import Recipient
from notifications.recipients import imports, listing
from notifications.relay import Outcome

GOOD = b"Name;E-mail;Language\nAda;ada@list.example;en\n;bob@list.example;fr\nNo;no address;en\n"
HOUR = timedelta(hours=1)
STRANGE = b"first,second\n1,2\n"


def letters(tour, told, staff, controller):
    """Letters in every state, of the last with people in every state."""
    duty = told.duties[-1]
    for state in ("draft", "approved", "cancelled", "paused", "done", "sending"):
        notice = notices.draft(told, duty, staff, now(), "en")
        uid = notice.uid
        tour.add("notifications.notice", "notifications.people", "notifications.check", uid=uid)
        tour.add("notifications.approve", "notifications.progress", uid=uid)
        if state == "draft":
            tour.add("notifications.text", uid=uid, language="fr")
            _uploads(tour, notice, staff)
            continue
        _approved(notice, staff, controller)
        if state != "approved":
            _run(notice, state, controller)
    tour.add("notifications.text", uid=uid, language="en")
    for care in ("in_doubt", "failed", "deferred"):
        tour.add("notifications.progress", uid=uid, state=care)
    for person in db.session.query(Recipient).filter_by(notice_id=notice.id):
        tour.add("notifications.recipient", uid=uid, recipient_uid=person.uid)
    tour.add(
        "notifications.preview", "notifications.exact_letter", uid=uid, recipient_uid=person.uid
    )
    tour.add("notifications.people", uid=uid, state="failed")
    _paper(tour, notice, controller)
    _public(tour, told, duty, staff, controller)


def _uploads(tour, notice, staff):
    for name, content in (("people.csv", GOOD), ("strange.csv", STRANGE)):
        file = io.BytesIO(content)
        look = imports.Look(file, listing.known(notice))
        row = imports.upload(notice, name, look, staff, now())
        tour.add("notifications.import_preview", uid=notice.uid, import_uid=row.uid)
        if name == "people.csv":
            tour.add("notifications.import_problems", uid=notice.uid, import_uid=row.uid)


def _approved(notice, staff, controller):
    _worded(notice, staff)
    for number, language in enumerate(("en", "fr", "en", "en", "en", "fr")):
        name = "Ada Byron" if number else None
        listing.add(notice, f"person{number}@list.example", name, language, staff, now())
    notices.approve(
        notice, notices.fingerprint(notice).hash, controller, now(), proof_of(controller)
    )


def _worded(notice, staff):
    """What a person must put into words, put into words."""
    for text in notice.texts:
        body, parts = text.body, notices.parts_of(notice, text.language)
        body, *words = (
            re.sub(r"\[\[.*?\]\]", "Un mot.", one, flags=re.DOTALL)
            for one in (body, *parts.values())
        )
        changed = dict(zip(parts, words, strict=True))
        notices.change(text, text.subject, body, notices.seen_of(text), staff, now(), changed)


def _run(notice, state, controller):
    runs.start(notice, controller, now())
    db.session.flush()
    outcomes = {"done": ("sent", "failed"), "sending": ("sent", "failed", "deferred", "in_doubt")}
    for outcome in outcomes.get(state, ("sent",)):
        number = claim_one(now())
        mark_one(number, Outcome(outcome, "550 5.1.1 no such user"), now())
    if state == "paused":
        runs.pause(notice, controller, now())
    elif state == "cancelled":
        runs.cancel(notice, controller, now())
    elif state == "done":
        for _rest in range(4):
            mark_one(claim_one(now()), Outcome("sent", "250 ok"), now())
        runs.finish_what_is_over(now())


def _paper(tour, notice, controller):
    """Letters on paper for those whom no mail reached, made by the worker."""
    tour.add("notifications.otherwise", uid=notice.uid)
    batch = paper.prepare(notice, paper.likely_layout(), controller, now())
    db.session.commit()
    made.make()
    for form in ("csv", "xlsx"):
        tour.add("notifications.paper_list", uid=notice.uid, number=batch.number, form=form)
    for file in paper.files(batch):
        tour.add("notifications.made_file", uid=file.uid)


def _public(tour, told, duty, staff, controller):
    """A notice to the public, and one that was withdrawn."""
    for end in (False, True):
        notice = public.draft(told, duty, staff, now(), "en", None)
        public.set_dates(notice, now() - HOUR, now() + 24 * HOUR, staff, now())
        _worded(notice, staff)
        notices.approve(
            notice, notices.fingerprint(notice).hash, controller, now(), proof_of(controller)
        )
        public.publish(notice, controller, now())
        tour.add("notifications.notice", "notifications.dates", uid=notice.uid)
        tour.add("notifications.published", uid=notice.uid)
        if end:
            public.withdraw(notice, "The list was found", controller, now())
        else:
            tour.add("notifications.public_notice", public_id=notice.public_id)
            tour.add("notifications.public_notice", public_id=notice.public_id, language="fr")
            tour.add("notifications.press_pdf", uid=notice.uid, language="fr")
