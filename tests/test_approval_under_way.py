"""What leaves is what was approved, to the last letter: also when Settings change in mid-run."""

import pytest
from dossiers import changed, made_of
from letters import proof_of
from sending import PEOPLE

from incidents.actions import organisation
from incidents.db import db, now
from incidents.refusal import Refused
from notifications import notices, runs
from notifications.channels import paper
from notifications.models import Notice
from notifications.sending import outbox
from tests.conftest import PASSWORD


@pytest.fixture
def under_way(run_of):
    """A run of three of which one letter has left."""
    notice = run_of(3)
    assert outbox.deliver(1).sent == 1
    return notice


def change(by, **words):
    db.session.rollback()
    organisation.change(words, by, now())
    db.session.commit()


def approve(notice, by):
    db.session.rollback()
    notices.approve(notice, notices.fingerprint(notice).hash, by, now(), proof_of(by))
    db.session.commit()


def again(notice, by):
    approve(notice, by)
    runs.resume(notice, by, now())
    db.session.commit()


@pytest.mark.parametrize(
    "words", [{"contact": "new@training.example"}, {"name": "Another Name"}, {"controller": "Bo"}]
)
def test_a_detail_changed_in_mid_run_holds_the_rest(under_way, controller_user, smtp_sink, words):
    change(controller_user, **words)

    tally = outbox.deliver()

    assert (tally.total, len(smtp_sink.mails)) == (0, 1)
    assert (under_way.state, under_way.pause_reason) == ("paused", "changed")
    assert runs.counts(under_way) == {"sent": 1, "queued": 2}


def test_a_run_that_is_not_as_approved_does_not_go_on(under_way, controller_user):
    change(controller_user, contact="new@training.example")
    outbox.deliver()

    with pytest.raises(Refused):
        runs.resume(under_way, controller_user, now())


def test_approved_again_it_goes_on_with_the_new_words_and_misses_nobody(
    under_way, controller_user, smtp_sink
):
    change(controller_user, contact="new@training.example")
    outbox.deliver()

    again(under_way, controller_user)
    outbox.deliver()

    assert sorted(mail.recipients[0] for mail in smtp_sink.mails) == PEOPLE[:3]
    answers = [str(mail.message["Reply-To"]) for mail in smtp_sink.mails]
    assert answers == ["privacy@training.example"] + ["new@training.example"] * 2
    assert under_way.state == "done"


def test_when_all_has_left_it_can_still_be_approved_again_for_those_it_did_not_reach(
    run_of, controller_user, smtp_sink, tmp_path
):
    smtp_sink.answers[PEOPLE[1]] = "550 5.1.1 unknown"
    notice = run_of(3)
    outbox.deliver()
    change(controller_user, contact="new@training.example")
    with pytest.raises(Refused, match="Approve it again"):
        paper.prepare(notice, "DIN", controller_user, now())
    with pytest.raises(Refused):
        runs.resend_failed(notice, controller_user, now())
    db.session.rollback()

    approve(notice, controller_user)
    batch = paper.prepare(notice, "DIN", controller_user, now())
    smtp_sink.answers.clear()
    db.session.commit()

    assert (batch.people, notice.state) == (1, "done")
    assert changed(made_of(notice, controller_user, tmp_path)) == []
    assert runs.resend_failed(notice, controller_user, now()) == 1
    db.session.commit()
    outbox.deliver()
    answers = [str(mail.message["Reply-To"]) for mail in smtp_sink.mails]
    assert answers == ["privacy@training.example"] * 2 + ["new@training.example"]
    assert changed(made_of(notice, controller_user, tmp_path)) == []


def test_a_change_while_letters_leave_stops_before_the_next_batch(
    run_of, controller_user, smtp_sink, monkeypatch
):
    """What is claimed leaves as it was approved; nothing is claimed after the change."""
    notice = run_of(6)
    monkeypatch.setattr(outbox, "BATCH", 1)
    hand_out = outbox._Round._hand_out

    def changed_meanwhile(self, *args):
        hand_out(self, *args)
        if smtp_sink.mails:
            change(controller_user, contact="new@training.example")

    monkeypatch.setattr(outbox._Round, "_hand_out", changed_meanwhile)
    outbox.deliver()

    answers = [str(mail.message["Reply-To"]) for mail in smtp_sink.mails]
    assert set(answers) == {"privacy@training.example"} and len(answers) < 6
    assert (notice.state, notice.pause_reason) == ("paused", "changed")
    assert runs.counts(notice) == {"sent": len(answers), "queued": 6 - len(answers)}


def test_the_page_says_so_and_leads_to_the_approval(under_way, controller, controller_user):
    change(controller_user, contact="new@training.example")
    outbox.deliver()
    uid = under_way.uid

    assert f"/notices/{uid}/approve" in controller.get(f"/notices/{uid}/progress").text
    page = controller.get(f"/notices/{uid}/approve")
    seen = notices.fingerprint(db.session.query(Notice).filter_by(uid=uid).one()).hash
    assert page.status_code == 200 and seen in page.text
    controller.post(
        f"/notices/{uid}/approve", data={"seen": seen, "sure": "y", "password": PASSWORD}
    )
    controller.post(f"/notices/{uid}/resume")

    db.session.expire_all()
    assert db.session.query(Notice).filter_by(uid=uid).one().state == "sending"
