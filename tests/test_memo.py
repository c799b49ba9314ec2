"""The memo of a decision: as it was decided, kept once, its hash in the chain."""

from datetime import timedelta
from hashlib import sha256
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from incidents import audit, memo
from incidents.actions import cases, decisions, erasure
from incidents.db import db, now
from incidents.models import Entry

SLIP = {
    "incident_type": "misdirected_email",
    "confidentiality_loss": "confirmed",
    "data_categories": ["identity"],
    "recipient_known": True,
    "recipient_trusted": True,
    "recipient_confirmed_deletion": True,
    "recipient_count": 1,
    "subject_count": 1,
    "special_category": False,
    "malicious": False,
    "credentials_exposed": False,
    "fraud_enabling": False,
    "vulnerable_subjects": False,
    "public_exposure": False,
    "misuse_observed": False,
    "criminal_data": False,
    "identifiable": "direct",
    "integrity_loss": "none",
    "availability_loss": "none",
    "exfiltration": "not_applicable",
}


@pytest.fixture
def aware(incident, staff_user):
    words = {"summary": "One invoice went to our own accountant.", "facts": SLIP}
    cases.edit(incident, words, staff_user, now())
    incident.aware_at, incident.aware_reason = now() - timedelta(hours=2), "She told us."
    db.session.commit()
    return incident


def decide(controller, incident, authority="no", reason="Nothing can come of it."):
    words = {"authority": authority, "subjects": "no", "reason": reason}
    address = f"/incidents/{incident.reference}/decide"
    return controller.post(address, data=words | {"version": incident.version})


def fetch(browser, incident):
    uid = incident.decision.uid
    return browser.get(f"/incidents/{incident.reference}/decisions/{uid}/memo")


def text_of(pdf):
    """What a reader of the PDF sees, as one line."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


def test_deciding_keeps_a_memo_whose_hash_is_in_the_chain(controller, staff, aware):
    decide(controller, aware)
    kept = aware.decision.memo
    entry = db.session.scalar(select(Entry).where(Entry.verb == "memo.made"))
    answer = fetch(staff, aware)

    assert entry.detail["sha256"] == kept.sha256 == sha256(answer.data).hexdigest()
    assert b"pdfuaid:part" in answer.data
    assert audit.verify().broken_at is None


def test_a_decision_not_to_tell_has_its_facts_reasons_and_law_in_the_memo(controller, staff, aware):
    decide(controller, aware)

    assert not aware.decision.departs
    words = text_of(fetch(staff, aware).data)
    for said in (
        "One invoice went to our own accountant.",
        "Nothing can come of it.",
        "is not told",
        "Cleo",
        aware.decision.assessment.law_version,
        "Can you trust whoever got the data?",
        "GDPR Art. 33(1)",
        "Not known then",
    ):
        assert said in words, said


def test_a_departure_stands_in_the_memo_beside_what_the_law_asks(controller, staff, aware):
    decide(controller, aware, authority="yes", reason="We would rather ask.")

    assert aware.decision.departs
    words = text_of(fetch(staff, aware).data)
    assert "This departs from the result" in words and "We would rather ask." in words


def test_the_memo_stays_as_it_was_decided(controller, staff, aware, staff_user):
    decide(controller, aware)
    was = fetch(staff, aware).data
    facts = {**aware.facts, "subject_count": 4000}
    cases.edit(aware, {"facts": facts, "summary": "It was worse."}, staff_user, now())
    db.session.commit()

    assert fetch(staff, aware).data == was


def test_a_decision_taken_elsewhere_gets_its_memo_once_when_it_is_asked_for(
    staff, aware, controller_user, staff_user
):
    asked = decisions.assess(aware, controller_user, now())
    decisions.decide(asked, False, False, "As asked.", controller_user, now())
    cases.edit(aware, {"summary": "Written after it."}, staff_user, now())
    db.session.commit()

    first, second = fetch(staff, aware), fetch(staff, aware)

    words = text_of(first.data)
    assert first.data == second.data
    assert "Written after it." not in words and "Set after the decision" in words


def test_the_same_record_gives_the_same_bytes(app, aware, controller_user):
    asked = decisions.assess(aware, controller_user, now())
    decision = decisions.decide(asked, False, False, "As asked.", controller_user, now())

    assert memo.as_pdf(decision, "fr", True) == memo.as_pdf(decision, "fr", True)
    assert memo.as_pdf(decision, "fr", True) != memo.as_pdf(decision, "en", True)


def test_who_took_the_memo_is_kept(controller, staff, staff_user, aware):
    decide(controller, aware)
    fetch(staff, aware)

    entry = db.session.scalar(select(Entry).where(Entry.verb == "memo.read"))
    assert entry.actor == f"user:{staff_user.id}"


def test_the_memo_goes_with_the_words_of_the_case(controller, staff, aware):
    decide(controller, aware)
    erasure.erase(aware, "worker", now())
    db.session.commit()

    assert aware.decision.memo.content == b""
    assert fetch(staff, aware).status_code == 404
