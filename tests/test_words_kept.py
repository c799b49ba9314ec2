"""Words are kept in one safe form, by whatever page they came: nothing in them acts."""

from sqlalchemy import select

from incidents.actions import cases, decisions, duties, organisation, reports
from incidents.db import db, now
from incidents.models import Entry, Organisation, User

ACTING = (
    "safe\x00 \u202egpj.exe\u202c"  # a NUL that a database refuses, a name that reads backwards
)
KEPT = "safe\ufffd \ufffdgpj.exe\ufffd"


def test_reasons_and_proofs_are_kept_in_a_safe_form(incident, make_report, controller_user):
    by, at = controller_user, now()
    aside, parted = make_report(), incident.reports[0]
    reports.set_aside(aside, ACTING, by, at)
    reports.part(parted, ACTING, by, at)
    decision = decisions.decide(decisions.assess(incident, by, at), True, True, ACTING, by, at)
    met, fallen = incident.duties
    duties.meet(met, at, ACTING, by, at, late=ACTING)
    duties.withdraw(fallen, ACTING, by, at)

    kept = (aside.aside, decision.reason, met.proof, met.late, fallen.withdrawn)
    assert set(kept) == {KEPT}


def test_the_profile_and_a_service_provider_are_kept_in_a_safe_form(controller_user):
    organisation.change({"name": ACTING, "retention_months": 24}, controller_user, now())
    row = organisation.save_processor(
        None, {"name": ACTING, "service": ACTING, "active": True}, controller_user, now()
    )

    profile = db.session.get(Organisation, 1)
    assert (profile.name, profile.retention_months) == (KEPT, 24)
    assert (row.name, row.service, row.active) == (KEPT, KEPT, True)


def test_a_persons_own_name_is_kept_in_a_safe_form(staff, staff_user):
    number = staff_user.id

    staff.post("/account", data={"name": f"{ACTING}\r\nBcc: x", "language": "en"})

    assert db.session.get(User, number).name == f"{KEPT} Bcc: x"


def test_the_reason_for_going_back_is_kept_in_a_safe_form(incident, staff_user):
    incident.stage = "cause"
    cases.move(incident, "detection", staff_user, now(), ACTING)

    last = db.session.scalars(select(Entry).order_by(Entry.n.desc())).first()
    assert (last.verb, last.detail["reason"]) == ("incident.moved", KEPT)
